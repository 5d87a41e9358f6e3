package repo_test

import (
	"fmt"
	"strings"
	"testing"
)

// docs/costs.md counts the stack's own alarms: CloudWatch charges each metric that one reads.
func TestTheReadmeCountsTheAlarmMetrics(t *testing.T) {
	metrics := 0
	for _, alarm := range ofType(t, "AWS::CloudWatch::Alarm") {
		read := 1
		if math, ok := alarm["Metrics"].([]any); ok {
			read = strings.Count(fmt.Sprint(math), "MetricStat:")
		}
		metrics += read
	}
	if want := fmt.Sprintf("| %d alarm metrics x $0.10 | %.2f |", metrics, float64(metrics)*0.10); !strings.Contains(document(t, "docs/costs.md"), want) {
		t.Errorf("docs/costs.md does not say %q", want)
	}
	trail := fmt.Sprintf("for each hundred streams) x $0.00002 | %.2f |", (3*43_800+2*730)*0.00002) // of a hundred streams
	if !strings.Contains(document(t, "docs/costs.md"), trail) {
		t.Errorf("docs/costs.md does not say %q of a further trail", trail)
	}
}
