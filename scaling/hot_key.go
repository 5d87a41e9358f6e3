package scaling

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// HotKey is what a stream's growths have shown of its refusals. A key lives in one shard: one that alone needs more
// than a shard is refused at every size, and so are keys fewer than the shards. So refusals are a reason to grow as long
// as growing lowers them. The zero value: nothing was tried.
type HotKey struct {
	Before Refusals  // from which size the growth is judged; zero: the stream refused nothing
	After  Refusals  // what it refused when growing was seen not to help; zero: no hot key is suspected
	AskAt  time.Time // when refusals count again, to be judged anew
	Helped time.Time // when a growth was last seen to lower what uneven keys refuse; zero: never, or a hot key was suspected since
}

// Refusals is how much a stream refused at a size.
type Refusals struct {
	At     time.Time
	Shards int
	Share  float64 // highest part of a minute's records, 0 to 1
	Demand float64 // highest load of a minute, in shards
}

// When growing counts as tried, and as no help.
const (
	judgedGrowth = 1.5            // by uneven keys, less may add next to no capacity
	likeDemand   = 1.25           // more is another demand, and the trial begins anew
	goodPart     = 0.5            // what is left of the refused share where growing helps
	emptyShare   = 0.75           // of what it can use: a stream that refuses records below that has a hot key, whatever was tried
	fewShards    = 3              // so few are grown all the same: it costs little, and uneven seconds fill half a shard
	worse        = 3              // times what was refused under suspicion, which is another picture
	suspectedFor = 24 * time.Hour // then it is asked again
	trialLasts   = 6 * time.Hour  // after it, what was refused before is no measure
	sentOnce     = 0.25           // of what got in: more that a hot key refuses is sent for the second time
)

// Suspected reports whether growing did not help, or a stream refuses records that uses too little for that to be tried:
// refusals are then no reason to grow.
func (h HotKey) Suspected() bool { return h.After.Shards > 0 }

// Helps reports whether a growth lowered what the stream refuses, not long ago: then its keys are uneven, and none is hot.
func (h HotKey) Helps(now time.Time) bool {
	return !h.Helped.IsZero() && now.Sub(h.Helped) < forgotten
}

// AskedAgain returns what is known once the time to ask again has come: nothing is suspected any more, and nothing tried.
func (h HotKey) AskedAgain(now time.Time) HotKey {
	if h.Suspected() && !now.Before(h.AskAt) {
		return HotKey{}
	}
	return h
}

// Outgrown returns what is known where much more is refused than when the hot key was suspected: nothing, as above.
func (h HotKey) Outgrown(now time.Time, o Observation) HotKey {
	if h.Suspected() && refusalsOf(now, o).Share > worse*h.After.Share {
		return HotKey{}
	}
	return h
}

// Judge returns what an observation adds: whether the growths since the stream began to refuse records have lowered the
// refusals. A stream that uses all that it can is simply full, and is not judged.
func (h HotKey) Judge(now time.Time, s Settings, o Observation) HotKey {
	seen := refusalsOf(now, o)
	h = h.AskedAgain(now).Outgrown(now, o)
	if !h.Suspected() && h.Before.helpedBy(seen) {
		h.Helped = now
	}
	switch before := h.Before; {
	case h.Suspected():
	case seen.Shards == 0: // nothing was measured
	case seen.Share < s.ThrottledShare:
		h.Before = Refusals{}
	case seen.Shards > fewShards && seen.Demand < emptyShare*h.usable(now, s, o, seen.Shards)*float64(seen.Shards):
		h = h.suspect(seen)
	case before.Shards == 0, seen.Shards < before.Shards, !before.alike(seen):
		h.Before = seen
	case !before.grownTo(seen):
	case seen.Share <= goodPart*before.Share:
		h.Before = seen
	case !fullByLoad(s, o):
		h = h.suspect(seen)
	}
	return h
}

// usable is the part of so many shards that the stream can use. Where growing was seen to help that is what uneven keys leave at
// least: a stream that refuses records far below it has a hot key all the same.
func (h HotKey) usable(now time.Time, s Settings, o Observation, shards int) float64 {
	if h.Helps(now) {
		return leastShareAt(float64(shards))
	}
	return s.Usable(o.Usable, float64(shards))
}

// suspect returns what is known when growing was seen not to help.
func (h HotKey) suspect(seen Refusals) HotKey {
	return HotKey{Before: h.Before, After: seen, AskAt: seen.At.Add(suspectedFor)}
}

