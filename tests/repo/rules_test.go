package repo_test

// Who must know the rules of EventBridge that SAM makes, and gives names to.

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rulesOfTheEnroller are the ARNs of the rules that SAM makes of the enroller's events. A pattern on their names would not
// do: of a stack's name with more than 25 characters CloudFormation cuts the end, to keep the whole within 64
// (https://github.com/convox/rack/issues/2297, read 2026-11: a policy on "NAME-*" did not match).
func rulesOfTheEnroller(t *testing.T) []string {
	t.Helper()
	var all []string
	for event, source := range template(t).at(t, "Resources", "EnrollerFunction", "Properties", "Events") {
		if s, _ := source.(map[string]any); s["Type"] == "EventBridgeRule" {
			all = append(all, "EnrollerFunction"+event+".Arn")
		}
	}
	slices.Sort(all)
	return all
}

// The dead-letter queue takes what the stack's own rules could not deliver.
func TestTheQueuePolicyNamesEveryRule(t *testing.T) {
	for _, statement := range statements(template(t).at(t, "Resources", "DeadLettersPolicy", "Properties")) {
		if statement["Sid"] != "UndeliveredEvents" {
			continue
		}
		named := words(statement.at(t, "Condition", "ArnEquals")["aws:SourceArn"])
		slices.Sort(named)
		if diff := cmp.Diff(rulesOfTheEnroller(t), named); diff != "" {
			t.Errorf("(-rules +named):\n%s", diff)
		}
		return
	}
	t.Error("no statement UndeliveredEvents")
}

// Who reads may look at the rules, however long the stack's name is.
func TestTheReaderMayLookAtEveryRule(t *testing.T) {
	named := words(rightsOf(t, "ReaderPolicy")["ReadRules"]["Resource"])
	slices.Sort(named)
	if diff := cmp.Diff(rulesOfTheEnroller(t), named); diff != "" {
		t.Errorf("(-rules +named):\n%s", diff)
	}
}
