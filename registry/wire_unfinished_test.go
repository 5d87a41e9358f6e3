package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is in flight is read from its own part of the index by_day, all pages of it, the longest due first.
func TestUnfinishedOnTheWire(t *testing.T) {
	item := func(name, due string) string {
		return `{"pk":{"S":"STREAM#` + name + `"},"due_at":{"N":"` + due + `"}}`
	}
	const more = `,"LastEvaluatedKey":{"pk":{"S":"STREAM#clicks"},"sk":{"S":"STREAM"},"day":{"S":"FLIGHT"}}`
	r, w := newWire(t, map[string][]answer{"Query": {
		{body: `{"Items":[` + item("payments", "200") + `,` + item("clicks", "300") + `]` + more + `}`},
		{body: `{"Items":[` + item("orders", "100") + `]}`},
	}})
	due, next, err := r.Unfinished(t.Context(), time.Unix(200, 0))
	if diff := cmp.Diff([]string{"orders", "payments"}, due); diff != "" || err != nil || next.Unix() != 300 {
		t.Errorf("next %v, %v %s", next, err, diff)
	}
	for _, part := range []string{`"IndexName":"by_day"`, `{"S":"FLIGHT"}`} {
		if !strings.Contains(w.request(0).text, part) {
			t.Errorf("no %s in %s", part, w.request(0).text)
		}
	}
	r, _ = newWire(t, map[string][]answer{"Query": {failed("AccessDeniedException")}})
	if due, _, err = r.Unfinished(t.Context(), time.Unix(200, 0)); err == nil || due != nil {
		t.Errorf("%v, %v", due, err)
	}
}
