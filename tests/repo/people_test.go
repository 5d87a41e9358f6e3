package repo_test

// The rights of people: what the command calls for a change is held against the template's managed policies.

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// noted is a table that notes what is asked of it: actions, and the top-level attributes and partitions that writes name.
type noted struct {
	registry.API

	item                     map[string]types.AttributeValue
	actions                  map[string]bool
	updated, put, keys, told map[string]bool
}

func newNoted() *noted {
	return &noted{actions: map[string]bool{}, updated: map[string]bool{}, put: map[string]bool{}, keys: map[string]bool{}, told: map[string]bool{}}
}

func (n *noted) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	n.actions["dynamodb:GetItem"] = true
	return &dynamodb.GetItemOutput{Item: n.item}, nil
}

func (n *noted) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, part := range in.TransactItems {
		switch {
		case part.Update != nil:
			n.actions["dynamodb:UpdateItem"] = true
			n.partition(part.Update.Key)
			for _, name := range part.Update.ExpressionAttributeNames {
				if n.partition(part.Update.Key) == "OUTBOX" {
					n.told[name] = true
				} else {
					n.updated[name] = true
				}
			}
		case part.Put != nil:
			n.actions["dynamodb:PutItem"] = true
			n.partition(part.Put.Item)
			for name := range part.Put.Item {
				n.put[name] = true
			}
		case part.Delete != nil:
			n.actions["dynamodb:DeleteItem"] = true
			n.partition(part.Delete.Key)
		default:
			n.actions["another part of a transaction"] = true
		}
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

// partition notes the beginning of a partition, before the #.
func (n *noted) partition(item map[string]types.AttributeValue) string {
	if pk, is := item["pk"].(*types.AttributeValueMemberS); is {
		kind, _, _ := strings.Cut(pk.Value, "#")
		n.keys[kind] = true
		return kind
	}
	return ""
}

// steered makes every change that people make by the command, and returns what was asked of the table.
func steered(t *testing.T) *noted {
	t.Helper()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	n := newNoted()
	n.item = map[string]types.AttributeValue{"status": &types.AttributeValueMemberS{Value: "enrolled"}, "revision": &types.AttributeValueMemberN{Value: "7"}, "open_shards": &types.AttributeValueMemberN{Value: "4"}}
	r := registry.New(n, "shardkeeper", registry.Options{})
	asked := ledger.Asked{At: now, Who: "arn:ana", Reason: "a sale"}
	before, err := r.Load(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	after, entries := before.Overridden(scaling.Layer{"min-shards": "2"}, nil, asked)
	after, more, err := after.WithTimed(ledger.Timed{ID: "sale", From: now, Until: now.Add(time.Hour), Settings: scaling.Layer{"max-shards": "9"}}, asked)
	if err != nil {
		t.Fatal(err)
	}
	_, gone := after.WithoutTimed(func(ledger.Timed) bool { return true }, asked)
	if _, err := r.SaveOverrides(t.Context(), before, after, slices.Concat(entries, more, gone)...); err != nil {
		t.Fatal(err)
	}
	if err := r.Pause(t.Context(), ledger.Pause{InForce: true, At: now, Who: "arn:ana", Why: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Resume(t.Context(), now, "arn:ana"); err != nil {
		t.Fatal(err)
	}
	return n
}

// rightsOf are the statements of a managed policy, by their names.
func rightsOf(t *testing.T, policy string) map[string]node {
	t.Helper()
	found := map[string]node{}
	for _, s := range statements(template(t).at(t, "Resources", policy, "Properties")) {
		found[fmt.Sprint(s["Sid"])] = s
	}
	return found
}

// The operator may write just what the command writes for people: no fence, no claim, no operations, no status. And the
// words of each verb's help on rights are rights that the two policies give.
func TestThePoliciesOfPeople(t *testing.T) {
	reader, operator := rightsOf(t, "ReaderPolicy"), rightsOf(t, "OperatorPolicy")
	n := steered(t)
	attributes := func(sid string) []string {
		return words(operator[sid].at(t, "Condition", "ForAllValues:StringEquals")["dynamodb:Attributes"])
	}
	keys := []string{"pk", "sk"}
	if diff := cmp.Diff(slices.Sorted(slices.Values(attributes("SteerStreams"))), slices.Sorted(slices.Values(append(keys, slices.Collect(maps.Keys(n.updated))...)))); diff != "" {
		t.Errorf("attributes that an update may name (-policy +command):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(attributes("TellOfThePause"))), slices.Sorted(slices.Values(append([]string{"pk", "sk"}, slices.Collect(maps.Keys(n.told))...)))); diff != "" {
		t.Errorf("attributes that the event of a pause may name (-policy +command):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(attributes("PauseAll"))), slices.Sorted(maps.Keys(n.put))); diff != "" {
		t.Errorf("attributes that a put may name (-policy +command):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"FLEET", "OUTBOX", "STREAM"}, slices.Sorted(maps.Keys(n.keys))); diff != "" {
		t.Errorf("partitions (-policy +command):\n%s", diff)
	}
	may := map[string]bool{"sts:GetCallerIdentity": true, "iam:GetRole": true} // which everybody may call; which doctor says that it needs of your own role
	for _, statements := range []map[string]node{reader, operator} {
		for _, s := range statements {
			for _, action := range words(s["Action"]) {
				may[action] = true
			}
		}
	}
	for action := range n.actions {
		if !may[action] {
			t.Errorf("the command needs %s, and no policy gives it", action)
		}
	}
	for sid, s := range reader {
		for _, action := range words(s["Action"]) {
			if _, call, _ := strings.Cut(action, ":"); !regexp.MustCompile("^(Get|BatchGet|Query|Describe|List|SimulatePrincipalPolicy)").MatchString(call) {
				t.Errorf("the reader's %s allows %s, which is more than reading", sid, action)
			}
		}
	}
	for _, vital := range []string{"fence", "operations", "lease_owner", "in_flight", "status", "settings", "up", "down", "open_shards"} {
		if slices.Contains(attributes("SteerStreams"), vital) {
			t.Errorf("the operator may write %s", vital)
		}
	}
	helped := sections(document(t, "docs/cli.md"), "##")
	for _, verb := range []string{"set", "unset", "apply", "export-settings", "scale", "pause", "resume", "plan", "enroll", "unenroll", "adopt", "streams", "history", "doctor", "cost", "report", "survey"} {
		named := regexp.MustCompile(`\b(dynamodb|kinesis|cloudwatch|cloudformation|sts|sqs|sns|lambda|events|cloudtrail|iam):[A-Z][A-Za-z]+`).FindAllString(helped["shardkeeper "+verb], -1)
		if len(named) == 0 {
			t.Errorf("the help of %s says no right", verb)
		}
		for _, action := range named {
			if !may[action] {
				t.Errorf("%s needs %s, by its help, and no policy gives it", verb, action)
			}
		}
	}
}

// Who has just the rights that the help names can pause all resharding in an incident, and end that.
func TestTheHelpOfPausingAllNamesEachRight(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	pause := ledger.Pause{InForce: true, At: now, Who: "arn:ana", Why: "x"}
	helped := sections(document(t, "docs/cli.md"), "##")
	for verb, do := range map[string]func(*registry.Registry) error{
		"pause":  func(r *registry.Registry) error { return r.Pause(t.Context(), pause) },
		"resume": func(r *registry.Registry) error { _, err := r.Resume(t.Context(), now, "arn:ana"); return err },
	} {
		n := newNoted()
		n.item = map[string]types.AttributeValue{"who": &types.AttributeValueMemberS{Value: "arn:ana"}} // a pause, for resume to end
		if err := do(registry.New(n, "shardkeeper", registry.Options{})); err != nil {
			t.Fatal(err)
		}
		sentence := regexp.MustCompile(`With --all it asks nothing and needs the rights ([^;]*)`).FindStringSubmatch(strings.Join(strings.Fields(helped["shardkeeper "+verb]), " "))
		if sentence == nil {
			t.Fatalf("the help of %s does not say what --all needs", verb)
		}
		for action := range n.actions {
			if !strings.Contains(sentence[1], action) {
				t.Errorf("%s --all needs %s, and its help says %s", verb, action, sentence[1])
			}
		}
	}
}

// IAM deletes no policy that somebody has: who was told to attach the stack's is told to detach them before sam delete.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html (read 2026-11)
func TestWhoTakesTheStackAwayDetachesItsPolicies(t *testing.T) {
	before, _, found := strings.Cut(document(t, "docs/uninstall.md"), "`sam delete --stack-name shardkeeper`")
	for name := range ofType(t, "AWS::IAM::ManagedPolicy") {
		if !found || !strings.Contains(before, "`"+name+"Arn`") {
			t.Errorf("docs/uninstall.md does not say, before sam delete, to detach the policy of the output %sArn", name)
		}
	}
}
