package registry_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// canceled is a transaction refused for a reason, as DynamoDB tells it.
func canceled(code string) answer {
	return answer{fails: true, body: `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
		"Message":"Transaction cancelled","CancellationReasons":[{"Code":"` + code + `","Message":"x"},{"Code":"None"}]}`}
}

func failed(kind string) answer {
	return answer{fails: true, body: `{"__type":"com.amazonaws.dynamodb.v20120810#` + kind + `","message":"no"}`}
}

// TestClaimFailure is about what a claim says after its write failed: the write's answer, then
// what the item holds.
func TestClaimFailure(t *testing.T) {
	unchanged := item(func(s map[string]string) { s["revision"] = `{"N":"11"}` })
	inFlight := func(owner, transition, outcome string) answer {
		return item(func(s map[string]string) {
			s["fence"], s["lease_owner"] = `{"N":"7"}`, `{"S":"`+owner+`"}`
			s["in_flight"] = `{"M":{"fence":{"N":"7"},"actor":{"S":"` + owner + `"},"alarm":{"S":"orders-scale-up"},"transition_at":{"N":"` + transition + `"},"outcome":{"S":"` + outcome + `"}}}`
		})
	}
	const ours = "1795435140.123" // the transition that was claimed for
	unclear := errors.New("one that no caller expects")
	for _, tt := range []struct {
		name  string
		write answer
		read  answer
		want  error // nil: granted
	}{
		{"condition, suspended since", canceled("ConditionalCheckFailed"), item(func(s map[string]string) { s["status"] = `{"S":"suspended"}` }), ledger.ErrNotEnrolled},
		{"condition, item gone", canceled("ConditionalCheckFailed"), answer{body: "{}"}, ledger.ErrNotEnrolled},
		{"condition, handled since", canceled("ConditionalCheckFailed"), item(func(s map[string]string) { s["up"] = `{"M":{"handled_at":{"N":"` + ours + `"}}}` }), ledger.ErrHandled},
		{"condition, settings broken since", canceled("ConditionalCheckFailed"), item(func(s map[string]string) { s["settings"] = `{"S":""}` }), ledger.ErrBudget},
		{"condition, another's operation", canceled("ConditionalCheckFailed"), inFlight("scaler/other", ours, "intended"), ledger.ErrConflict},
		{"condition, an operation of the same owner", canceled("ConditionalCheckFailed"), inFlight("scaler/7c1f", ours, "intended"), ledger.ErrConflict},
		{"condition, nothing in the way any more", canceled("ConditionalCheckFailed"), unchanged, ledger.ErrConflict},
		{"condition, and no read", canceled("ConditionalCheckFailed"), failed("AccessDeniedException"), unclear},
		{"another transaction", canceled("TransactionConflict"), unchanged, ledger.ErrConflict},

		{"answer lost, granted", answer{lost: true}, inFlight("scaler/7c1f", ours, "intended"), nil},
		{"answer lost, not granted", answer{lost: true}, unchanged, unclear},
		{"answer lost, another was granted", answer{lost: true}, inFlight("scaler/other", ours, "intended"), unclear},
		{"answer lost, our claim for another transition", answer{lost: true}, inFlight("scaler/7c1f", "1795435100", "intended"), unclear},
		{"answer lost, ours has gone on", answer{lost: true}, inFlight("scaler/7c1f", ours, "accepted"), unclear},
		{"answer lost, and no read", answer{lost: true}, answer{lost: true}, unclear},
		{"internal error, granted", failed("InternalServerError"), inFlight("scaler/7c1f", ours, "intended"), nil},
		{"throttled", canceled("ThrottlingError"), unchanged, unclear},
		{"not allowed", failed("AccessDeniedException"), unchanged, unclear},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, w := newWire(t, map[string][]answer{"TransactWriteItems": {tt.write}, "GetItem": {tt.read}})
			s, err := r.Claim(t.Context(), seen(), asked(scaling.Up))
			switch {
			case tt.want == nil && (err != nil || s.Fence != 7):
				t.Fatalf("fence %d, error %v, want the claim granted", s.Fence, err)
			case tt.want == nil:
			case err == nil:
				t.Fatal("granted")
			case !strings.Contains(err.Error(), "orders"):
				t.Errorf("error %v does not name the stream", err)
			case !errors.Is(err, tt.want) && (expected(tt.want) || expected(err)):
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if got := w.operations(); !slices.Equal(got, []string{"TransactWriteItems", "GetItem"}) {
				t.Errorf("calls %v", got)
			}
		})
	}
}

