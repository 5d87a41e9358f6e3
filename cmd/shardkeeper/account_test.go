package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/deadletter"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// fakeAccount is an account with a table, a queue, traffic and a stack.
type fakeAccount struct {
	registry tableOfStack
	queue    *box
	traffic  *cloudWatch
	access   operator.Access // that it was opened with
	table    string          // that was asked for
	refused  error           // for every opening
	removal  *fakeRemoval
	watched  *watched
	tags     tagger
	mu       sync.Mutex // several Regions are asked at the same time
}

// regional is the account in one Region.
type regional struct {
	*fakeAccount

	region string
}

func (r regional) Region() string { return r.region }

func (f *fakeAccount) open(_ context.Context, to operator.Access, _ func() time.Time) (services, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.access = to
	if f.refused != nil {
		return nil, f.refused
	}
	return regional{f, f.Region()}, nil
}

func (f *fakeAccount) Caller(context.Context) (string, error) {
	return "arn:aws:sts::123456789012:assumed-role/operators/ana", nil
}

func (f *fakeAccount) Region() string { return cmp.Or(f.access.Region, "eu-west-1") }

// clock is a clock that stands.
func clock() time.Time { return now }

// noTable is what DynamoDB answers for a table that it does not have.
type noTable struct{ tableOfStack }

func (noTable) History(context.Context, ledger.Query) (ledger.Page, error) {
	return ledger.Page{}, fmt.Errorf("history of STREAM#orders: %w", &smithy.OperationError{
		ServiceID: "DynamoDB", OperationName: "Query", Err: &smithy.GenericAPIError{Code: "ResourceNotFoundException", Message: "Requested resource not found"},
	})
}

func (noTable) Paused(context.Context) (ledger.Pause, error) {
	return ledger.Pause{}, &smithy.OperationError{
		ServiceID: "DynamoDB", OperationName: "GetItem", Err: &smithy.GenericAPIError{Code: "ResourceNotFoundException", Message: "Requested resource not found"},
	}
}

func (noTable) Items(context.Context, ...string) ([]ledger.Item, error) {
	return nil, &smithy.OperationError{
		ServiceID: "DynamoDB", OperationName: "BatchGetItem", Err: &smithy.GenericAPIError{Code: "ResourceNotFoundException", Message: "Requested resource not found"},
	}
}

func (f *fakeAccount) Tags() tagger { return f.tags }

func (f *fakeAccount) Registry(table string) tableOfStack {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.table = table; table == "missing" {
		return noTable{}
	}
	return f.registry
}

// noQueue is what SQS answers for a queue that it does not have.
type noQueue struct{ deadLetterQueue }

func (noQueue) Receive(context.Context) ([]deadletter.Message, error) {
	return nil, &smithy.OperationError{ServiceID: "SQS", OperationName: "ReceiveMessage", Err: &smithy.GenericAPIError{Code: "QueueDoesNotExist", Message: "The specified queue does not exist."}}
}

func (f *fakeAccount) Queue(url string) deadLetterQueue {
	if url != deadLetters {
		return noQueue{}
	}
	return f.queue
}

func (f *fakeAccount) Traffic() trafficReader { return f.traffic }

func (f *fakeAccount) Removal(topicARN, table string) removal {
	f.removal.topic, f.removal.table = topicARN, table
	return f.removal
}

func (f *fakeAccount) Stack(_ context.Context, name string) (operator.Stack, error) {
	if name != "keeper" {
		return operator.Stack{}, &operator.PlainError{What: "no stack is named " + name, Next: "aws cloudformation list-stacks", Err: errors.New("no stack")}
	}
	return operator.Stack{
		Name: name, Table: "keeper-table", TopicARN: "arn:keeper-alarms", MaxShardsCeiling: 100, Functions: map[string]string{"scaler": "keeper-scaler", "enroller": "keeper-enroller"},
		Queues: map[string]string{"scaler": deadLetters, "enroller": "https://sqs/keeper-enroller"},
	}, nil
}

// A table that is named twice is refused before AWS is asked: else the stack's would be changed in place of the one that is meant.
func TestOneNameOfTheTable(t *testing.T) {
	for name, args := range awsVerbs(t) {
		verb, _, err := newRoot(environment{}).Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		if verb.Flags().Lookup("stack") == nil || verb.Flags().Lookup("table") == nil || name == "uninstall" { // it has words of its own
			continue
		}
		for _, flag := range []string{"--stack", "--table"} {
			if !slices.Contains(args, flag) {
				args = append(args, flag, "keeper")
			}
		}
		account := &fakeAccount{refused: errors.New("AWS was asked")}
		status, stdout, stderr := in(t, account, args...)
		if want := "--stack and --table are two ways to say the same; give one"; status != statusUsage || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
}

// A service that has no address is most likely one of a Region that does not exist.
func TestAWrongRegionGetsSuggestions(t *testing.T) {
	for region, want := range map[string]string{
		"eu-wset-1": "; did you mean eu-west-1",
		"eu-west-1": "", // the network is at fault
		"mars":      "",
	} {
		err := explain(&smithy.OperationError{ServiceID: "DynamoDB", OperationName: "Query", Err: &smithyhttp.RequestSendError{
			Err: &net.DNSError{Err: "no such host", Name: "dynamodb." + region + ".amazonaws.com", IsNotFound: true},
		}}, region)
		_, said, _ := strings.Cut(err.Error(), "did you mean")
		if want == "" && said != "" || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "cannot be found") {
			t.Errorf("%s: %v, want %q", region, err, want)
		}
	}
	err := explain(&smithy.OperationError{ServiceID: "DynamoDB", OperationName: "Query", Err: &smithy.GenericAPIError{Code: "AccessDeniedException"}}, "eu-wset-1")
	if strings.Contains(err.Error(), "did you mean") {
		t.Error(err)
	}
}
