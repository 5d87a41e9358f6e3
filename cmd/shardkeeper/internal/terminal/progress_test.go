package terminal_test

import (
	"regexp"
	"strings"
	"testing"

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
	bar := terminal.NewProgress(stderr, 0, "trying settings", "tried")
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
	bar := terminal.NewProgress(&stderr, terminal.Patience, "reading", "days")
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

// Something that says nothing of itself, such as a call that waits for its answer, is shown too; once it counts,
// the count is shown.
func TestABarWithoutACountShowsThatItGoesOn(t *testing.T) {
	stderr := make(told, 100)
	bar := terminal.NewProgress(stderr, 0, "reading the history", "entries")
	defer bar.Done()
	for _, step := range []struct {
		done, most int
		shows      string
	}{
		{0, 0, `reading the history.* 00:00`},
		{7, 0, `reading the history.*7 entries`},
		{8, 9, `reading the history.*8 of 9 entries`},
	} {
		bar.Set(step.done, step.most)
		shown := regexp.MustCompile(step.shows)
		for text := ""; !shown.MatchString(text); {
			text += <-stderr
		}
	}
}
