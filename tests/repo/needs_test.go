package repo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

// TestDoctorAsksForRightsThatTheTemplateGives: an action that the doctor misses in a role, or in those who steer, is one
// that the template gives.
func TestDoctorAsksForRightsThatTheTemplateGives(t *testing.T) {
	resources := template(t).at(t, "Resources")
	given := func(names ...string) []string {
		var all []string
		for _, name := range names {
			for _, s := range statements(resources.at(t, name)) {
				all = append(all, words(s["Action"])...)
			}
		}
		return all
	}
	for who, policies := range map[string][]string{
		"scaler": {"ScalerRole"}, "enroller": {"EnrollerRole"}, "reconciler": {"ReconcilerRole"}, inspect.You: {"ReaderPolicy", "OperatorPolicy"},
	} {
		has, needs := given(policies...), 0
		for kind, actions := range operator.Needs(who) {
			for _, action := range actions {
				needs++
				if !slices.Contains(has, action) {
					t.Errorf("the doctor wants %s for %s (%s), which %s does not give", action, who, kind, strings.Join(policies, " and "))
				}
			}
		}
		if needs < 5 {
			t.Errorf("the doctor wants only %d actions for %s", needs, who)
		}
	}
}
