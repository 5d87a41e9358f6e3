package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// shortDemo prints the demo on one screen: what was done and why, and what it came to.
type shortDemo struct {
	screen  output.Screen
	actions *output.Grid
}

func newShortDemo(to output.Screen) (*shortDemo, error) {
	text := fmt.Sprintf("Two days of the stream %q in a model of AWS, with the real enroller, scaler and reconciler.\n\n", demo.Stream)
	_, err := io.WriteString(to.W, output.Wrapped(text, to.Width))
	return &shortDemo{to, output.NewGrid(to,
		output.Column{Title: "time (UTC)"}, output.Column{Title: "what happened, and why", Min: 20, Below: true},
	)}, err
}

// row shows what was done; looks at the clock, holds, and ends of operations are for --verbose.
func (s *shortDemo) row(r demo.Row) error {
	switch r.Event {
	case "created", string(report.Enrolled), string(report.Operation), string(report.Refused), string(report.Failed):
		return s.actions.Row(r.At.Format("Mon 15:04"), r.Text)
	}
	return nil
}

func (s *shortDemo) result(r demo.Result) error {
	if err := s.actions.Close(); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\n")
	writeSummary(&b, r, s.screen.Width)
	held := 0
	for _, c := range r.Checks {
		if c.OK {
			held++
			continue
		}
		b.WriteString("  " + checkText(c, s.screen.Colour) + "\n")
	}
	fmt.Fprintf(&b, "  %-12s%d of %d are ok; --verbose has them, all rows, and the history\n", "checks", held, len(r.Checks))
	_, err := io.WriteString(s.screen.W, output.Wrapped(b.String(), s.screen.Width))
	return err
}
