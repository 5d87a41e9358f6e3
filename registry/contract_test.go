package registry_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
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
)

// TestContract needs a DynamoDB: REGISTRY_TEST_ENDPOINT is its URL, and REGISTRY_TEST_ROUNDS how
// often the race for a claim is run (10 unless set). It makes a table for each part.
func TestContract(t *testing.T) {
	endpoint := os.Getenv("REGISTRY_TEST_ENDPOINT")
	if endpoint == "" {
		t.Skip("REGISTRY_TEST_ENDPOINT names no DynamoDB to run the contract against, as in http://127.0.0.1:4566")
	}
	rounds := 10
	if text := os.Getenv("REGISTRY_TEST_ROUNDS"); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil {
			t.Fatalf("REGISTRY_TEST_ROUNDS: %v", err)
		}
	}
	client := newClient(endpoint)
	var tables atomic.Int64
	open := func(t *testing.T, now func() time.Time) registrytest.Subject {
		t.Helper()
		table := fmt.Sprintf("contract-%d-%d", os.Getpid(), tables.Add(1))
		if _, err := client.CreateTable(t.Context(), registry.TableDefinition(table)); err != nil {
			t.Fatalf("create table: %v", err)
		}
		if err := dynamodb.NewTableExistsWaiter(client).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &table}, time.Minute); err != nil {
			t.Fatalf("wait for table: %v", err)
		}
		return registrytest.Subject{
			Registry: registry.New(client, table, registry.Options{Now: now}),
			Override: func(name string, overrides scaling.Layer) error {
				return editInConsole(t, client, table, name, overrides)
			},
		}
	}
	registrytest.Run(t, open, rounds)
}

// editInConsole does what the console does when a person edits one attribute.
func editInConsole(t *testing.T, client *dynamodb.Client, table, name string, overrides scaling.Layer) error {
	t.Helper()
	update := &dynamodb.UpdateItemInput{
		TableName: &table,
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "STREAM#" + name}, "sk": &types.AttributeValueMemberS{Value: "STREAM"},
		},
		UpdateExpression: aws.String("REMOVE overrides"),
	}
	if overrides != nil {
		value, err := attributevalue.Marshal(map[string]string(overrides))
		if err != nil {
			return err
		}
		update.UpdateExpression = aws.String("SET overrides = :overrides")
		update.ExpressionAttributeValues = map[string]types.AttributeValue{":overrides": value}
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
