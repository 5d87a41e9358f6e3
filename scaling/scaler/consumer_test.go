package scaler_test

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestTheConsumerIsRaisedAtOnceAndNeverLowered(t *testing.T) {
	account := scaling.Account{UnreservedConcurrency: 900, LeastUnreserved: 100, At: noon()}
	tests := []struct {
		name        string
		dir         scaling.Direction
		open        int
		utilization float64
		reserved    int // before; 0 is none
		account     scaling.Account
		want        int
	}{
		{"raised", scaling.Up, 4, 0.9, 8, account, 16},
		{"raised from none", scaling.Up, 4, 0.9, 0, account, 16},
		{"not lowered on a scale-down", scaling.Down, 4, 0.1, 8, account, 8},
		{"not lowered on a scale-up", scaling.Up, 4, 0.9, 50, account, 50},
		{"up to the account's room", scaling.Up, 4, 0.9, 8, scaling.Account{UnreservedConcurrency: 103, LeastUnreserved: 100, At: noon()}, 11},
		{"no room", scaling.Up, 4, 0.9, 8, scaling.Account{UnreservedConcurrency: 100, LeastUnreserved: 100, At: noon()}, 8},
		{"all or nothing where none was reserved", scaling.Up, 4, 0.9, 0, scaling.Account{UnreservedConcurrency: 115, LeastUnreserved: 100, At: noon()}, 0},
		{"less than the account must keep", scaling.Up, 4, 0.9, 0, scaling.Account{UnreservedConcurrency: 60, LeastUnreserved: 50, At: noon()}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.enroll("orders", tt.open, tt.utilization, scaling.Layer{"consumer": "reader", "consumer-concurrency-per-shard": "2"})
			if tt.reserved > 0 {
				b.held["reader"] = tt.reserved
			}
			if err := b.kept.SaveFleet(t.Context(), ledger.Fleet{Account: tt.account}); err != nil {
				t.Fatal(err)
			}
			if r := b.handle(b.alarm("orders", tt.dir)); r.Event != report.Operation || len(r.Faults) > 0 {
				t.Errorf("report %+v", r)
			}
			if b.held["reader"] != tt.want {
				t.Errorf("reserved %d, want %d; calls %v", b.held["reader"], tt.want, b.called("Reserve"))
			}
		})
	}
}

func TestAConsumerThatCannotBeRaisedIsAFault(t *testing.T) {
	for _, call := range []string{"Reserved", "Reserve"} {
		b := newBench(t)
		b.enroll("orders", 4, 0.9, scaling.Layer{"consumer": "reader"})
		b.held["reader"] = 4
		b.fail[call] = []error{scaling.ErrLimitExceeded}
		r := b.handle(b.alarm("orders", scaling.Up))
		b.want(r, report.Operation, 8)
		if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Error(), "reader") {
			t.Errorf("%s: faults %v", call, r.Faults)
		}
		if b.held["reader"] != 4 {
			t.Errorf("%s: reserved %d: what was reserved must stay", call, b.held["reader"])
		}
	}
}

// A stopped consumer stays so, and one of another stream follows that one.
func TestAConsumerThatIsNotTheScalersToRaise(t *testing.T) {
	for name, prepare := range map[string]func(*bench){
		"stopped":          func(b *bench) { b.held["reader"] = 0 },
		"another stream's": func(b *bench) { b.held["reader"] = 2; _ = b.kept.OwnConsumer(b.Context(), "reader", "payments", "") },
	} {
		b := newBench(t)
		b.enroll("orders", 4, 0.9, scaling.Layer{"consumer": "reader"})
		prepare(b)
		before := b.held["reader"]
		r := b.handle(b.alarm("orders", scaling.Up))
		b.want(r, report.Operation, 8)
		if calls := b.called("Reserve "); b.held["reader"] != before || len(calls) > 0 || len(r.Faults) > 0 {
			t.Errorf("%s: reserved %d, calls %v, faults %v", name, b.held["reader"], calls, r.Faults)
		}
	}
}
