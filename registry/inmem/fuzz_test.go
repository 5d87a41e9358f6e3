package inmem

import (
	"errors"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// FuzzCursor wants any text to be a cursor that is written as it was read, or an error.
func FuzzCursor(f *testing.F) {
	for _, p := range []place{{1795435200123, "op-7", "orders"}, {0, "", ""}, {-1, "#", "a/b"}} {
		f.Add(p.String())
	}
	f.Add("bnVsbA==")
	f.Fuzz(func(t *testing.T, text string) {
		r, to := New(Options{}), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		_, err := r.History(t.Context(), ledger.Query{To: to, Cursor: text})
		if err != nil && !errors.Is(err, ledger.ErrNoHistory) {
			t.Errorf("error %v", err)
		}
		p, err := parsePlace(text)
		if err != nil {
			return
		}
		if again, err := parsePlace(p.String()); err != nil || again != p {
			t.Errorf("%+v became %+v, %v", p, again, err)
		}
	})
}
