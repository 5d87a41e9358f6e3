package registry_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
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

// Somebody deletes copies of a pause by hand. It still holds the claims of the streams whose copies are left, and says so; it can
// be ended, and begun anew.
func TestAPauseOfWhichCopiesWereDeletedByHand(t *testing.T) {
	unchanged := item(func(s map[string]string) { s["revision"] = `{"N":"11"}` })
	left := answer{body: `{"Item":{"at":{"N":"1795435200"},"who":{"S":"ana"},"why":{"S":"an incident"}}}`}
	r, w := newWire(t, map[string][]answer{"TransactWriteItems": {canceledAt(2, "ConditionalCheckFailed")}, "GetItem": {unchanged, left}})
	_, err := r.Claim(t.Context(), seen(), asked(scaling.Up))
	if _, paused := errors.AsType[*ledger.PausedError](err); !paused {
		t.Errorf("claim: %v", err)
	}
	checked, err := json.Marshal(w.request(0).TransactItems[2].ConditionCheck.Key["sk"])
	if read := w.request(2).text; err != nil || !strings.Contains(read, string(checked)) {
		t.Errorf("the claim's copy is %s, and the pause is read by %s, %v", checked, read, err)
	}

	none := answer{body: `{}`}
	r, w = newWire(t, map[string][]answer{"GetItem": {none, none, left}, "TransactWriteItems": {{body: "{}"}}})
	if p, err := r.Resume(t.Context(), noon, "bo"); err != nil || p.Who != "ana" {
		t.Errorf("resume: %+v, %v", p, err)
	}
	if sent := w.request(3).text; strings.Count(sent, `"Delete"`) != 16 || strings.Count(sent, "attribute_exists") != 1 {
		t.Errorf("want all copies deleted, if the one that was found is there: %s", sent)
	}
	r, w = newWire(t, map[string][]answer{"GetItem": {none}})
	if _, err := r.Resume(t.Context(), noon, "bo"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("resume without a pause: %v after %v", err, w.operations())
	}

	r, w = newWire(t, map[string][]answer{"TransactWriteItems": {{body: "{}"}}})
	if err := r.Pause(t.Context(), ledger.Pause{At: noon, Who: "ana", Why: "an incident"}); err != nil {
		t.Error(err)
	}
	if sent := w.request(0).text; strings.Count(sent, "attribute_not_exists (pk)")+strings.Count(sent, "attribute_not_exists(pk)") != 1 {
		t.Errorf("a pause is to be begun anew if its first copy is gone: %s", sent)
	}
}
