package registry_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Names reads the index of what is planned and nothing else, page by page, and no further than it must.
func TestNamesOnTheWire(t *testing.T) {
	page := func(next string, names ...string) answer {
		var items []string
		for _, name := range names {
			items = append(items, `{"pk":{"S":"STREAM#`+name+`"},"sk":{"S":"STREAM"}}`)
		}
		return answer{body: `{"Items":[` + strings.Join(items, ",") + `]` + next + `}`}
	}
	const more = `,"LastEvaluatedKey":{"pk":{"S":"STREAM#clicks"},"sk":{"S":"STREAM"},"due":{"S":"DUE"},"due_at":{"N":"1"}}`
	r, w := newWire(t, map[string][]answer{"Query": {page(more, "payments", "clicks"), page("", "orders")}})
	names, err := r.Names(t.Context(), 10)
	if diff := cmp.Diff([]string{"clicks", "orders", "payments"}, names); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for _, part := range []string{`"IndexName":"by_due"`, `"Limit":10`, `{"S":"DUE"}`} {
		if !strings.Contains(w.request(0).text, part) {
			t.Errorf("no %s in %s", part, w.request(0).text)
		}
	}
	if len(w.operations()) != 2 || w.request(1).ExclusiveStartKey == nil {
		t.Errorf("calls %v, the second from %v on", w.operations(), w.request(1).ExclusiveStartKey)
	}

	r, w = newWire(t, map[string][]answer{"Query": {page(more, "payments", "clicks")}})
	if names, err = r.Names(t.Context(), 2); len(names) != 2 || err != nil || len(w.operations()) != 1 {
		t.Errorf("%v, %v in calls %v; two names want one call", names, err, w.operations())
	}
	r, w = newWire(t, map[string][]answer{"Query": {failed("AccessDeniedException")}})
	if names, err = r.Names(t.Context(), 2); err == nil || names != nil || !strings.Contains(err.Error(), "names of streams") {
		t.Errorf("%v, %v", names, err)
	}
	if names, err = r.Names(t.Context(), 0); err != nil || names != nil || len(w.operations()) != 1 {
		t.Errorf("no names: %v, %v", names, err)
	}
}

// What is due at this very millisecond is asked for too.
func TestDueOnTheWire(t *testing.T) {
	r, w := newWire(t, map[string][]answer{"Query": {{body: `{"Items":[]}`}}})
	if _, err := r.Due(t.Context(), noon, 10); err != nil {
		t.Fatal(err)
	}
	if sent := w.request(0); !strings.Contains(sent.readable(sent.KeyConditionExpression), `due_at <= {"N":"`+strconv.FormatInt(noon.Unix(), 10)) {
		t.Errorf("it asks for %s", sent.readable(sent.KeyConditionExpression))
	}
}
