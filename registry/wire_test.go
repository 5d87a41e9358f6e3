package registry_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// These tests put the real SDK client between the registry and a server of their own, to see what
// is really sent, and to answer what an emulator never would.

// request is one call as it came over the wire.
type request struct {
	operation string // "GetItem"
	text      string
	action    // of UpdateItem

	ConsistentRead         bool
	ExclusiveStartKey      any
	ClientRequestToken     string
	KeyConditionExpression string
	TransactItems          []struct{ Update, Put, ConditionCheck action }
}

// action is one write.
type action struct {
	Key, Item                             map[string]any
	UpdateExpression, ConditionExpression string
	ExpressionAttributeNames              map[string]string
	ExpressionAttributeValues             map[string]any
}

// wire answers calls in turn and keeps them.
type wire struct {
	t        *testing.T
	mu       sync.Mutex
	requests []request
	answers  map[string][]answer // by operation; the last one stays
}

// answer is what the server does with one call.
type answer struct {
	body  string
	fails bool // status 400
	lost  bool // the connection breaks without an answer
}

const table = "shardkeeper"

func newWire(t *testing.T, answers map[string][]answer) (*registry.Registry, *wire) {
	t.Helper()
	w := &wire{t: t, answers: answers}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	return registry.New(newClient(server.URL), table, registry.Options{Now: func() time.Time { return noon }}), w
}

func (w *wire) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	_, operation, _ := strings.Cut(in.Header.Get("X-Amz-Target"), ".")
	text, err := io.ReadAll(in.Body)
	r := request{operation: operation, text: string(text)}
	if err = errors.Join(err, json.Unmarshal(text, &r)); err != nil {
		w.t.Errorf("%s: %v", operation, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, r)
	queue := w.answers[operation]
	if len(queue) == 0 {
		w.t.Errorf("%s was not expected", operation)
		queue = []answer{{lost: true}}
	}
	if len(queue) > 1 {
		w.answers[operation] = queue[1:]
	}
	a := queue[0]
	switch {
	case a.lost:
		conn, _, err := http.NewResponseController(out).Hijack()
		if err = errors.Join(err, conn.Close()); err != nil {
			w.t.Error(err)
		}
		return
	case a.fails:
		out.WriteHeader(http.StatusBadRequest)
	}
	if _, err := io.WriteString(out, a.body); err != nil {
		w.t.Error(err)
	}
}

func (w *wire) operations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, r := range w.requests {
		all = append(all, r.operation)
	}
	return all
}

// request returns a call by its number.
func (w *wire) request(number int) request {
	w.mu.Lock()
	defer w.mu.Unlock()
	if number >= len(w.requests) {
		w.t.Fatalf("%d calls were made, want more", len(w.requests))
	}
	return w.requests[number]
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_000_000, time.UTC)

// seen is a stream as it was loaded.
func seen() ledger.Item {
	settings := scaling.Defaults(scaling.DoubleHalve)
	settings.OperationLimit, settings.ScaleUpReserve = 10, 3 // as the golden files have it
	return ledger.Item{
		Name: "orders", Status: ledger.Enrolled, Revision: 11, Fence: 6, OpenShards: 4,
		Settings: settings, SettingsRevision: 1, Overrides: scaling.Layer{"min-shards": "2"},
	}
}

func asked(dir scaling.Direction) ledger.Claim {
	return ledger.Claim{
		Decision: scaling.Decision{At: noon, Direction: dir, From: 4, Target: 8, Reasons: scaling.Trail{{Code: scaling.Doubled}}},
		Asked:    dir, Alarm: scaling.AlarmName("orders", dir), TransitionAt: noon.Add(-time.Minute), Owner: "scaler/7c1f", LeaseUntil: noon.Add(2 * time.Minute),
	}
}

// item is how a stream is answered to GetItem.
func item(change func(s map[string]string)) answer {
	attrs := map[string]string{
		"status": `{"S":"enrolled"}`, "revision": `{"N":"12"}`, "fence": `{"N":"6"}`, "open_shards": `{"N":"4"}`,
		"settings": `{"M":{"mode":{"S":"enabled"},"policy":{"S":"double-halve"},"min-shards":{"S":"1"},"max-shards":{"S":"100"}}}`,
	}
	change(attrs)
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		pairs = append(pairs, fmt.Sprintf("%q:%s", name, attrs[name]))
	}
	return answer{body: `{"Item":{` + strings.Join(pairs, ",") + `}}`}
}

