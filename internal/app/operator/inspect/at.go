package inspect

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// History is the part of the registry that keeps entries.
type History interface {
	History(ctx context.Context, q ledger.Query) (ledger.Page, error)
}

const (
	// before is how far back a decision is looked for.
	before = 30 * 24 * time.Hour
	// pages is how many pages of history are looked through at most.
	pages = 5
)

// At returns the newest decision on a stream at or before a time, and whether there is one within 30 days. It makes one
// call as a rule, and a few more for a stream with much other history.
func At(ctx context.Context, history History, stream string, at time.Time) (ledger.Entry, bool, error) {
	q := ledger.Query{Stream: stream, From: at.Add(-before), To: at.Add(time.Millisecond)}
	for range pages {
		page, err := history.History(ctx, q)
		if err != nil {
			return ledger.Entry{}, false, err
		}
		for _, e := range page.Entries {
			if len(e.Reasons) > 0 && (e.Kind == ledger.KindOperation || e.Kind == ledger.KindHold) {
				return e, true, nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	return ledger.Entry{}, false, nil
}
