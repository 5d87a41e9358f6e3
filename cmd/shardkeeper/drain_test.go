package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What operations cost the consumers is in show and in the history; a minute, which is as short as it can be, is no cost.
func TestWhatAnOperationCostTheConsumers(t *testing.T) {
	registry := stocked(t, "orders")
	s := loaded(t, registry, "orders")
	op := func(fence int64, drain time.Duration) ledger.Entry {
		at := now.Add(time.Duration(fence-10) * time.Hour)
		return ledger.Entry{Stream: "orders", At: at, ID: "op", Kind: ledger.KindOperation, Direction: scaling.Up, From: 2, To: 4, Fence: fence, Outcome: ledger.OutcomeCompleted, Duration: 2 * time.Minute, Drain: drain}
	}
	last := op(9, 0)
	last.At = now.Add(-10 * time.Minute)
	s.Draining, s.LastDrain = &last, ledger.Drain{At: now.Add(-2 * time.Hour), Took: 8 * time.Minute}
	if _, err := registry.Save(t.Context(), s, op(6, time.Hour), op(7, time.Minute), op(8, 8*time.Minute), last); err != nil {
		t.Fatal(err)
	}
	account := &fakeAccount{registry: registry, watched: &watched{shards: 4}}
	_, shown, _ := in(t, account, "show", "orders")
	_, listed, _ := in(t, account, "history", "orders")
	_, lines, _ := in(t, account, "history", "orders", "--output", "json")
	text := strings.Join(strings.Fields(shown+listed+lines), " ")
	for want, times := range map[string]int{
		"cost to consumers back where they were 8 min after the operation of 2026-11-24 10:00":                                          1,
		"not_drained its consumers are not back yet after the operation from 2 to 4 shards; a scale down waits, until 2026-11-24 12:52": 1,
		"completed, 2m0s, consumers back after 8 min":                                                                                   1, "consumers back after an hour or more": 1, "consumers back after": 2,
		`"drain_seconds":480`: 1, `"drain_seconds":60,"region"`: 1, `"drain_seconds"`: 3,
	} {
		if got := strings.Count(text, want); got != times {
			t.Errorf("%d times %q in\n%s", got, want, text)
		}
	}
}
