package simulate

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The model's functions are those that the template deploys: they have the same timeouts. Their pace is the one
// that internal/app builds with, since both read internal/aws/pace.
func TestNumbersAreThoseOfTheStack(t *testing.T) {
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var timeouts []string
	for _, found := range regexp.MustCompile(`(?m)^      Timeout: (\d+)`).FindAllSubmatch(template, -1) {
		timeouts = append(timeouts, string(found[1])+"s")
	}
	n := DefaultNumbers()
	var want []string
	for _, timeout := range []time.Duration{n.ScalerTimeout, n.EnrollerTimeout, n.ReconcilerTimeout} {
		want = append(want, fmt.Sprintf("%.0fs", timeout.Seconds()))
	}
	if diff := cmp.Diff(want, timeouts); diff != "" {
		t.Errorf("timeouts of scaler, enroller, reconciler (-model +template):\n%s", diff)
	}
}
