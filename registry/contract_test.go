package registry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/registry/registrytest"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// emulated returns a client of the DynamoDB that REGISTRY_TEST_ENDPOINT names, or skips.
func emulated(t *testing.T) *dynamodb.Client {
	t.Helper()
	endpoint := os.Getenv("REGISTRY_TEST_ENDPOINT")
	if endpoint == "" {
		t.Skip("REGISTRY_TEST_ENDPOINT names no DynamoDB to test against, as in http://127.0.0.1:4566")
	}
	return newClient(endpoint)
}

var tables atomic.Int64

// newTable makes a table as the registry wants it, and deletes it after the test.
func newTable(t *testing.T, client *dynamodb.Client) string {
	t.Helper()
	name := fmt.Sprintf("contract-%d-%d", os.Getpid(), tables.Add(1))
	if _, err := client.CreateTable(t.Context(), registry.TableDefinition(name)); err != nil {
		t.Fatalf("create table: %v", err)
	}
	t.Cleanup(func() {
		if _, err := client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Errorf("delete table: %v", err)
		}
	})
	soon := func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 50 * time.Millisecond } // the default is made for AWS: 20 s
	if err := dynamodb.NewTableExistsWaiter(client, soon).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		t.Fatalf("wait for table: %v", err)
	}
	return name
}

// TestContract holds the table to the contract. REGISTRY_TEST_ROUNDS is how often a race is run, 10
// unless set.
func TestContract(t *testing.T) {
	client := emulated(t)
	open := func(t *testing.T, now func() time.Time) registrytest.Subject {
		t.Helper()
		table := newTable(t, client)
		return registrytest.Subject{
			Registry: wholeTable{
				registry.New(client, table, registry.Options{Now: now}),
				registry.NewBatch(client, table, func(context.Context, time.Duration) error { return nil }),
			},
			Override: func(name string, overrides scaling.Layer) error {
				if overrides == nil {
					return edit(t, client, table, name, "REMOVE overrides", nil)
				}
				return edit(t, client, table, name, "SET overrides = :v", map[string]string(overrides))
			},
		}
	}
	registrytest.Run(t, open, rounds(t))
}

// wholeTable is all that reads and writes a table.
type wholeTable struct {
	*registry.Registry
	*registry.Batch
}

// rounds is how often a race is run.
func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("REGISTRY_TEST_ROUNDS")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("REGISTRY_TEST_ROUNDS: %v", err)
	}
	return n
}

// TestSaveRace lets fifty writers save what they all read before. It needs no transaction, so that it also runs
// on an emulator that has none.
func TestSaveRace(t *testing.T) {
	client := emulated(t)
	r := registry.New(client, newTable(t, client), registry.Options{})
	read := seen()
	read.Revision = 0
	read, err := r.Save(t.Context(), read)
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds(t) {
		failures := make([]error, 50)
		var writers sync.WaitGroup
		for i := range failures {
			writers.Go(func() { _, failures[i] = r.Save(t.Context(), read) })
		}
		writers.Wait()
		winners := 0
		for _, err := range failures {
			if err == nil {
				winners++
			} else if !errors.Is(err, ledger.ErrConflict) {
				t.Errorf("round %d: %v", round, err)
			}
		}
		if winners != 1 {
			t.Fatalf("round %d: %d winners, want 1", round, winners)
		}
		read.Revision++
		if stored, err := r.Load(t.Context(), read.Name); err != nil || stored.Revision != read.Revision {
			t.Fatalf("round %d: revision %d, %v; want %d", round, stored.Revision, err, read.Revision)
		}
	}
}

