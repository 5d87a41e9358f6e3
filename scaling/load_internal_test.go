package scaling

// Loads of samples, held against numbers that were worked out by hand.

import (
	"math"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

func TestLoadOf(t *testing.T) {
	const shard = BytesPerShard
	for _, c := range []struct {
		name   string
		sample Sample
		want   float64
	}{
		{"nothing", Sample{}, 0},
		{"bytes bind", Sample{Bytes: 3 * shard, Records: 1000}, 3},
		{"records bind", Sample{Bytes: shard, Records: 2500}, 2.5},
		{"half as many were refused", Sample{Bytes: 2 * shard, Records: 1000, Throttled: 500}, 3},
		{"many more were refused", Sample{Bytes: 2 * shard, Records: 1000, Throttled: 50_000}, 4},
		{"all were refused", Sample{Throttled: 500}, 0},
		{"negative", Sample{Bytes: -shard, Records: -7, Throttled: -1}, 0},
		{"no numbers", Sample{Bytes: math.NaN(), Records: math.NaN(), Throttled: math.NaN()}, 0},
		{"beyond reckoning", Sample{Bytes: math.Inf(1)}, planner.MaxLoad},
		{"everything beyond reckoning", Sample{Bytes: math.Inf(1), Records: math.Inf(1), Throttled: math.Inf(1)}, planner.MaxLoad},
		{"endless refusals", Sample{Records: 1000, Throttled: math.Inf(1)}, 2},
	} {
		if got := loadOf(&c.sample); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPeakSince(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(ago time.Duration, load float64) Sample {
		return Sample{At: noon.Add(-ago), Bytes: load * BytesPerShard}
	}
	samples := []Sample{at(30*time.Minute, 1), at(9*time.Minute, 7), at(5*time.Minute, 3), at(2*time.Minute, 2)}
	for _, c := range []struct {
		ago  time.Duration
		want float64
	}{{time.Hour, 7}, {9 * time.Minute, 7}, {9*time.Minute - 1, 3}, {2 * time.Minute, 2}, {2*time.Minute - 1, 0}, {-time.Hour, 0}} {
		if got := peakSince(samples, noon.Add(-c.ago)); got != c.want {
			t.Errorf("since %v ago: got %v, want %v", c.ago, got, c.want)
		}
	}
}
