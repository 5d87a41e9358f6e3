package scaling

import (
	"hash/fnv"
	"time"
)

// Jitter is a duration from 0 up to most that is always the same for a stream, so that streams
// which began together do not go on together.
func Jitter(stream string, most time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(stream))
	const parts = 1000
	return most / parts * time.Duration(h.Sum64()%parts) // the remainder: similar names differ in the low bits
}
