package repo_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/app"
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

A setting can come from four places, later ones above earlier ones:

1. the stack's parameters, for all streams: each setting has one, but ` + streamsOwn() + `;
2. the stream's tags, ` + "`shardkeeper:<setting>`" + ` (the setting ` + "`mode`" + ` is the tag ` + "`shardkeeper`" + ` itself);
3. the map ` + "`overrides`" + ` in the table's item of the stream, written by people;
4. the list ` + "`timed`" + ` there, for a while: [steer.md](steer.md).

Where none of them says anything, the default of the policy holds. A value that cannot be used changes
nothing: the stream keeps its last good settings, and the mistake is in the history and in the metric
` + "`InvalidSettings`" + `. A stream that never had good settings is suspended until they are mended.

The parameter ` + "`MaxShardsCeiling`" + ` is above them all: a ` + "`max-shards`" + ` beyond it is told in the same way, and counts as the ceiling.

`)
	writeSettingsTable(&b)
	b.WriteString("\nBeside others:\n\n")
	for _, sentence := range scaling.SettingRules() {
		fmt.Fprintf(&b, "- %s.\n", sentence)
	}
	b.WriteString("\nThe policies:\n\n")
	for _, p := range scaling.Policies() {
		fmt.Fprintf(&b, "- `%s` %s.\n", p, p.Doc())
	}
	return b.String()
}

// streamsOwn names the settings that have no parameter of the stack.
func streamsOwn() string {
	var names []string
	for _, setting := range scaling.AllSettings() {
		if !slices.Contains(app.StackKeys(), setting.Name) {
			names = append(names, "`"+setting.Name+"`")
		}
	}
	slices.Sort(names)
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// writeSettingsTable writes a row for each setting, by name, with its default for each policy; empty
// where the policy does not use it.
func writeSettingsTable(b *strings.Builder) {
	header, line := "| setting | what it is | unit | values |", "|---|---|---|---|"
	for _, p := range scaling.Policies() {
		header, line = header+" "+string(p)+" |", line+"---|"
	}
	fmt.Fprintln(b, header+"\n"+line)
	byName := func(x, y scaling.Setting) int { return strings.Compare(x.Name, y.Name) }
	for _, setting := range slices.SortedFunc(slices.Values(scaling.AllSettings()), byName) {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |", setting.Name, setting.Doc, setting.Unit, setting.Range())
		for _, p := range scaling.Policies() {
			value := "not used"
			if len(setting.Policies) == 0 || slices.Contains(setting.Policies, p) {
				value = scaling.Defaults(p).Layer()[setting.Name]
			}
			fmt.Fprintf(b, " %s |", value)
		}
		fmt.Fprintln(b)
	}
}
