package registry_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// TestTheAuditQueriesAnswer pastes the queries of docs/schema.md into the DynamoDB that REGISTRY_TEST_ENDPOINT names.
// An emulator without PartiQL is passed over.
func TestTheAuditQueriesAnswer(t *testing.T) {
	client := emulated(t)
	table := newTable(t, client)
	r := registry.New(client, table, registry.Options{})
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	if _, err := r.Save(t.Context(), ledger.Item{Name: "orders", Settings: scaling.Defaults(scaling.DoubleHalve)},
		ledger.Entry{Stream: "orders", At: at, ID: "a", Kind: ledger.KindSettings, Actor: "arn:aws:iam::123456789012:user/alice", Detail: "x"},
		ledger.Entry{Stream: "orders", At: at, ID: "b", Kind: ledger.KindOperation, From: 4, To: 8, Outcome: ledger.OutcomeRefused},
		ledger.Entry{Stream: "orders", At: at, ID: "c", Kind: ledger.KindHold, Reasons: scaling.Trail{{Code: scaling.HoldAtMaxShards}}},
	); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("..", "docs", "schema.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sql\n(.*?)\n```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 6 {
		t.Errorf("%d queries", len(blocks))
	}
	want := []int{1, 1, 1, 3, 1, 1}
	for i, block := range blocks {
		statement := strings.Replace(block[1], `"shardkeeper"`, `"`+table+`"`, 1)
		out, err := client.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: &statement})
		if answer, is := errors.AsType[smithy.APIError](err); is && strings.Contains(answer.ErrorCode(), "UnknownOperation") {
			t.Skipf("this DynamoDB has no PartiQL: %v", err)
		}
		if err != nil || len(out.Items) != want[i] {
			t.Errorf("%s: %v, %v", statement, out, err)
		}
	}
}
