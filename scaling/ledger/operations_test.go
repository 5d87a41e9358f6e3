package ledger_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What a stream's item keeps of its operations is compared with a list that keeps all: newest
// first, the same count in the window at any later time, ten of the newest kept for people to
// see, and no more than the window needs beyond these.
func TestKeptOperationsAgreeWithAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, all, now := enrolled(4), scaling.Operations{}, noon()
		for range rapid.IntRange(1, 40).Draw(rt, "operations") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8*3600).Draw(rt, "seconds later")) * time.Second)
			late := time.Duration(rapid.IntRange(0, 3600).Draw(rt, "seconds late")) * time.Second
			// Each has a target of its own, so that none is taken for a report of another.
			op := scaling.Operation{At: now.Add(-late), Direction: scaling.Up, From: 1, To: 100 + len(all), Actor: "arn:ops"}
			all = append(all, op)
			unchanged := untouched(rt, s)
			next, _, isNew := s.External(op, "event", "", now)
			unchanged()
			if !isNew {
				rt.Fatalf("operation %+v is not new", op)
			}
			s = next
			kept := s.Operations
			for i := 1; i < len(kept); i++ {
				if kept[i].At.After(kept[i-1].At) {
					rt.Fatalf("not newest first: %v", kept)
				}
			}
			if want := min(10, len(all)); len(kept) < want || len(kept) > max(want, usedIn(all, now)) {
				rt.Fatalf("keeps %d operations, of %d, %d of them in the window", len(kept), len(all), usedIn(all, now))
			}
			later := now.Add(time.Duration(rapid.IntRange(0, 30*3600).Draw(rt, "looked at, seconds later")) * time.Second)
			if got, want := s.Operations.Used(later), usedIn(all, later); got != want {
				rt.Fatalf("used %d at %v, want %d", got, later, want)
			}
		}
	})
}

// Two streams' histories, written in any order, are what each is alone.
func TestHistoriesDoNotInterfere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		together := [2]ledger.Item{enrolled(4), enrolled(4)}
		var own [2]scaling.Operations
		now := noon()
		for i := range rapid.IntRange(1, 30).Draw(rt, "operations") {
			now = now.Add(time.Minute)
			which := rapid.IntRange(0, 1).Draw(rt, "stream")
			op := scaling.Operation{At: now, Direction: scaling.Up, From: 1, To: 100 + i, Actor: "arn:ops"}
			together[which], _, _ = together[which].External(op, "event", "", now)
			own[which] = append(own[which], op)
		}
		for which := range together {
			alone := enrolled(4)
			for _, op := range own[which] {
				alone, _, _ = alone.External(op, "event", "", op.At)
			}
			equal(rt, "operations", together[which].Operations, alone.Operations)
			equal(rt, "used", together[which].Operations.Used(now), len(own[which]))
		}
	})
}
