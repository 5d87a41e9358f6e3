package resize_test

import (
	"math"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// A size is clamped before it is converted: converting a float64 that fits no int gives anything
// at all, on amd64 the smallest int, which would turn enormous load into a scale-down.
func TestCeil(t *testing.T) {
	for _, c := range []struct {
		size float64
		want int
	}{
		{0, 1},
		{-1, 1},
		{math.Inf(-1), 1},
		{math.NaN(), 1},
		{1, 1},
		{1.0001, 2},
		{2.5, 3},
		{9999.5, 10_000},
		{10_000, 10_000},
		{10_001, 10_000},
		{3e9, 10_000},
		{1e300, 10_000},
		{math.Inf(1), 10_000},
	} {
		if got := resize.Ceil(c.size); got != c.want {
			t.Errorf("%v: got %d, want %d", c.size, got, c.want)
		}
	}
}

// Double and half are those of the service, for counts that an int can barely hold too.
func TestTargetsOfOneOperation(t *testing.T) {
	for _, c := range []struct{ open, least, most int }{
		{1, 1, 2},
		{2, 1, 4},
		{3, 2, 6},
		{5, 3, 10},
		{4999, 2500, 9998},
		{5000, 2500, 10_000},
		{5001, 2501, 10_000},
		{10_000, 5000, 10_000},
		{math.MaxInt, math.MaxInt/2 + 1, 10_000},
	} {
		if least, most := resize.Smallest(c.open), resize.Largest(c.open); least != c.least || most != c.most {
			t.Errorf("%d: got %d to %d, want %d to %d", c.open, least, most, c.least, c.most)
		}
	}
}
