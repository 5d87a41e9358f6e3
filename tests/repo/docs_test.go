package repo_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

var update = flag.Bool("update", false, "write the generated documents")

// TestSettingsDocumentIsCurrent holds docs/settings.md against the settings' own list.
func TestSettingsDocumentIsCurrent(t *testing.T) {
	want := settingsDocument()
	const path = "docs/settings.md"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(have)); diff != "" {
		t.Errorf("%s is not current; run go test ./tests/repo -run Settings -update (-want +have):\n%s", path, diff)
	}
}

func settingsDocument() string {
	var b strings.Builder
	b.WriteString(`# Settings

Made from the code: ` + "`go test ./tests/repo -run Settings -update`" + `.

Every setting can come from three places, later ones above earlier ones:

1. the stack's parameters, for all streams;
2. the stream's tags, ` + "`shardkeeper:<setting>`" + ` (the setting ` + "`mode`" + ` is the tag ` + "`shardkeeper`" + ` itself);
3. the map ` + "`overrides`" + ` in the table's item of the stream, written by people.

Where none of them says anything, the default of the policy holds. A value that cannot be used changes
nothing: the stream keeps its last good settings, and the mistake is in the history and in the metric
` + "`InvalidSettings`" + `. A stream that never had good settings is suspended until they are mended.

| setting | what it is | double-halve | target-tracking |
|---|---|---|---|
`)
	help := scaling.SettingHelp()
	double, target := scaling.Defaults(scaling.DoubleHalve).Layer(), scaling.Defaults(scaling.TargetTracking).Layer()
	for _, key := range slices.Sorted(maps.Keys(help)) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", key, help[key], double[key], target[key])
	}
	return b.String()
}
