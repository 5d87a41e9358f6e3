package app

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// busyTable cancels so many transactions for a reason each, and then takes them.
type busyTable struct {
	reasons []string
	sent    []string
}

func (b *busyTable) Do(in *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(in.Body)
	b.sent = append(b.sent, string(body))
	status, answer := http.StatusOK, `{}`
	if n := len(b.sent); n <= len(b.reasons) {
		status, answer = http.StatusBadRequest, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
			"Message":"Transaction cancelled","CancellationReasons":[{"Code":"None"},{"Code":"`+b.reasons[n-1]+`","Message":"x"}]}`
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}, err
}

// A transaction that comes too fast for the table is made again, as any other call is, and as the same one. One whose condition
// does not hold is not.
func TestAThrottledTransactionIsTriedAgain(t *testing.T) {
	for _, tt := range []struct {
		reasons []string
		calls   int
		want    error
	}{
		{[]string{"ThrottlingError", "ProvisionedThroughputExceeded"}, 3, nil},
		{[]string{"ConditionalCheckFailed"}, 1, ledger.ErrConflict},
		{[]string{"TransactionConflict"}, 1, ledger.ErrConflict},
	} {
		synctest.Test(t, func(t *testing.T) {
			table := &busyTable{reasons: tt.reasons}
			sdk, err := loadAWS(t.Context(), nil, config.WithRegion("us-east-1"),
				config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("id", "secret", "")))
			if err != nil {
				t.Fatal(err)
			}
			client := dynamodb.NewFromConfig(sdk, func(o *dynamodb.Options) { o.HTTPClient = table })
			failed := ledger.Entry{Stream: "orders", At: time.Now(), ID: "failure", Kind: ledger.KindFailure}
			_, err = registry.New(client, "shardkeeper", registry.Options{}).Save(t.Context(), ledger.Item{Name: "orders"}, failed)
			if !errors.Is(err, tt.want) || len(table.sent) != tt.calls {
				t.Errorf("%v: error %v after %d calls, want %v after %d", tt.reasons, err, len(table.sent), tt.want, tt.calls)
			}
			for _, again := range table.sent {
				if again != table.sent[0] {
					t.Errorf("%v: %s is another call than %s", tt.reasons, again, table.sent[0])
				}
			}
		})
	}
}
