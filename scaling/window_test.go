package scaling_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

const window = 24*time.Hour + time.Minute // the rolling window with its margin

// usedIn counts operations in the window before a time, the plain way.
func usedIn(h scaling.Operations, at time.Time) int {
	used := 0
	for _, op := range h {
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
		h     scaling.Operations
		limit int
		want  time.Time
	}{
		{"no history", scaling.Operations{}, 10, noon()},
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
	if _, found := (scaling.Operations{}).Newest(); found {
		t.Error("no history has a newest operation")
	}
	if op, found := hoursAgo(1, 3).Newest(); !found || !op.At.Equal(noon().Add(-time.Hour)) {
		t.Errorf("newest is %v, %v", op, found)
	}
}
