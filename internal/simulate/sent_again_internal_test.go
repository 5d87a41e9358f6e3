package simulate

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// Nothing is made on the way and nothing vanishes: what producers had to send has got in, was lost, or waits to be sent again,
// in records and in bytes, after each minute, whatever the shards are cut into and however unlike the records of the minutes are.
func TestWhatWasSentIsSomewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := profile.Profile{
			Keys: rapid.IntRange(0, 30).Draw(t, "keys"), Zipf: 0.5, Burst: rapid.Float64Range(0, 0.3).Draw(t, "burst"), HotKey: rapid.Float64Range(0, 0.5).Draw(t, "hot key"),
			KeySeed: 1, Drifts: rapid.Bool().Draw(t, "drifts"),
		}
		l := newLayout(p.Spread(), rapid.IntRange(1, 8).Draw(t, "shards"), rapid.IntRange(0, 3).Draw(t, "resend"))
		var demand, accepted, lost trace.Rate
		for minute := range rapid.IntRange(1, 12).Draw(t, "minutes") {
			at := minute * 480 // three times a day of the week of a profile that drifts
			if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
				l.cut(someRanges(t, l.ranges), at)
			}
			fresh := trace.Rate{Records: rapid.Float64Range(0, 12_000).Draw(t, "records"), Bytes: rapid.Float64Range(0, 12<<20).Draw(t, "bytes")}
			passed := l.pass(fresh, at)
			demand, accepted, lost = plus(demand, fresh), plus(accepted, passed.accepted), plus(lost, passed.lost)
			there := plus(accepted, plus(lost, waiting(l)))
			if math.Abs(there.Records-demand.Records) > 1e-6*demand.Records || math.Abs(there.Bytes-demand.Bytes) > 1e-6*demand.Bytes {
				t.Fatalf("minute %d: %v were to be sent; %v got in, %v lost, %v wait: %v", minute, demand, accepted, lost, waiting(l), there)
			}
		}
	})
}

func someRanges(t *rapid.T, now profile.Ranges) profile.Ranges {
	switch rapid.IntRange(0, 2).Draw(t, "how") {
	case 0:
		now, _ = now.Split(rapid.IntRange(0, now.Count()-1).Draw(t, "split"))
	case 1:
		if now.Count() > 1 {
			now, _ = now.Merge(rapid.IntRange(0, now.Count()-2).Draw(t, "merge"))
		}
	default:
		now = profile.Even(rapid.IntRange(1, 12).Draw(t, "even"))
	}
	return now
}

func waiting(l layout) trace.Rate {
	var sum trace.Rate
	for _, load := range l.waiting {
		for _, rate := range load {
			sum = plus(sum, rate)
		}
	}
	return sum
}
