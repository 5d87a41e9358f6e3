package registry_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The functions tell beside the reconciler's lease how long they keep history, for those whom the stack does not tell.
func TestTheLeaseTellsHowLongHistoryIsKept(t *testing.T) {
	for days, want := range map[int]string{0: `{"N":"400"}`, 1: `{"N":"1"}`, 3650: `{"N":"3650"}`} {
		w := &wire{t: t, answers: map[string][]answer{"TransactWriteItems": {{body: "{}"}}}}
		server := httptest.NewServer(w)
		r := registry.New(newClient(server.URL), table, registry.Options{Retention: time.Duration(days) * 24 * time.Hour})
		held, err := r.SaveLease(t.Context(), ledger.Lease{Owner: "reconciler/1", Until: noon})
		if err != nil || held.Owner != "reconciler/1" {
			t.Errorf("%+v, %v", held, err)
		}
		if sent := w.request(0); !strings.Contains(sent.text, `"history_days":`+want) {
			t.Errorf("%d days: want history_days %s in %s", days, want, sent.text)
		}
		server.Close()
	}
}

// A write does not go on with a guess where the time cannot be read.
func TestWithoutTheTimeNothingIsWritten(t *testing.T) {
	w := &wire{t: t, answers: map[string][]answer{"GetItem": {{fails: true, body: `{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException"}`}}}}
	server := httptest.NewServer(w)
	defer server.Close()
	r := registry.New(newClient(server.URL), table, registry.Options{AsFunctions: true})
	err := r.Pause(t.Context(), ledger.Pause{InForce: true, At: noon, Who: "ana", Why: "x"})
	if err == nil || !strings.Contains(err.Error(), "how long history is kept") {
		t.Errorf("err = %v", err)
	}
}
