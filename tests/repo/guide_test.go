package repo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stack can choose every policy, or leave the choice to the default.
func TestTheStackKnowsEveryPolicy(t *testing.T) {
	want := []any{""}
	for _, p := range scaling.Policies() {
		want = append(want, string(p))
	}
	if diff := cmp.Diff(want, template(t).at(t, "Parameters", "DefaultPolicy")["AllowedValues"]); diff != "" {
		t.Errorf("DefaultPolicy (-policies +allowed):\n%s", diff)
	}
}
