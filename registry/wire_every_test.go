package registry_test

import (
	"slices"
	"strings"
	"testing"
)

// Every reads the whole table to its end, also over pages in which the filter left nothing.
func TestEveryOnTheWire(t *testing.T) {
	const more = `,"LastEvaluatedKey":{"pk":{"S":"STREAM#clicks"},"sk":{"S":"STREAM"}}}`
	pages := []answer{
		{body: `{"Items":[{"pk":{"S":"STREAM#payments"}}]` + more},
		{body: `{"Items":[]` + more},
		{body: `{"Items":[{"pk":{"S":"STREAM#clicks"}}]}`},
	}
	r, w := newWire(t, map[string][]answer{"Scan": pages})
	var told []int
	names, err := r.Every(t.Context(), func(n int) { told = append(told, n) })
	if err != nil || !slices.Equal(names, []string{"clicks", "payments"}) || !slices.Equal(told, []int{1, 1, 2}) {
		t.Errorf("%v, told %v, %v", names, told, err)
	}
	if len(w.operations()) != 3 || w.request(2).ExclusiveStartKey == nil {
		t.Errorf("calls %v, the last from %v on", w.operations(), w.request(2).ExclusiveStartKey)
	}
	for _, part := range []string{"attribute_exists", `"STREAM"`, `"ProjectionExpression"`} {
		if !strings.Contains(w.request(0).text, part) {
			t.Errorf("no %s in %s", part, w.request(0).text)
		}
	}

	r, _ = newWire(t, map[string][]answer{"Scan": {pages[0], failed("AccessDeniedException")}})
	if names, err = r.Every(t.Context(), func(int) {}); err == nil || names != nil || !strings.Contains(err.Error(), "names of every stream") {
		t.Errorf("half a table: %v, %v", names, err)
	}
}
