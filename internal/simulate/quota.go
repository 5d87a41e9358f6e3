package simulate

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
)

// rates are the buckets of several APIs, by name. An API without a rate is free.
type rates struct {
	limits  map[string]pace.Rate
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Duration
}

func newRates(limits map[string]pace.Rate) rates { return rates{limits, map[string]*bucket{}} }

// wait returns how long it is until a call of an API may be made; 0: it may now.
func (r rates) wait(api string, now time.Duration) time.Duration {
	limit, limited := r.limits[api]
	if !limited {
		return 0
	}
	b := r.buckets[api]
	if b == nil {
		b = &bucket{float64(limit.Burst), now}
		r.buckets[api] = b
	}
	b.tokens = min(b.tokens+(now-b.at).Seconds()*limit.PerSecond, float64(limit.Burst))
	b.at = now
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1-b.tokens)/limit.PerSecond*float64(time.Second)) + time.Microsecond
}

// spend uses up one call.
func (r rates) spend(api string) {
	if b := r.buckets[api]; b != nil {
		b.tokens--
	}
}
