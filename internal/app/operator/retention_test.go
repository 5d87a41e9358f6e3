package operator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// keeping is a DynamoDB with a table whose functions say that they keep history for some days; 0: they say nothing. It
// notes until when new entries are kept, and how far back queries go.
type keeping struct {
	t        *testing.T
	days     int
	expiries []string
	queried  []string
}

func (k *keeping) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	_, operation, _ := strings.Cut(in.Header.Get("X-Amz-Target"), ".")
	text, err := io.ReadAll(in.Body)
	if err != nil {
		k.t.Error(err)
	}
	body := `{}`
	switch {
	case operation == "GetItem" && strings.Contains(string(text), `"RECONCILER"`) && k.days > 0:
		body = fmt.Sprintf(`{"Item":{"revision":{"N":"7"},"history_days":{"N":"%d"}}}`, k.days)
	case operation == "GetItem" && strings.Contains(string(text), `"STREAM#orders"`):
		body = `{"Item":{"status":{"S":"enrolled"},"revision":{"N":"12"}}}`
	case operation == "Query":
		var asked struct{ ExpressionAttributeValues map[string]map[string]string }
		if err := json.Unmarshal(text, &asked); err != nil {
			k.t.Error(err)
		}
		for _, value := range asked.ExpressionAttributeValues {
			if day, is := strings.CutPrefix(value["S"], "AT#"); is {
				k.queried = append(k.queried, day[:len(time.DateOnly)])
			}
		}
		slices.Sort(k.queried)
	case operation == "TransactWriteItems":
		for _, found := range regexp.MustCompile(`\{"N":"(1[0-9]{9}|2[0-9]{9})"\}`).FindAllStringSubmatch(string(text), -1) {
			k.expiries = append(k.expiries, found[1])
		}
	}
	if _, err := io.WriteString(out, body); err != nil {
		k.t.Error(err)
	}
}

// The history of what people did by the command is kept as long as that of the functions, and can be read for as long, also
// by who names the table alone.
func TestTheCommandKeepsHistoryAsTheFunctionsDo(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for days, want := range map[int]struct{ kept, shown int }{
		0: {400, 400}, 1: {1, 400}, 30: {30, 400}, 3650: {3650, 1000}, 1_000_000: {400, 400},
	} {
		table := &keeping{t: t, days: days}
		server := httptest.NewServer(table)
		commandEnvironment(t, "us-east-1", "key")
		t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
		account, err := Open(t.Context(), Access{}, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		r, expiry := account.Registry("t"), fmt.Sprint(now.AddDate(0, 0, want.kept).Unix())
		before, err := r.Load(t.Context(), "orders")
		if err != nil {
			t.Fatal(err)
		}
		after, entries := before.Overridden(scaling.Layer{"min-shards": "2"}, nil, ledger.Asked{At: now, Who: "arn:ana", Reason: "a sale"})
		if _, err := r.SaveOverrides(t.Context(), before, after, entries...); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(table.expiries, expiry) {
			t.Errorf("%d days: a change of settings is kept until %v, want %s", days, table.expiries, expiry)
		}
		table.expiries = nil
		if err := r.Pause(t.Context(), ledger.Pause{InForce: true, At: now, Who: "arn:ana", Why: "x"}); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(table.expiries, expiry) {
			t.Errorf("%d days: a pause is kept until %v, want %s", days, table.expiries, expiry)
		}
		if _, err := r.History(t.Context(), ledger.Query{Stream: "orders", From: now.AddDate(0, 0, -1000), To: now}); err != nil {
			t.Fatal(err)
		}
		if oldest := now.AddDate(0, 0, -want.shown).Format(time.DateOnly); len(table.queried) == 0 || table.queried[0] != oldest {
			t.Errorf("%d days: the history of 1,000 days is read from %v on, want %s", days, table.queried, oldest)
		}
		server.Close()
	}
}
