package scaling

import "testing"

func TestDirectionOf(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     Direction
	}{{1, 2, Up}, {2, 1, Down}, {2, 2, Hold}} {
		if got := DirectionOf(c.from, c.to); got != c.want {
			t.Errorf("%d to %d: %v", c.from, c.to, got)
		}
	}
}
