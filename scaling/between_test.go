package scaling_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestOperationsBetween(t *testing.T) {
	for _, c := range []struct{ from, to, want int }{{4, 4, 0}, {4, 8, 1}, {4, 12, 2}, {8, 64, 3}, {64, 7, 4}, {5, 3, 1}, {0, 9, 0}, {1, 10_000, 14}, {10_000, 1, 14}, {4, 0, 0}, {-1, 4, 0}, {9000, 20_000, 1}} {
		if got := scaling.OperationsBetween(c.from, c.to); got != c.want {
			t.Errorf("%d to %d: %d operations, want %d", c.from, c.to, got, c.want)
		}
	}
}