// TestClaimObeysEdits: an edit in the console does not raise the revision, so each condition of a
// claim must stand on its own.
func TestClaimObeysEdits(t *testing.T) {
	client := emulated(t)
	table := newTable(t, client)
	r := registry.New(client, table, registry.Options{})
	number := func(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
	recent := make([]map[string]any, 10)
	for i := range recent {
		recent[i] = map[string]any{"at": number(noon.Add(-time.Duration(i) * time.Minute))}
	}
	for name, tt := range map[string]struct {
		attribute string
		value     any
		direction scaling.Direction
		want      error
	}{
		"nothing":           {"note", "by ana", scaling.Up, nil},
		"suspended":         {"status", "suspended", scaling.Up, ledger.ErrNotEnrolled},
		"in flight":         {"in_flight", map[string]any{"id": "op-1", "fence": 6}, scaling.Up, ledger.ErrConflict},
		"in flight, broken": {"in_flight", "yes", scaling.Up, ledger.ErrConflict},
		"lease":             {"lease_until", number(noon.Add(time.Millisecond)), scaling.Up, ledger.ErrConflict},
		"lease over":        {"lease_until", number(noon), scaling.Up, nil},
		"fence":             {"fence", 9, scaling.Up, ledger.ErrConflict},
		"revision":          {"revision", 9, scaling.Up, ledger.ErrConflict},
		"budget":            {"operations", recent, scaling.Up, ledger.ErrBudget},
		"one slot left":     {"operations", recent[:9], scaling.Up, nil},
		"reserve":           {"operations", recent[:7], scaling.Down, ledger.ErrBudget},
		"one before it":     {"operations", recent[:6], scaling.Down, nil},
		"handled":           {"up", map[string]any{"handled_at": number(asked(scaling.Up).TransitionAt)}, scaling.Up, ledger.ErrHandled},
		"handled before":    {"up", map[string]any{"handled_at": number(asked(scaling.Up).TransitionAt.Add(-time.Millisecond))}, scaling.Up, nil},
		"other handled":     {"up", map[string]any{"handled_at": number(noon)}, scaling.Down, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := seen()
			s.Name, s.Revision = t.Name(), 0
			s, err := r.Save(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if err := edit(t, client, table, s.Name, "SET #n = :v", tt.value, tt.attribute); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Claim(t.Context(), s, asked(tt.direction)); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}

// edit does what the console does when a person edits one attribute: #n and :v in the expression.
func edit(t *testing.T, client *dynamodb.Client, table, stream, expression string, value any, names ...string) error {
	t.Helper()
	update := &dynamodb.UpdateItemInput{
		TableName: &table,
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "STREAM#" + stream}, "sk": &types.AttributeValueMemberS{Value: "STREAM"},
		},
		UpdateExpression: &expression,
	}
	if value != nil {
		v, err := attributevalue.Marshal(value)
		if err != nil {
			return err
		}
		update.ExpressionAttributeValues = map[string]types.AttributeValue{":v": v}
	}
	for _, name := range names {
		update.ExpressionAttributeNames = map[string]string{"#n": name}
	}
	_, err := client.UpdateItem(t.Context(), update)
	return err
}

// newClient is the real client, with an endpoint on this machine, made-up credentials, and no
// retries.
func newClient(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: &endpoint,
		Region:       "eu-west-1",
		Credentials:  credentials.NewStaticCredentialsProvider("123456789012", "secret", ""),
		Retryer:      aws.NopRetryer{},
		HTTPClient: &http.Client{Timeout: time.Minute, Transport: wholeBody{&http.Transport{
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, MaxIdleConnsPerHost: 64,
		}}},
	})
}

// wholeBody gives net/http each request's body in memory.
//
// Otherwise one call in about two thousand ends in "use of closed network connection", as in
// https://github.com/aws/aws-sdk-go-v2/issues/2737: smithy-go 1.28.8 closes the body as soon as the
// response begins, and after that its WriteTo answers io.EOF, which net/http takes for a failed
// write when the server was quicker than the goroutine that writes. The SDK's retries hide it;
// a test without retries must not meet it.
type wholeBody struct{ http.RoundTripper }

func (w wholeBody) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return w.RoundTripper.RoundTrip(r)
}
