package scaling_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// The fewest settings that say the same are read back to the same.
func TestTheFewestSettingsSayTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anySettings().Draw(t, "settings")
		got, err := scaling.Effective(want.Set())
		if err != nil || got != want {
			t.Fatalf("%v, read back from %v: %v", got, want.Set(), err)
		}
	})
	for _, policy := range scaling.Policies() {
		if set := scaling.Defaults(policy).Set(); len(set) != 1 || set["policy"] != string(policy) {
			t.Errorf("the defaults of %s are %v", policy, set)
		}
	}
}

// The tag shardkeeper is the mode, whatever other tag is of that name.
func TestTheModeTagIsTheMode(t *testing.T) {
	for range 100 { // a map has no order
		got := scaling.TagLayer(map[string]string{"shardkeeper": "dry-run", "shardkeeper:mode": "enabled"})["mode"]
		if got != "dry-run" {
			t.Fatalf("mode %q, want that of the tag shardkeeper", got)
		}
	}
}
