package ledger

import (
	"cmp"
	"slices"
	"time"
)

// DueFirst returns which of the streams, with the times of their next looks, are due now, the longest due first; and
// when the next of the others is, zero if there is none.
func DueFirst(planned map[string]time.Time, now time.Time) (due []string, next time.Time) {
	for name, at := range planned {
		switch {
		case !at.After(now):
			due = append(due, name)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	slices.SortFunc(due, func(x, y string) int { return cmp.Or(planned[x].Compare(planned[y]), cmp.Compare(x, y)) })
	return due, next
}
