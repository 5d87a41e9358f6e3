package registry_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// forgetful is a table that makes the first write and loses its answer. By then no condition of that write holds any more. A
// transaction that it knows by its token has its answer.
type forgetful struct{ token string }

func (f *forgetful) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, _ := io.ReadAll(in.Body)
	_, operation, _ := strings.Cut(in.Header.Get("X-Amz-Target"), ".")
	token := operation
	if found := regexp.MustCompile(`"ClientRequestToken":"([^"]+)"`).FindSubmatch(body); found != nil {
		token = string(found[1])
	}
	switch {
	case f.token == "":
		f.token = token
		out.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(out, `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`)
	case operation == "PutItem":
		out.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(out, failed("ConditionalCheckFailedException").body)
	case token != f.token:
		out.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(out, canceled("ConditionalCheckFailed").body)
	default:
		_, _ = io.WriteString(out, `{}`)
	}
}

// A write that DynamoDB made and whose answer was lost is sent again by the SDK. It is no conflict: a run of the reconciler would
// end as if another one had the lease, and a stream would be told that its consumer is another's.
func TestAWriteWhoseAnswerWasLostIsNoConflict(t *testing.T) {
	for name, write := range map[string]func(context.Context, *registry.Registry) error{
		"the lease": func(ctx context.Context, r *registry.Registry) error {
			_, err := r.SaveLease(ctx, ledger.Lease{Owner: "reconciler", Until: noon, Revision: 7})
			return err
		},
		"the fleet's item": func(ctx context.Context, r *registry.Registry) error {
			return r.SaveFleet(ctx, ledger.Fleet{SweepAfter: "orders", Revision: 7})
		},
		"whose a consumer is": func(ctx context.Context, r *registry.Registry) error {
			return r.OwnConsumer(ctx, "reader", "orders", "payments")
		},
	} {
		server := httptest.NewServer(&forgetful{})
		again := func(o *dynamodb.Options) {
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		}
		client := dynamodb.New(newClient(server.URL).Options(), again)
		if err := write(t.Context(), registry.New(client, table, registry.Options{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
}
