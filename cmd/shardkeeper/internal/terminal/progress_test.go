package terminal_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
)

// told passes on what is written to it.
type told chan string

func (c told) Write(p []byte) (int, error) {
	select {
	case c <- string(p):
	default: // nobody listens any more
	}
	return len(p), nil
}

func TestABarHasSpaceBeforeItsTime(t *testing.T) {
	stderr := make(told, 100)
	bar := terminal.NewProgress(stderr, time.Now, 0, "trying settings", "tried")
	bar.Set(5, 149)
	shown := regexp.MustCompile(`5 of 149 tried(.*)`)
	text := ""
	for !shown.MatchString(text) {
		text = <-stderr
	}
	bar.Done()
	if after := shown.FindStringSubmatch(text)[1]; !strings.HasPrefix(after, " 0") {
		t.Errorf("the bar shows %q", text)
	}
}

// What is over within a second has no bar: it would only flicker.
func TestNoBarBeforeItsPatienceEnds(t *testing.T) {
	var stderr strings.Builder
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	bar := terminal.NewProgress(&stderr, func() time.Time { return now }, terminal.Patience, "reading", "days")
	bar.Set(1, 2)
	bar.Done()
	bar.Set(2, 2)
	if stderr.Len() > 0 {
		t.Errorf("it shows %q", stderr.String())
	}
	var none *terminal.Progress
	none.Set(1, 2)
	none.Done()
}