// TestClaimOnTheWire shows the transaction of a claim with its names and values in place.
func TestClaimOnTheWire(t *testing.T) {
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		r, w := newWire(t, map[string][]answer{"TransactWriteItems": {{body: "{}"}}})
		granted, err := r.Claim(t.Context(), seen(), asked(dir))
		if err != nil {
			t.Fatal(err)
		}
		if granted.Fence != 7 || granted.Revision != 12 || granted.Overrides["min-shards"] != "2" {
			t.Errorf("granted %+v", granted)
		}
		sent := w.request(0)
		if sent.ClientRequestToken == "" {
			t.Error("the transaction has no token: repeated, it would be made twice")
		}
		if len(sent.TransactItems) != 3 {
			t.Fatalf("%d actions, want 3", len(sent.TransactItems))
		}
		update, put, check := sent.TransactItems[0].Update, sent.TransactItems[1].Put.Item, sent.TransactItems[2].ConditionCheck
		got := fmt.Sprintf("Update %s\nif\n  %s\n\nPut %s\n  %s\n\nConditionCheck %s\n  %s\n", inOneLine(update.Key),
			strings.Join(strings.Split(update.readable(update.ConditionExpression), " AND "), "\n  AND "), inOneLine(put["pk"]), inOneLine(put["sk"]),
			inOneLine(check.Key), check.ConditionExpression)
		path := "testdata/claim-" + dir.String() + ".txt"
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("the claim is not as in %s (-golden +sent):\n%s", path, diff)
		}
		changes := update.readable(update.UpdateExpression)
		for _, change := range []string{`fence = {"N":"7"}`, `lease_owner = {"S":"scaler/7c1f"}`, `due = {"S":"DUE"}`} {
			if !strings.Contains(changes, change) {
				t.Errorf("%s is not set: %s", change, changes)
			}
		}
		if strings.Contains(sent.text, "overrides") {
			t.Error("the claim names the overrides")
		}
	}
}

// readable is an expression with its names and values in place of their placeholders.
func (a action) readable(expression string) string {
	placeholders := maps.Clone(a.ExpressionAttributeNames)
	for name, value := range a.ExpressionAttributeValues {
		placeholders[name] = inOneLine(value)
	}
	names := slices.Sorted(maps.Keys(placeholders))
	slices.Reverse(names) // #10 before #1
	for _, name := range names {
		expression = strings.ReplaceAll(expression, name, placeholders[name])
	}
	return expression
}

func inOneLine(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestSaveOnTheWire(t *testing.T) {
	for _, tt := range []struct {
		name      string
		revision  int64
		entries   []ledger.Entry
		operation string
		condition string
	}{
		{"first", 0, nil, "UpdateItem", "attribute_not_exists (revision)"},
		{"later", 11, nil, "UpdateItem", `revision = {"N":"11"}`},
		{"with history", 11, []ledger.Entry{{Stream: "orders", At: noon, ID: "a"}, {Stream: "orders", At: noon, ID: "b"}}, "TransactWriteItems", `revision = {"N":"11"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, w := newWire(t, map[string][]answer{tt.operation: {{body: "{}"}}})
			s := seen()
			s.Revision = tt.revision
			if saved, err := r.Save(t.Context(), s, tt.entries...); err != nil || saved.Revision != tt.revision+1 {
				t.Fatalf("revision %d, error %v", saved.Revision, err)
			}
			sent := w.request(0)
			update := sent.action
			if len(tt.entries) > 0 {
				if len(sent.TransactItems) != 1+len(tt.entries) {
					t.Fatalf("%d actions, want %d", len(sent.TransactItems), 1+len(tt.entries))
				}
				update = sent.TransactItems[0].Update
			}
			if got := update.readable(update.ConditionExpression); got != tt.condition {
				t.Errorf("condition %s, want %s", got, tt.condition)
			}
			if !strings.Contains(update.readable(update.UpdateExpression), "lease_until") {
				t.Error("what is not set is not removed")
			}
			changes := update.readable(update.UpdateExpression)
			rest := strings.Replace(changes, `overrides = if_not_exists(overrides, {"M":{}})`, "", 1)
			if rest == changes || strings.Contains(rest, "overrides") || strings.Count(sent.text, "overrides") != 1 {
				t.Errorf("the write does more with the overrides than to make the map where there is none: %s", changes)
			}
		})
	}
}

func TestLoadIsConsistent(t *testing.T) {
	r, w := newWire(t, map[string][]answer{"GetItem": {item(func(map[string]string) {}), {body: "{}"}}})
	if s, err := r.Load(t.Context(), "orders"); err != nil || s.Revision != 12 {
		t.Errorf("revision %d, error %v", s.Revision, err)
	}
	if !w.request(0).ConsistentRead {
		t.Error("the read is not consistent")
	}
	_, err := r.Load(t.Context(), "orders")
	if !errors.Is(err, ledger.ErrNotEnrolled) || !strings.Contains(err.Error(), "orders") {
		t.Errorf("error %v without an item, want one of orders, not enrolled", err)
	}
}
