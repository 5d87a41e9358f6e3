//go:build unix

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestSizesOfBooks(t *testing.T) {
	for b, ok := range map[books]bool{
		{streams: 2, entries: 1}: true, {streams: 5000, entries: 20}: true, {streams: 1, entries: 20}: false, {streams: 20_001, entries: 20}: false,
		{streams: 5000}: false, {streams: 5000, entries: 41}: false,
	} {
		if err := b.check(); (err == nil) != ok {
			t.Errorf("%+v: %v", b, err)
		}
	}
	if err := run(t.Context(), []string{"-streams", "1"}, t.Output(), runner{now: time.Now}); err == nil {
		t.Error("one stream was taken")
	}
}

// The most entries that a stream may have are one write.
func TestAHistoryIsOneWrite(t *testing.T) {
	b := books{now: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), streams: 2, entries: 40}
	entries := b.history(name(0))
	if parts := len(entries) + len(ledger.EventsOf(b.stream(name(0)), entries)); len(entries) != 40 || parts > ledger.MaxEntries {
		t.Errorf("%d entries, %d parts with their events", len(entries), parts)
	}
	for _, e := range entries {
		if ago := b.now.Sub(e.At); ago <= 0 || ago >= month {
			t.Errorf("an entry is %s old", ago)
		}
	}
}

func TestCopiesHaveTheirOwnName(t *testing.T) {
	first := map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "STREAM#" + name(0)}, "open_shards": &types.AttributeValueMemberN{Value: "4"},
	}
	got := copies([]map[string]types.AttributeValue{first}, name(7))[0]
	if pk, _ := got["pk"].(*types.AttributeValueMemberS); pk == nil || pk.Value != "STREAM#fleet-orders-00007" || got["open_shards"] != first["open_shards"] {
		t.Errorf("%+v", got)
	}
}

func TestCallsAreCounted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusTeapot) }))
	defer server.Close()
	c, err := count(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusTeapot {
			t.Errorf("status %d, %v", answer.StatusCode, err)
		}
	}
	if calls := c.calls.Load(); calls != 3 {
		t.Errorf("%d calls are counted, want 3", calls)
	}
}
