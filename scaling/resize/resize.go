// Package resize knows which sizes one UpdateShardCount call can give a stream. The decision and the
// planner under it both ask, so the rules are kept below both.
//
// Source: the API reference of UpdateShardCount, read 2026-11:
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
package resize

import "math"

// MostShards is the most open shards that UpdateShardCount gives one stream.
const MostShards = 10_000

// Largest is the largest target that UpdateShardCount takes for a stream with open shards:
// double, and never above MostShards.
func Largest(open int) int {
	return 2 * min(open, MostShards/2)
}

// Smallest is the smallest target that UpdateShardCount takes for a stream with open shards. The
// service documents "below half" without a rounding, so an odd count rounds up: 3 gives 2.
func Smallest(open int) int {
	return max(open-open/2, 1)
}

// Ceil rounds a size up to whole shards, 1 to MostShards; NaN gives 1. It clamps as a float64 first,
// since converting a value that does not fit an int gives anything at all.
func Ceil(size float64) int {
	if math.IsNaN(size) {
		return 1
	}
	return int(math.Ceil(min(max(size, 1), MostShards)))
}