// expected reports whether err is one that a caller answers with a new look.
func expected(err error) bool {
	return errors.Is(err, ledger.ErrConflict) || errors.Is(err, ledger.ErrHandled) ||
		errors.Is(err, ledger.ErrBudget) || errors.Is(err, ledger.ErrNotEnrolled)
}

// TestClaimWithoutACall: what the loaded stream already rules out costs no call.
func TestClaimWithoutACall(t *testing.T) {
	r, w := newWire(t, nil)
	s := seen()
	s.Status = ledger.Suspended
	if _, err := r.Claim(t.Context(), s, asked(scaling.Up)); !errors.Is(err, ledger.ErrNotEnrolled) {
		t.Errorf("error %v, want not enrolled", err)
	}
	if calls := w.operations(); len(calls) != 0 {
		t.Errorf("calls %v", calls)
	}
}

func TestSaveFailure(t *testing.T) {
	entry := ledger.Entry{Stream: "orders", At: noon, ID: "a"}
	for name, tt := range map[string]struct {
		entries  []ledger.Entry
		write    answer
		conflict bool
	}{
		"condition":                        {nil, failed("ConditionalCheckFailedException"), true},
		"a transaction is at it":           {nil, failed("TransactionConflictException"), true},
		"condition, with history":          {[]ledger.Entry{entry}, canceled("ConditionalCheckFailed"), true},
		"another transaction":              {[]ledger.Entry{entry}, canceled("TransactionConflict"), true},
		"no capacity":                      {nil, failed("ProvisionedThroughputExceededException"), false},
		"no capacity, with history":        {[]ledger.Entry{entry}, canceled("ProvisionedThroughputExceeded"), false},
		"no answer":                        {nil, answer{lost: true}, false},
		"history of the same id, refused":  {[]ledger.Entry{entry, entry}, failed("ValidationException"), false},
		"an answer that is not DynamoDB's": {nil, answer{fails: true, body: "<html>"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := newWire(t, map[string][]answer{"UpdateItem": {tt.write}, "TransactWriteItems": {tt.write}})
			s, err := r.Save(t.Context(), seen(), tt.entries...)
			if err == nil || errors.Is(err, ledger.ErrConflict) != tt.conflict || !strings.Contains(err.Error(), "orders") {
				t.Errorf("error %v, want one of orders, a conflict: %t", err, tt.conflict)
			}
			if s.Revision != 11 {
				t.Errorf("revision %d after a failure, want that of the argument", s.Revision)
			}
		})
	}
}

// TestHistoryReadsOn: a query whose filter leaves nothing of a page is not at its end.
func TestHistoryReadsOn(t *testing.T) {
	nothing := answer{body: `{"Items":[],"LastEvaluatedKey":{"pk":{"S":"STREAM#orders"},"sk":{"S":"AT#x"}}}`}
	one := answer{body: `{"Items":[{"pk":{"S":"STREAM#orders"},"sk":{"S":"AT#2026-11-23T11:00:00.000Z#a"}}],"LastEvaluatedKey":{"pk":{"S":"STREAM#orders"},"sk":{"S":"AT#y"}}}`}
	r, w := newWire(t, map[string][]answer{"Query": {nothing, nothing, one, nothing, one, {body: `{"Items":[]}`}}})
	page, err := r.History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindHold, To: noon, Limit: 1})
	if err != nil || len(page.Entries) != 1 || page.Next == "" || len(w.operations()) != 5 {
		t.Errorf("%d entries, next %q, error %v after %d calls; want 1, more, 5 calls", len(page.Entries), page.Next, err, len(w.operations()))
	}
	if start := inOneLine(w.request(1).ExclusiveStartKey); !strings.Contains(start, "AT#x") {
		t.Errorf("the second call starts at %s", start)
	}
	page, err = r.History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindHold, To: noon, Limit: 1})
	if err != nil || len(page.Entries) != 0 || page.Next != "" {
		t.Errorf("%d entries, next %q, error %v at the end", len(page.Entries), page.Next, err)
	}
}
