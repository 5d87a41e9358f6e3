package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestTakeALease(t *testing.T) {
	for _, c := range []struct {
		name  string
		until time.Duration // from now
		taken bool
	}{
		{"nobody's", -1000 * time.Hour, true},
		{"over", 0, true},
		{"live for a moment", time.Millisecond, false},
		{"live, taken by a clock that is ahead", 2 * time.Minute, false},
		{"longer than any run", 2*time.Minute + time.Millisecond, true},
	} {
		held := ledger.Lease{Owner: "reconciler/1", Until: noon().Add(c.until), Revision: 7}
		got, err := held.Take("reconciler/2", noon(), time.Minute)
		if !c.taken {
			if !errors.Is(err, ledger.ErrConflict) || !strings.Contains(err.Error(), "reconciler/1") {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		equal(t, c.name+": error", err, nil)
		equal(t, c.name, got, ledger.Lease{Owner: "reconciler/2", Until: noon().Add(time.Minute), Revision: 7})
		equal(t, c.name+", returned", got.Returned(), ledger.Lease{Revision: 7})
	}
}
