package reconciler_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestTheConsumerIsFittedToTheOpenShards(t *testing.T) {
	tests := []struct {
		name     string
		reserved int // 0: none
		left     int // unreserved in the account
		want     int
	}{
		{"lowered", 16, 900, 8},
		{"raised", 4, 900, 8},
		{"raised from none", 0, 900, 8},
		{"fits", 8, 900, 8},
		{"raised as far as there is room", 4, 102, 6},
		{"no room", 4, 100, 4},
		{"no room and none reserved", 0, 100, 0},
		{"lowered without room", 16, 0, 8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader", "shardkeeper:consumer-concurrency-per-shard", "2")
			w.account.UnreservedConcurrency = tt.left
			if tt.reserved > 0 {
				w.functions["reader"] = tt.reserved
			}
			w.due()
			if r := w.run()[orders]; len(r.Faults) > 0 {
				t.Errorf("faults %v", r.Faults)
			}
			if got := w.functions["reader"]; got != tt.want {
				t.Errorf("reserved %d, want %d", got, tt.want)
			}
			if _, set := w.functions["reader"]; set != (tt.want > 0) {
				t.Error("a reservation of nothing stops the function")
			}
			if tt.want < 8 { // and when there is room, the rest
				w.account.UnreservedConcurrency = 900
				w.now = w.now.Add(8 * time.Minute)
				w.run()
				if got := w.functions["reader"]; got != 8 {
					t.Errorf("with room: reserved %d, want 8", got)
				}
			}
			w.calls = nil
			w.now = w.now.Add(8 * time.Minute)
			if w.run(); len(w.called("Reserve ")) > 0 {
				t.Errorf("called %v: nothing changed", w.called("Reserve "))
			}
		})
	}
}

// Consumers still read the closed shards while the stream is at work.
func TestTheConsumerIsLoweredOnlyWhenActive(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 8, 1, "shardkeeper:consumer", "reader")
	w.functions["reader"] = 8
	w.due()
	w.run()
	w.flies(8, 4, time.Minute, ledger.OutcomeAccepted)
	s.Status = scaling.StatusUpdating
	for range 5 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if w.functions["reader"] != 8 {
		t.Fatalf("reserved %d before ACTIVE", w.functions["reader"])
	}
	s.Status, s.OpenShards = scaling.StatusActive, 4
	w.now = w.now.Add(time.Minute)
	w.run()
	if w.functions["reader"] != 4 {
		t.Errorf("reserved %d, want 4", w.functions["reader"])
	}
}

// The scaler raises at once. If the operation then comes to nothing, the item's word of what is
// reserved is no longer true.
func TestTheConsumerFitsAgainWhenAnOperationCameToNothing(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader")
	w.functions["reader"] = 4
	w.due()
	w.run()
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	w.functions["reader"] = 8
	for range 30 { // the look after the one that settles it: closed shards might be unread then
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if s.OpenShards != 4 || w.functions["reader"] != 4 {
		t.Errorf("reserved %d for %d open shards", w.functions["reader"], s.OpenShards)
	}
}

// What one stream takes is not there for the next in the same run.
func TestTheAccountsRoomIsSharedWithinARun(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.enrolled(name, 4, 2, "shardkeeper:consumer", "reader-"+name, "shardkeeper:consumer-concurrency-per-shard", "2")
		w.changeItem(name, func(s *ledger.Item) { s.DueAt = w.now })
	}
	w.account.UnreservedConcurrency = 110
	for name, r := range w.run() {
		if len(r.Faults) > 0 {
			t.Errorf("%s: %v", name, r.Faults)
		}
	}
	if got := []int{w.functions["reader-a"], w.functions["reader-b"], w.functions["reader-c"]}; got[0] != 8 || got[1] != 0 || got[2] != 0 {
		t.Errorf("reserved %v, want 8, and nothing where less than 8 is left", got)
	}
	fleet, err := w.kept.Fleet(t.Context())
	if err != nil || fleet.Account.UnreservedConcurrency != 102 {
		t.Errorf("fleet %+v, %v: the scalers are to know, too", fleet, err)
	}
}

func TestADryRunReservesNothing(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2, "shardkeeper", "dry-run", "shardkeeper:consumer", "reader")
	w.functions["reader"] = 1
	w.due()
	w.run()
	if w.functions["reader"] != 1 {
		t.Errorf("reserved %d", w.functions["reader"])
	}
}

// A function that is not there will not be there in a minute. One that is busy will be free.
func TestAConsumerThatCannotBeFitted(t *testing.T) {
	for _, tt := range []struct {
		err         error
		least, most time.Duration
	}{
		{scaling.ErrStreamNotFound, 6 * time.Minute, 8 * time.Minute},
		{scaling.ErrRefused, 6 * time.Minute, 8 * time.Minute},
		{scaling.ErrThrottled, nextRun, nextRun},
		{scaling.ErrOutcomeUnknown, nextRun, nextRun},
	} {
		for _, call := range []string{"Reserved", "Reserve"} {
			w := newWorld(t)
			w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader")
			w.functions["reader"] = 1
			w.due()
			w.breaks(call, tt.err)
			if r := w.run()[orders]; r.Event != report.Failed || len(r.Faults) != 1 {
				t.Errorf("%v: report %+v", tt.err, r)
			}
			if in := w.item().DueAt.Sub(w.now); in < tt.least || in > tt.most {
				t.Errorf("%v: next look in %v", tt.err, in)
			}
			w.now = w.now.Add(8 * time.Minute)
			w.run()
			if w.functions["reader"] != 4 {
				t.Errorf("%v: reserved %d", tt.err, w.functions["reader"])
			}
		}
	}
}
