package scaling

import (
	"math"
	"slices"
	"time"
)

// UsableShare is what part of its nominal capacity a stream can use before it refuses records, as its own
// past has shown, by size. The limits of a stream hold for each shard in each second: keys that fall
// unevenly on the shards and records that come unevenly within a minute leave a part unused.
//
// The zero value knows nothing and uses all: what a stream had that was enrolled before shares were
// learned. NewUsableShare begins with caution, and Learn returns what the stream's samples show.
type UsableShare struct {
	Start float64     // the share of one shard while nothing is known; 0: all, at any size
	Sizes []SizeShare // what was seen, by size, smallest first
	Since time.Time   // since when the stream has had its open shards; zero: not known
	To    time.Time   // up to which samples were learned from
}

// SizeShare is what the stream can use at sizes around one.
type SizeShare struct {
	Size      int       // shards; see sizeClass
	Share     float64   // of the nominal capacity, lowestShare to 1
	RefusedAt time.Time // when it last refused records because of its share; zero: never
	SeenAt    time.Time // when it last taught anything
}

// How a share is learned. docs/policies.md tells why the numbers are what they are.
const (
	newShare     = 0.88    // of a new stream, above the 0.70 to 0.75 that AWS advises: what it refuses corrects it at once
	leastShare   = 0.5     // lower is no matter of uneven keys, unless growing was seen to help
	lowestShare  = 0.2     // lower it never is
	fewestKeys   = 200     // equal ones at least, by leastShareAt: fewer are hot keys
	sizeStep     = 1.4     // sizes of one class differ by less than this factor
	sharedKeys   = 30_000  // keys that a stream seems to have: the law by which the share falls with the size
	chanceShare  = 0.00012 // refused records up to this share are chance
	mostLesson   = 0.01    // more refused than this tells of a burst, an outage or a hot key, not of the share
	mostHelped   = 0.2     // the same where growing was seen to help: producers that send again make much of little
	overFull     = 0.06    // a minute that refused lessonShare was so much above the share; the more it refused, by the root of it, the more
	lessonShare  = 0.003   // see overFull
	pullDown     = 0.3     // part of the way to what a refusing minute shows that a share falls, at once
	filled       = 0.65    // part of the share that a quiet minute must fill to raise it
	quietRise    = 0.00025 // how far such a minute raises the share: 0.015 in an hour of them, 0.36 in a day
	worthAGrowth = 0.001   // of the records: who refuses as many is not left so, though no alarm asks
	forgotten    = 14 * 24 * time.Hour
)

// NewUsableShare is that of a stream of which nothing is known, from a time on.
func NewUsableShare(now time.Time) UsableShare {
	return UsableShare{Start: newShare, Since: now, To: now}
}

// At returns the share of its nominal capacity that the stream can use with so many open shards: lowestShare to 1; leastShare
// at least where nothing lower was seen.
// For a size that was not seen it follows the nearest that were, by the law that the hottest of S
// shards gets about 1 + sqrt(2 S ln S / K) times the mean of K keys.
func (u UsableShare) At(shards float64) float64 {
	return u.at(shards, func(i int) float64 { return evenness(float64(u.Sizes[i].Size)) }, u.step)
}

// bySize is At for a plan, which asks for some thousand sizes: what the sizes that were seen add to each answer is computed
// once.
func (u UsableShare) bySize() func(shards float64) float64 {
	even, steps := make([]float64, len(u.Sizes)), make([]float64, len(u.Sizes))
	for i, c := range u.Sizes {
		even[i] = evenness(float64(c.Size))
		if i+1 < len(u.Sizes) {
			steps[i] = u.step(i)
		}
	}
	return func(shards float64) float64 {
		return u.at(shards, func(i int) float64 { return even[i] }, func(i int) float64 { return steps[i] })
	}
}

// step is the logarithm of the factor between a size that was seen and the next.
func (u UsableShare) step(i int) float64 {
	return math.Log(float64(u.Sizes[i+1].Size) / float64(u.Sizes[i].Size))
}

// at is At, told the evenness of each size that was seen, and its step.
func (u UsableShare) at(shards float64, even, step func(i int) float64) float64 {
	shards = max(1, shards)
	above := 0 // the first class above the size
	for above < len(u.Sizes) && float64(u.Sizes[above].Size) <= shards {
		above++
	}
	switch {
	case len(u.Sizes) == 0 && u.Start == 0:
		return 1
	case len(u.Sizes) == 0:
		return bounded(max(u.Start*evenness(shards), leastShare))
	case above == 0 || above == len(u.Sizes):
		nearest := max(0, above-1)
		seen, least := u.Sizes[nearest].Share, lowestShare
		if seen >= leastShare { // nothing lower was seen
			least = leastShare
		}
		return bounded(max(seen*evenness(shards)/even(nearest), least))
	}
	low, high := u.Sizes[above-1], u.Sizes[above]
	part := math.Log(shards/float64(low.Size)) / step(above-1)
	return bounded(low.Share*(1-part) + high.Share*part)
}

// evenness is the mean of so many shards over the hottest of them, for sharedKeys equal keys.
func evenness(shards float64) float64 { return evennessOf(sharedKeys, shards) }

