package repo_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// TestReasonsDocumentIsCurrent holds docs/reasons.md against the table of reasons.
func TestReasonsDocumentIsCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Reasons

Made from the code: ` + "`go test ./tests/repo -run Reasons -update`" + `.

A decision has a trail: what was measured, how the size came about, and for a hold what stood in its way. Logs, history
and ` + "`shardkeeper explain`" + ` show the same codes. A hold's last reason is from the second table; the reasons before it say
what would have been done.

## How a size came about

| code | means | to do |
|---|---|---|
`)
	holds := false
	for _, r := range scaling.AllReasons() {
		if r.Code == scaling.HoldNoAlarm && !holds {
			holds = true
			b.WriteString("\n## Why a stream is held\n\n| code | means | to do |\n|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Code, r.Means, r.Do)
	}
	const path = "docs/reasons.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(have)); diff != "" {
		t.Errorf("%s is not current; run go test ./tests/repo -run Reasons -update (-want +have):\n%s", path, diff)
	}
}
