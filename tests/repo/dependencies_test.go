package repo_test

import (
	"regexp"
	"strings"
	"testing"
)

// Each module that go.mod asks for itself is in docs/dependencies.md with what it is for, and none besides.
func TestTheDependenciesAreListed(t *testing.T) {
	const sdk = "github.com/aws/aws-sdk-go-v2"
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|]+ \|$`).FindAllStringSubmatch(document(t, "docs/dependencies.md"), -1) {
		folder := ""
		for name := range strings.SplitSeq(row[1], ", ") {
			switch {
			case name == "module" || strings.HasPrefix(name, "-"):
				continue
			case strings.HasPrefix(name, "..."):
				name = sdk + strings.TrimPrefix(name, "...")
			case folder != "":
				name = folder + name
			}
			listed[name] = true
			folder = name[:strings.LastIndex(name, "/")+1]
			if name == sdk {
				folder = sdk + "/"
			}
		}
	}
	direct := map[string]bool{}
	for _, require := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(document(t, "go.mod"), -1) {
		direct[require[1]] = true
		if !listed[require[1]] {
			t.Errorf("docs/dependencies.md does not say what %s is for", require[1])
		}
	}
	for name := range listed {
		if !direct[name] {
			t.Errorf("docs/dependencies.md lists %s, which go.mod does not ask for", name)
		}
	}
	if len(direct) < 20 {
		t.Errorf("%d modules: is go.mod read right?", len(direct))
	}
}