func evennessOf(keys, shards float64) float64 {
	return 1 / (1 + math.Sqrt(2*shards*math.Log(shards)/keys))
}

// leastShareAt is what uneven keys leave of so many shards at least: less than leastShare from 30 shards on.
func leastShareAt(shards float64) float64 { return min(leastShare, evennessOf(fewestKeys, shards)) }

func bounded(share float64) float64 { return max(lowestShare, min(share, 1)) }

// sizeClass is the size that stands for those around it: a power of sizeStep, rounded.
func sizeClass(shards int) int {
	return int(math.Round(math.Pow(sizeStep, math.Round(math.Log(float64(shards))/math.Log(sizeStep)))))
}

// Learn returns the share after the samples from a time until another, in which the stream had so many open
// shards all the while. What was learned before is not learned again, and what is old is slowly forgotten. The
// newest minutes count only if they refused records, since their metrics may not be complete. Helps says that growing
// lowered what the stream refuses (see HotKey.Helps): then more refused records, and lower shares, are believed.
func (u UsableShare) Learn(samples []Sample, open int, from, to time.Time, helps bool) UsableShare {
	if from.Before(u.To) {
		from = u.To
	}
	if open < 1 || !to.After(from) {
		return u
	}
	l, most := lessons{u, leastShare}, mostLesson
	if helps {
		l.least, most = leastShareAt(float64(open)), mostHelped
	}
	l.Sizes = slices.DeleteFunc(slices.Clone(u.Sizes), func(c SizeShare) bool { return to.Sub(c.SeenAt) > forgotten })
	complete := to.Add(-publishDelay)
	for i := firstFrom(samples, from); i < len(samples) && samples[i].At.Before(to); i++ {
		utilization, refused := samples[i].demanded(open)
		switch {
		case refused > most:
		case refused > chanceShare:
			l.refusedAt(open, utilization, refused, samples[i].At)
		case samples[i].At.Before(complete):
			l.quietAt(open, utilization, samples[i].At)
		}
	}
	l.To = to
	return l.UsableShare
}

// lessons is a share that is being learned.
type lessons struct {
	UsableShare
	least float64 // what leads below it is not believed
}

// Refuses reports whether as much was refused from a time on that the share is to be learned though no alarm asks.
func (t Traffic) Refuses(from time.Time) bool {
	got, refused := 0.0, 0.0
	for _, s := range t.Since(from) {
		got, refused = got+plausible(s.Records), refused+plausible(s.Throttled)
	}
	return refused > 0 && refused >= worthAGrowth*(got+refused)
}

// refusedAt learns from a minute that refused a share of its records at a utilization. It was above what the
// stream can use by the more, the more it refused. What leads below the least has another cause.
// Larger sizes cannot use more.
func (u *lessons) refusedAt(open int, utilization, refused float64, at time.Time) {
	from := utilization / (1 + overFull*math.Sqrt(refused/lessonShare))
	if from < u.least {
		return
	}
	i := u.class(open, at)
	c := &u.Sizes[i]
	if from >= c.Share {
		return
	}
	c.Share = bounded(c.Share + (from-c.Share)*pullDown)
	c.RefusedAt = at
	for j := i + 1; j < len(u.Sizes); j++ {
		u.Sizes[j].Share = min(u.Sizes[j].Share, c.Share)
	}
}

// quietAt learns from a minute that refused nothing: what it filled can be used, and a little more is worth a
// try. Smaller sizes can use as much.
func (u *lessons) quietAt(open int, utilization float64, at time.Time) {
	if share := u.At(float64(open)); utilization < filled*share || share >= 1 {
		return
	}
	i := u.class(open, at)
	c := &u.Sizes[i]
	c.Share = min(max(c.Share+quietRise, utilization), 1)
	for j := range i {
		u.Sizes[j].Share = max(u.Sizes[j].Share, c.Share)
	}
}

// WithoutRefusals returns the share without what refusals have taught that another cause has by now: at no size that was seen
// less than that of a new stream.
func (u UsableShare) WithoutRefusals() UsableShare {
	u.Sizes = slices.Clone(u.Sizes)
	for i := range u.Sizes {
		c := &u.Sizes[i]
		c.Share = max(c.Share, bounded(newShare*evenness(float64(c.Size))))
	}
	return u
}

// class returns the index of the sizes around one, which have just taught something.
func (u *lessons) class(open int, at time.Time) int {
	size := sizeClass(open)
	i, found := slices.BinarySearchFunc(u.Sizes, size, func(c SizeShare, size int) int { return c.Size - size })
	if !found {
		u.Sizes = slices.Insert(u.Sizes, i, SizeShare{Size: size, Share: u.At(float64(size))})
	}
	u.Sizes[i].SeenAt = at
	return i
}

// Usable is the share of its nominal capacity that a stream can use with so many open shards: what the
// settings say, or else what was learned.
func (s Settings) Usable(learned UsableShare, shards float64) float64 {
	if s.UsableShare > 0 {
		return s.UsableShare
	}
	return learned.At(shards)
}
