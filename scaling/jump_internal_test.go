package scaling

import (
	"slices"
	"testing"
	"time"
)

// A load jumps when a minute asks for half as much again as the one before it; it has jumped when it then stays for some minutes.
func TestALoadThatJumpedDoesNotClimb(t *testing.T) {
	last := func(n int, load float64) []float64 { return slices.Repeat([]float64{load}, n) }
	for _, c := range []struct {
		name   string
		load   float64
		asked  []float64 // by minute, in shards
		jumped bool
	}{
		{"no minutes", 5, nil, false},
		{"a flat line", 5, last(30, 5), false},
		{"there for five minutes", 5, append(last(10, 1), last(5, 5)...), true},
		{"there for four", 5, append(last(10, 1), last(4, 5)...), false},
		{"twenty minutes ago", 5, append(last(10, 1), last(20, 5)...), false},
		{"nineteen", 5, append(last(10, 1), last(19, 5)...), true},
		{"by less than a half", 5, append(last(10, 3.4), last(8, 5)...), false},
		{"by a half", 5, append(last(10, 3.3), last(8, 5)...), true},
		{"risen since", 5, append(last(10, 1), 4, 4, 4, 5, 5, 5, 5), false},
		{"a little", 5, append(last(10, 1), 4.5, 4.5, 4.5, 5, 5, 5, 5), true},
		{"the newest minutes may be lower, or lack", 5, append(append(last(10, 1), last(5, 5)...), 4, 0), true},
		{"out of silence", 5, append(last(5, -1), last(5, 5)...), true},
		{"silence of a minute, four minutes ago", 5, append(append(last(10, 5), -1), last(4, 5)...), false},
		{"what was before is not known", 5, last(20, 5), false},
		{"it climbs", 8, []float64{1, 1.2, 1.5, 1.9, 2.4, 3, 3.8, 4.8, 6, 7.5, 8}, false},
	} {
		noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		traffic := Traffic{Known: true, From: noon.Add(-time.Hour), To: noon}
		for i, load := range c.asked {
			if load < 0 {
				continue // no sample
			}
			traffic.Samples = append(traffic.Samples, Sample{At: noon.Add(-time.Duration(len(c.asked)-i) * time.Minute), Records: load * RecordsPerShard})
		}
		if got := jumped(traffic, c.load); got != c.jumped {
			t.Errorf("%s: %v, want %v", c.name, got, c.jumped)
		}
	}
}

// While most of a jump is refused, what got in grows with the shards. What producers ask for has been there from the beginning.
func TestWhatWasRefusedIsPartOfTheJump(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	traffic := Traffic{Known: true, From: noon.Add(-time.Hour), To: noon}
	for i, open := range []float64{1, 1, 1, 2, 2, 2, 4, 4, 4} {
		got := min(20, open)
		traffic.Samples = append(traffic.Samples, Sample{At: noon.Add(time.Duration(i-9) * time.Minute), Records: got * RecordsPerShard, Throttled: (20 - got) * RecordsPerShard})
	}
	traffic.Samples = append([]Sample{{At: noon.Add(-10 * time.Minute), Records: RecordsPerShard}}, traffic.Samples...)
	if !jumped(traffic, 8) {
		t.Error("a load of twenty shards that came nine minutes ago counts as one that climbs")
	}
}
