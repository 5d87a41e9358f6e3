package simulate

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The model's functions are those that the template deploys and internal/app builds: the same
// timeouts, the same pace.
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

	wiring, err := os.ReadFile("../app/aws.go")
	if err != nil {
		t.Fatal(err)
	}
	pace := map[string]Rate{}
	for _, found := range regexp.MustCompile(`"(\w+)": +rate\.NewLimiter\(([\d.]+), ([\d.]+)\)`).FindAllSubmatch(wiring, -1) {
		perSecond, _ := strconv.ParseFloat(string(found[2]), 64)
		burst, _ := strconv.ParseFloat(string(found[3]), 64)
		pace[string(found[1])] = Rate{perSecond, burst}
	}
	if diff := cmp.Diff(n.ReconcilerPace, pace); diff != "" {
		t.Errorf("the reconciler's pace (-model +internal/app):\n%s", diff)
	}
}
