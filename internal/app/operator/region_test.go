package operator

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The list is that of the SDK that the command is built with.
func TestRegionsAreThoseOfTheSDK(t *testing.T) {
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/kinesis").Output()
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "internal", "endpoints", "endpoints.go"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, m := range regexp.MustCompile(`Region: +"([a-z]+(?:-[a-z]+)+-[0-9]+)"`).FindAllStringSubmatch(string(table), -1) {
		if name := m[1]; !strings.HasPrefix(name, "fips-") && !strings.Contains(name, "-iso") {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(slices.Compact(want), Regions()); diff != "" || len(want) < 30 {
		t.Errorf("Regions (-SDK +ours):\n%s", diff)
	}
}