// helpedBy reports whether a growth has lowered the refusals at like demand, from a size at which uneven keys alone may leave
// less than leastShare. At smaller sizes the place of one key decides what is refused, and growing moves it. A load above all that
// the shards take is refused whatever its keys are, and any growth helps: that tells nothing of them.
func (r Refusals) helpedBy(after Refusals) bool {
	large := leastShareAt(float64(r.Shards)) < leastShare
	return r.Shards > 0 && large && r.Demand < float64(r.Shards) && r.grownTo(after) && r.alike(after) && r.Demand <= likeDemand*after.Demand && after.Share <= goodPart*r.Share
}

// alike reports whether a later measurement is near enough in time and demand to tell what a growth between them did.
func (r Refusals) alike(after Refusals) bool {
	return after.Demand <= likeDemand*r.Demand && after.At.Sub(r.At) <= trialLasts
}

// grownTo reports whether a growth is large enough to judge it.
func (r Refusals) grownTo(after Refusals) bool {
	return float64(after.Shards) >= judgedGrowth*float64(r.Shards)
}

// refusalsOf is the most that one of the newest minutes shows, of those since the stream has had its size. Zero: nothing yet.
func refusalsOf(now time.Time, o Observation) Refusals {
	from := o.Traffic.To.Add(-recentMinutes * time.Minute)
	if since := o.Usable.Since; since.After(from) {
		from = since
	}
	seen := Refusals{}
	samples := o.Traffic.Since(from)
	for i := range samples {
		_, refused := samples[i].demanded(o.Stream.OpenShards)
		seen.At, seen.Shards = now, o.Stream.OpenShards
		seen.Share, seen.Demand = max(seen.Share, refused), max(seen.Demand, loadOf(&samples[i]))
	}
	return seen
}

// fullByLoad reports whether the load of the minutes that the alarm may have seen, at whatever size that was, is as much as
// the stream can use now.
func fullByLoad(s Settings, o Observation) bool {
	up, _ := thresholds(s, o)
	from := o.Traffic.To.Add(-s.ScaleUpAlarm.Length() - alarmGrace*time.Minute)
	return peakSince(o.Traffic.Samples, from) >= up*float64(o.Stream.OpenShards)
}

// tried reports whether a growth was seen not to help; else a hot key is suspected for a low use alone.
func (h HotKey) tried() bool {
	return h.Before.Shards > 0 && h.Before.grownTo(h.After) && h.Before.alike(h.After) && h.After.Share > goodPart*h.Before.Share
}

// String tells what was tried and what it changed, or why nothing was; empty while nothing is suspected.
func (h HotKey) String() string {
	switch {
	case !h.Suspected():
		return ""
	case h.tried():
		return fmt.Sprintf("%.1f %% refused at %d shards, %.1f %% at %d: growing did not help", 100*h.Before.Share, h.Before.Shards, 100*h.After.Share, h.After.Shards)
	}
	return fmt.Sprintf("%.1f %% refused at %d shards, though a load of %.1f fills less than %.0f %% of what they can use: growing is not tried",
		100*h.After.Share, h.After.Shards, h.After.Demand, 100*emptyShare)
}

// Advice is what people can do about a suspected hot key, whether growing was tried or not.
const Advice = "switch on the shard-level metric WriteProvisionedThroughputExceeded (EnableEnhancedMonitoring) to see which shards refuse; " +
	"spread the key with a suffix, use more or random partition keys, or aggregate its records"

// besides returns the traffic as it counts while a hot key is suspected. What the key refuses is sent again, and counts again
// and again, so it counts for sentOnce of what got in at most. What is refused beyond that and beyond the key's share is load.
func (h HotKey) besides(t Traffic) Traffic {
	t.Samples = slices.Clone(t.Samples)
	for i := range t.Samples {
		s := &t.Samples[i]
		records := plausible(s.Records)
		s.Throttled = min(s.Throttled, max(sentOnce*records, s.Throttled-h.After.Share*(records+s.Throttled)))
	}
	return t
}

// withoutRefusals returns settings under which refused records are no sign of a full stream.
func (s Settings) withoutRefusals() Settings {
	s.ThrottledShare = math.Inf(1)
	return s
}

// trialSize is how many shards show whether growing helps, for a stream that is full only because it refuses records.
func trialSize(open int) int { return int(math.Ceil(judgedGrowth * float64(open))) }
