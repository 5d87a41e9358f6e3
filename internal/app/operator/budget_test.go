package operator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// bigTable is a DynamoDB with a table of so many streams, that counts the calls it gets.
type bigTable struct {
	t       *testing.T
	streams int
	daily   int // entries of a day, in the index by_day
	calls   atomic.Int64
}

func (b *bigTable) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	b.calls.Add(1)
	_, operation, _ := strings.Cut(in.Header.Get("X-Amz-Target"), ".")
	var asked struct {
		IndexName    string
		RequestItems map[string]struct {
			Keys []map[string]map[string]string
		}
	}
	if err := json.NewDecoder(in.Body).Decode(&asked); err != nil {
		b.t.Error(err)
	}
	var items []string
	body := `{}`
	switch operation {
	case "Query":
		if strings.Contains(asked.IndexName, "day") {
			for i := range b.daily {
				items = append(items, fmt.Sprintf(`{"pk":{"S":"STREAM#orders"},"sk":{"S":"AT#2026-11-24T11:00:00.000Z#%05d"},"day":{"S":"DAY#2026-11-24"}}`, i))
			}
			body = `{"Items":[` + strings.Join(items, ",") + `]}`
			break
		}
		for i := range b.streams {
			items = append(items, fmt.Sprintf(`{"pk":{"S":"STREAM#stream-%05d"},"sk":{"S":"STREAM"}}`, i))
		}
		body = `{"Items":[` + strings.Join(items, ",") + `]}`
	case "BatchGetItem":
		for _, key := range asked.RequestItems["t"].Keys {
			items = append(items, `{"pk":{"S":"`+key["pk"]["S"]+`"},"sk":{"S":"STREAM"},"open_shards":{"N":"4"},"status":{"S":"enrolled"}}`)
		}
		body = `{"Responses":{"t":[` + strings.Join(items, ",") + `]}}`
	}
	if _, err := io.WriteString(out, body); err != nil {
		b.t.Error(err)
	}
}

// A look at 5,000 streams makes at most 60 calls.
func TestALookAtAllStreamsIsFewCalls(t *testing.T) {
	table := &bigTable{t: t, streams: 5000}
	server := httptest.NewServer(table)
	defer server.Close()
	commandEnvironment(t, "us-east-1", "key")
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
	account, err := Open(t.Context(), Access{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := inspect.Rows(t.Context(), account.Registry("t"), time.Now(), func(string) bool { return true }, func(int, int) {})
	if err != nil || len(rows) != 5000 || rows[4999].Stream != "stream-04999" || rows[4999].OpenShards != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if calls := table.calls.Load(); calls > 60 {
		t.Errorf("%d calls, at most 60 may be made", calls)
	}
}

// The first page of a month's history makes at most 35 calls, be its days full or empty.
func TestAMonthOfHistoryIsFewCalls(t *testing.T) {
	for name, daily := range map[string]int{"empty days": 0, "3,334 entries a day": 3334, "three entries a day": 3} {
		table := &bigTable{t: t, daily: daily}
		server := httptest.NewServer(table)
		commandEnvironment(t, "us-east-1", "key")
		t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
		account, err := Open(t.Context(), Access{}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		to := time.Now()
		page, err := account.Registry("t").History(t.Context(), ledger.Query{From: to.AddDate(0, 0, -30), To: to, Limit: 100})
		if calls := table.calls.Load(); err != nil || calls > 35 || len(page.Entries) != min(100, 31*daily) {
			t.Errorf("%s: %d entries in %d calls, at most 35 may be made; %v", name, len(page.Entries), calls, err)
		}
		server.Close()
	}
}
