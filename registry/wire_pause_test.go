package registry_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// canceledAt is a transaction that failed by its n-th part.
func canceledAt(n int, code string) answer {
	reasons := ""
	for range n {
		reasons += `{"Code":"None"},`
	}
	return answer{fails: true, body: `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
		"Message":"Transaction cancelled","CancellationReasons":[` + reasons + `{"Code":"` + code + `","Message":"x"}]}`}
}

// TestClaimWhilePaused is about a claim whose check of the pause did not hold.
func TestClaimWhilePaused(t *testing.T) {
	unchanged := item(func(s map[string]string) { s["revision"] = `{"N":"11"}` })
	pause := answer{body: `{"Item":{"at":{"N":"1795435200"},"who":{"S":"ana"},"why":{"S":"an incident"}}}`}
	for _, tt := range []struct {
		name  string
		write answer
		reads []answer
		want  ledger.PausedError // zero: a conflict
	}{
		{"paused", canceledAt(2, "ConditionalCheckFailed"), []answer{unchanged, pause}, ledger.PausedError{
			Stream: "orders", Pause: ledger.Pause{InForce: true, At: time.Unix(1795435200, 0).UTC(), Who: "ana", Why: "an incident"},
		}},
		{"edited by hand", canceledAt(2, "ConditionalCheckFailed"), []answer{unchanged, {body: `{"Item":{"who":{"N":"1"}}}`}}, ledger.PausedError{
			Stream: "orders", Pause: ledger.Pause{InForce: true},
		}},
		{"resumed meanwhile", canceledAt(2, "ConditionalCheckFailed"), []answer{unchanged, {body: `{}`}}, ledger.PausedError{}},
		{"another claim checked the same", canceledAt(2, "TransactionConflict"), []answer{unchanged}, ledger.PausedError{}},
	} {
		r, w := newWire(t, map[string][]answer{"TransactWriteItems": {tt.write}, "GetItem": tt.reads})
		_, err := r.Claim(t.Context(), seen(), asked(scaling.Up))
		paused, is := errors.AsType[*ledger.PausedError](err)
		switch {
		case tt.want == (ledger.PausedError{}):
			if is || !errors.Is(err, ledger.ErrConflict) {
				t.Errorf("%s: %v, want a conflict", tt.name, err)
			}
		case !is || *paused != tt.want:
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if n := len(w.operations()); n != 1+len(tt.reads) {
			t.Errorf("%s: %d calls", tt.name, n)
		}
	}
}

// TestPauseIsTriedAgain: the kill switch does not fail because claims are at its copies.
func TestPauseIsTriedAgain(t *testing.T) {
	busy := canceledAt(3, "TransactionConflict")
	r, w := newWire(t, map[string][]answer{"TransactWriteItems": {busy, busy, busy, {body: "{}"}}})
	if err := r.Pause(t.Context(), ledger.Pause{At: noon, Who: "ana", Why: "an incident"}); err != nil {
		t.Error(err)
	}
	if calls := w.operations(); !slices.Equal(calls, []string{"TransactWriteItems", "TransactWriteItems", "TransactWriteItems", "TransactWriteItems"}) {
		t.Errorf("calls %v", calls)
	}
	r, w = newWire(t, map[string][]answer{"TransactWriteItems": {busy}})
	if err := r.Pause(t.Context(), ledger.Pause{At: noon, Who: "ana", Why: "an incident"}); err == nil || errors.Is(err, ledger.ErrConflict) {
		t.Errorf("never taken: %v", err)
	}
	if n := len(w.operations()); n != 20 {
		t.Errorf("%d calls", n)
	}
}
