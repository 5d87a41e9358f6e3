package report

import (
	"fmt"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// mostRows is how many rows of decisions a page has at most, all variants together: about half a
// megabyte.
const mostRows = 3000

// row is a decision as the page shows it, or several of one reason after each other.
type row struct {
	At, Until string // Until is empty for a single one
	Times     int
	What      string
	Shards    string
	Used      string // utilization
	Reasons   []scaling.Reason
	Operation bool
}

// rowsOf returns the rows of decisions, at most so many, and how many decisions they leave out.
// Holds of one reason after each other are one row. Where there are too many, holds go before
// operations, and late ones before early ones.
func rowsOf(decisions []trial.Decision, most int) (rows []row, left int) {
	rows = merged(decisions)
	if len(rows) > most {
		var kept []row
		for _, r := range rows {
			if r.Operation {
				kept = append(kept, r)
			} else {
				left += r.Times
			}
		}
		rows = kept
	}
	if len(rows) > most {
		for _, r := range rows[most:] {
			left += r.Times
		}
		rows = rows[:most]
	}
	return rows, left
}

func merged(decisions []trial.Decision) []row {
	var rows []row
	for i, d := range decisions {
		operation := d.Event == scaling.EventOperation
		if i > 0 && !operation && sameHold(decisions[i-1], d) {
			last := &rows[len(rows)-1]
			last.Times++
			last.Until = d.At.Format(rowLayout)
			if day := d.At.Format(dayLayout); strings.HasPrefix(last.At, day) {
				last.Until = d.At.Format("15:04")
			}
			continue
		}
		r := row{At: d.At.Format(rowLayout), Times: 1, What: string(d.Event), Shards: fmt.Sprint(d.From), Reasons: d.Reasons, Operation: operation}
		if operation {
			r.What, r.Shards = "scale "+d.Direction.String(), fmt.Sprintf("%d → %d", d.From, d.To)
		}
		if d.Utilization > 0 {
			r.Used = fmt.Sprintf("%.0f %%", 100*d.Utilization)
		}
		rows = append(rows, r)
	}
	return rows
}

const (
	dayLayout = "Mon 2 Jan "
	rowLayout = dayLayout + "15:04"
)

func sameHold(a, b trial.Decision) bool {
	return a.Event == b.Event && a.From == b.From && a.Reasons.Last() == b.Reasons.Last()
}
