package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSilentStreams(t *testing.T) {
	client, calls := wire(t, results(
		result("w0", "Complete", 0, 6000), result("w1", "Complete"), result("w2", "Complete", 0, 0, 60, 0), result("w3", "Complete", 0, 0, 60, 1), result("w9", "Complete", 0, 1), result("x", "Complete", 0, 1), result("", "Complete"),
	))
	got, err := client.Silent(t.Context(), []string{"busy", "none", "zero", "late", "lost"}, noon(), noon().Add(24*time.Hour))
	if diff := cmp.Diff([]string{"none", "zero", "lost"}, got); err != nil || diff != "" || len(*calls) != 1 {
		t.Errorf("%d calls, %v\n%s", len(*calls), err, diff)
	}
}

func TestSilentIsACallFor500Streams(t *testing.T) {
	var streams []string
	for i := range 1001 {
		streams = append(streams, fmt.Sprintf("stream-%d", i))
	}
	client, calls := wire(t, results(result("w0", "Complete", 0, 1)), results(result("w0", "Complete", 0, 1)), results(result("w0", "Complete", 0, 1)))
	if got, err := client.Silent(t.Context(), streams, noon(), noon().Add(time.Hour)); err != nil || len(got) != 998 || len(*calls) != 3 {
		t.Errorf("%d streams in %d calls, %v", len(got), len(*calls), err)
	}
	for _, status := range []string{"Forbidden", "PartialData"} { // part of the data, and no page with the rest
		client, _ = wire(t, results(result("w1", status)))
		if got, err := client.Silent(t.Context(), []string{"orders", "clicks"}, noon(), noon()); got != nil || err == nil || !strings.Contains(err.Error(), `"clicks"`) {
			t.Errorf("%s: %v, %v", status, got, err)
		}
	}
}
