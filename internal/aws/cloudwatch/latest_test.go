package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestLatestTellsStreamsApart(t *testing.T) {
	client, _ := wire(t, results(
		result("m1_of_0", "Complete", 0, 6000), result("m2_of_0", "Complete", 0, 600), result("m3_of_0", "Complete", 0, 60),
		result("m1_of_1", "Complete", 1, 12000), result("m1_of_7", "Complete", 1, 1), result("m1", "Complete", 1, 1),
	))
	to := noon().Add(5 * time.Minute)
	got, err := client.Latest(t.Context(), []string{"orders", "clicks"}, noon(), to)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]scaling.Traffic{
		"orders": {Known: true, From: noon(), To: to, Samples: []scaling.Sample{{At: noon(), Bytes: 100, Records: 10, Throttled: 1}}},
		"clicks": {Known: true, From: noon(), To: to, Samples: []scaling.Sample{{At: noon().Add(time.Minute), Bytes: 200}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// One call takes 500 metrics, three of each stream.
func TestLatestIsACallFor166Streams(t *testing.T) {
	var streams []string
	for i := range 400 {
		streams = append(streams, fmt.Sprintf("stream-%d", i))
	}
	client, calls := wire(t, results(), results(), results())
	if got, err := client.Latest(t.Context(), streams, noon(), noon().Add(time.Minute)); err != nil || len(got) != 400 || len(*calls) != 3 {
		t.Errorf("%d streams in %d calls, %v", len(got), len(*calls), err)
	}
	client, calls = wire(t)
	if got, err := client.Latest(t.Context(), nil, noon(), noon()); err != nil || len(got) != 0 || len(*calls) != 0 {
		t.Errorf("no streams: %v, %v", got, err)
	}
}

func TestLatestThatCannotBeRead(t *testing.T) {
	for _, status := range []string{"Forbidden", "PartialData"} { // part of the data, and no page with the rest
		client, _ := wire(t, results(result("m2_of_1", status)))
		if got, err := client.Latest(t.Context(), []string{"orders", "clicks"}, noon(), noon()); got != nil || err == nil || !strings.Contains(err.Error(), `"clicks"`) {
			t.Errorf("%s: %v, %v", status, got, err)
		}
	}
}
