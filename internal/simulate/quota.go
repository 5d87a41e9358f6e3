package simulate

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
)

// rates are the buckets of several APIs, by name. An API without one is free.
type rates map[string]*bucket

type bucket struct {
	pace.Rate

	tokens float64
	at     time.Duration
}

func newRates(limits map[string]pace.Rate) rates {
	r := make(rates, len(limits))
	for api, limit := range limits {
		r[api] = &bucket{Rate: limit, tokens: float64(limit.Burst)}
	}
	return r
}

// take uses up one call of an API and returns 0, if the call may be made now. If not, it returns how long it is until it may.
func (r rates) take(api string, now time.Duration) time.Duration {
	b := r[api]
	if b == nil {
		return 0
	}
	b.tokens = min(b.tokens+(now-b.at).Seconds()*b.PerSecond, float64(b.Burst))
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return time.Duration((1-b.tokens)/b.PerSecond*float64(time.Second)) + time.Microsecond
}
