package scaling_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Every code that reason.go declares is explained once, in its order, and no other is.
func TestEveryReasonIsExplained(t *testing.T) {
	var explained []scaling.ReasonCode
	for _, d := range scaling.AllReasons() {
		explained = append(explained, d.Code)
		if d.Means == "" || strings.HasSuffix(d.Means, ".") || strings.HasSuffix(d.Do, ".") {
			t.Errorf("%s: %q, %q", d.Code, d.Means, d.Do)
		}
		if d.Code.Doc() != d {
			t.Errorf("%s: Doc is %+v", d.Code, d.Code.Doc())
		}
	}
	declared := declaredCodes(t)
	for _, code := range declared {
		if !slices.Contains(explained, code) {
			t.Errorf("%s is not explained", code)
		}
	}
	if len(explained) != len(declared) {
		t.Errorf("%d are explained, %d declared", len(explained), len(declared))
	}
	if (scaling.ReasonCode("gossip").Doc() != scaling.ReasonDoc{}) {
		t.Error("a code that there is not is explained")
	}
}
