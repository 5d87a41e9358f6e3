package report_test

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// How long the traffic is can be read, be it a minute or some years.
func TestThePageSaysHowLongTheTrafficIs(t *testing.T) {
	for minutes, want := range map[int]string{1: "1 minute", 9: "9 minutes", 60: "an hour", 90: "1.5 hours", 3000: "2.08 days", 1200 * 24 * 60: "1,200 days"} {
		r := small()
		r.Trace = trace.Trace{Start: monday, Minutes: make([]trace.Rate, minutes)}
		if text := page(t, r); !strings.Contains(text, "<dd>"+want+" <") {
			t.Errorf("%d minutes are not %q on the page", minutes, want)
		}
		if minutes < 7*24*60 {
			if because := strings.Join(r.Verdict().Because, " "); !strings.Contains(strings.ToLower(because), want+" of traffic say little of a whole week") {
				t.Errorf("%d minutes: %s", minutes, because)
			}
		}
	}
}
