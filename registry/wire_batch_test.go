package registry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry"
)

// batchWire returns a Batch on a server, and the waits that it asks for.
func batchWire(t *testing.T, wait error, answers ...answer) (*registry.Batch, *wire, *[]time.Duration) {
	t.Helper()
	w := &wire{t: t, answers: map[string][]answer{"BatchGetItem": answers}}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	var waits []time.Duration
	return registry.NewBatch(newClient(server.URL), table, func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return wait
	}), w, &waits
}

// gives is an answer with streams, and with some that are left.
func gives(left string, names ...string) answer {
	var items []string
	for _, name := range names {
		items = append(items, `{"pk":{"S":"STREAM#`+name+`"},"sk":{"S":"STREAM"},"open_shards":{"N":"4"}}`)
	}
	if left != "" {
		left = `"shardkeeper":{"Keys":[{"pk":{"S":"STREAM#` + left + `"},"sk":{"S":"STREAM"}}]}`
	}
	return answer{body: `{"Responses":{"shardkeeper":[` + strings.Join(items, ",") + `]},"UnprocessedKeys":{` + left + `}}`}
}

// What DynamoDB leaves out is asked for again: at once where it gave something, else after a while.
func TestABatchIsReadToItsEnd(t *testing.T) {
	b, w, waits := batchWire(t, nil, gives("clicks", "payments"), gives("clicks"), gives("clicks"), gives("", "clicks"))
	items, err := b.Items(t.Context(), "payments", "clicks", "nobody", "clicks")
	if err != nil || len(items) != 2 || items[0].Name != "clicks" || items[1].Name != "payments" || items[0].OpenShards != 4 {
		t.Fatalf("%+v, %v", items, err)
	}
	if n := strings.Count(w.request(0).text, `"pk"`); n != 3 {
		t.Errorf("%d keys in %s", n, w.request(0).text)
	}
	if len(w.operations()) != 4 || !strings.Contains(w.request(3).text, "STREAM#clicks") || strings.Contains(w.request(3).text, "payments") {
		t.Errorf("calls %v", w.operations())
	}
	if got := fmt.Sprint(*waits); got != "[100ms 200ms]" {
		t.Errorf("waits %s", got)
	}
}

func TestABatchThatDynamoDBDoesNotGive(t *testing.T) {
	b, w, _ := batchWire(t, nil, gives("clicks"))
	if items, err := b.Items(t.Context(), "clicks"); items != nil || err == nil || !strings.Contains(err.Error(), "too many calls") || len(w.operations()) != 6 {
		t.Errorf("%v, %v, calls %v", items, err, w.operations())
	}
	ended := errors.New("ended")
	b, _, _ = batchWire(t, ended, gives("clicks"))
	if _, err := b.Items(t.Context(), "clicks"); !errors.Is(err, ended) {
		t.Error(err)
	}
	b, _, _ = batchWire(t, nil, failed("AccessDeniedException"))
	if _, err := b.Items(t.Context(), "clicks"); err == nil || !strings.Contains(err.Error(), "load 1 streams from clicks on") {
		t.Error(err)
	}
	b, w, _ = batchWire(t, nil)
	if items, err := b.Items(t.Context()); len(items) != 0 || err != nil || len(w.operations()) != 0 {
		t.Errorf("no names: %v, %v", items, err)
	}
}

// Five thousand streams are fifty calls.
func TestABatchIsAHundredStreams(t *testing.T) {
	b, w, _ := batchWire(t, nil, gives(""))
	var names []string
	for i := range 5000 {
		names = append(names, fmt.Sprintf("stream-%04d", i))
	}
	if _, err := b.Items(t.Context(), names...); err != nil || len(w.operations()) != 50 {
		t.Errorf("%d calls, %v", len(w.operations()), err)
	}
}
