package main

import (
	"strings"
	"testing"
	"time"
)

func TestLengths(t *testing.T) {
	for text, want := range map[string]struct {
		length time.Duration
		shown  string
	}{
		"2d": {48 * time.Hour, "48h"}, "90m": {90 * time.Minute, "1h30m"}, "1h": {time.Hour, "1h"}, "10s": {10 * time.Second, "10s"}, "20m": {20 * time.Minute, "20m"},
		"1h0m5s": {time.Hour + 5*time.Second, "1h0m5s"}, "0": {0, "0"}, "-1h": {-time.Hour, "-1h"},
	} {
		var l length
		if err := l.Set(text); err != nil || time.Duration(l) != want.length || l.String() != want.shown {
			t.Errorf("%s: %v, %s, %v", text, time.Duration(l), l.String(), err)
		}
	}
	for _, text := range []string{"", "2", "2x", "-2d", "1.5d", "d", "99999999d", "300000000h"} {
		var l length
		if err := l.Set(text); err == nil || !strings.Contains(err.Error(), "is no length of time; want 30m, 2h or 7d") {
			t.Errorf("%q: %v, %v", text, time.Duration(l), err)
		}
	}
}

// Days are as good as hours wherever a length of time is asked for.
func TestLengthsInDays(t *testing.T) {
	for _, args := range []string{
		"scale orders --to 8 --for 2d --wait 2d --no-wait --reason x --yes", "plan orders --at 30d --shards 8 --for 2d --takes 1d --yes",
	} {
		registry := stocked(t, "orders")
		if status, stdout, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields(args)...); status != statusOK || len(loaded(t, registry, "orders").Timed) == 0 {
			t.Errorf("%s: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
}
