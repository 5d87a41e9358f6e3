package scaling_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

const window = 24*time.Hour + time.Minute // the rolling window with its margin

// usedIn counts operations in the window before a time, the plain way.
func usedIn(h scaling.History, at time.Time) int {
	used := 0
	for _, op := range h.Operations {
		if at.Sub(op.At) < window {
			used++
		}
	}
	return used
}

func TestUsedCountsTheWindow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory().Draw(rt, "history")
		if got, want := h.Used(noon()), usedIn(h, noon()); got != want {
			rt.Fatalf("used %d, want %d", got, want)
		}
	})
}

// FreeAt is the first moment at which there is a slot: there is one then, and none just before.
func TestFreeAtIsTheFirstFreeMoment(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory().Draw(rt, "history")
		limit := rapid.IntRange(1, 15).Draw(rt, "limit")
		free := h.FreeAt(noon(), limit)
		switch {
		case free.Before(noon()):
			rt.Fatalf("free at %v, in the past", free)
		case usedIn(h, free) >= limit:
			rt.Fatalf("free at %v with %d of %d used", free, usedIn(h, free), limit)
		case free.After(noon()) && usedIn(h, free.Add(-1)) < limit:
			rt.Fatalf("free at %v, but a moment before already", free)
		}
	})
}

func TestFreeAtEdges(t *testing.T) {
	for _, c := range []struct {
		name  string
		h     scaling.History
		limit int
		want  time.Time
	}{
		{"no history", scaling.History{}, 10, noon()},
		{"a limit of none is never free", hoursAgo(1, 3), 0, time.Time{}},
		{"below the limit", hoursAgo(1, 3), 4, noon()},
		{"at the limit", hoursAgo(1, 3), 3, noon().Add(-3*time.Hour + window)},
		{"above the limit", hoursAgo(1, 3), 1, noon().Add(-time.Hour + window)},
		{"all outside the window", hoursAgo(30, 3), 1, noon()},
		{"just outside", operations(window), 1, noon()},
		{"just inside", operations(window - 1), 1, noon().Add(1)},
	} {
		if got := c.h.FreeAt(noon(), c.limit); !got.Equal(c.want) {
			t.Errorf("%s: free at %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNewest(t *testing.T) {
	if _, found := (scaling.History{}).Newest(); found {
		t.Error("no history has a newest operation")
	}
	if op, found := hoursAgo(1, 3).Newest(); !found || !op.At.Equal(noon().Add(-time.Hour)) {
		t.Errorf("newest is %v, %v", op, found)
	}
}

// What a stream's item keeps of its operations is compared with a list that keeps all: newest
// first, the same count in the window at any later time, ten of the newest kept for people to
// see, and no more than the window needs beyond these.
func TestKeptOperationsAgreeWithAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, all, now := enrolled(4), scaling.History{}, noon()
		for range rapid.IntRange(1, 40).Draw(rt, "operations") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8*3600).Draw(rt, "seconds later")) * time.Second)
			late := time.Duration(rapid.IntRange(0, 3600).Draw(rt, "seconds late")) * time.Second
			// Each has a target of its own, so that none is taken for a report of another.
			op := scaling.Operation{At: now.Add(-late), Direction: scaling.Up, From: 1, To: 100 + len(all.Operations), Actor: "arn:ops"}
			all.Operations = append(all.Operations, op)
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
			if want := min(10, len(all.Operations)); len(kept) < want || len(kept) > max(want, usedIn(all, now)) {
				rt.Fatalf("keeps %d operations, of %d, %d of them in the window", len(kept), len(all.Operations), usedIn(all, now))
			}
			later := now.Add(time.Duration(rapid.IntRange(0, 30*3600).Draw(rt, "looked at, seconds later")) * time.Second)
			if got, want := s.History().Used(later), usedIn(all, later); got != want {
				rt.Fatalf("used %d at %v, want %d", got, later, want)
			}
		}
	})
}

// Two streams' histories, written in any order, are what each is alone.
func TestHistoriesDoNotInterfere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		together := [2]scaling.Stream{enrolled(4), enrolled(4)}
		var own [2][]scaling.Operation
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
			equal(rt, "used", together[which].History().Used(now), len(own[which]))
		}
	})
}
