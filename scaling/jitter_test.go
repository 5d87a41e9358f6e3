package scaling_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream's jitter is always the same and within its bound, and many streams are spread over all of it.
func TestJitterSpreadsStreams(t *testing.T) {
	const most, tenths = time.Minute, 10
	var found [tenths]int
	for i := range 1000 {
		name := "orders-" + strconv.Itoa(i)
		jitter := scaling.Jitter(name, most)
		if jitter != scaling.Jitter(name, most) || jitter < 0 || jitter >= most {
			t.Fatalf("%s waits %s, of at most %s", name, jitter, most)
		}
		found[jitter*tenths/most]++
	}
	for tenth, streams := range found {
		if streams < 50 || streams > 200 {
			t.Errorf("%d of 1000 streams wait in tenth %d", streams, tenth)
		}
	}
	equal(t, "nothing to spread over", scaling.Jitter("orders", 0), 0)
}
