package profile

import (
	"math"
	"sync"
)

// Spread is a profile with its keys drawn. It keeps what was asked for once, and is safe for concurrent
// use: trials share one.
type Spread struct {
	profile Profile
	days    []day
	sized   *Spread // by which sizes are told; itself where nothing is hopeless

	asking sync.Mutex // guards what follows
	even   map[size]*Shards
	holds  map[int]float64 // by shards: the highest demand that they hold on every day
}

// day is a day of the profile's week; most profiles have one for all.
type day struct {
	keys    keys
	seconds seconds
}

type size struct{ day, shards int }

// week is how many days a profile that drifts has.
const week = 7

// Spread draws the profile's keys. A profile that cannot be is taken as near as can be: see Validate.
func (p Profile) Spread() *Spread {
	s := &Spread{profile: p, even: map[size]*Shards{}, holds: map[int]float64{}}
	s.sized = s
	if as := p.sized(); as != p {
		s.sized = as.Spread()
	}
	if !p.Drifts {
		s.days = []day{{draw(p), secondsOf(p.Burst)}}
		return s
	}
	for i := range week {
		daily := p
		daily.KeySeed += i
		daily.Burst = max(0, p.Burst-0.03+0.03*float64(i%3))
		s.days = append(s.days, day{draw(daily), secondsOf(daily.Burst)})
	}
	return s
}

// EvenSpread returns that of the profile even, for streams of which nothing is said.
func EvenSpread() *Spread { return profiles()[0].Spread() }

// Profile returns the profile that it is of; that of nil is even.
func (s *Spread) Profile() Profile {
	if s == nil {
		return profiles()[0]
	}
	return s.profile
}

const dayMinutes = 24 * 60

// Day returns the day of the profile's week that a minute belongs to, 0 to Days()-1. Minutes count from
// the beginning of the traffic; those before may be negative.
func (s *Spread) Day(minute int) int {
	whole := int(math.Floor(float64(minute) / dayMinutes))
	n := len(s.days)
	return (whole%n + n) % n
}

// Days returns how many days the profile's week has: 1 where all are alike.
func (s *Spread) Days() int { return len(s.days) }

// Shards returns a stream's open shards on a day of the profile's week.
func (s *Spread) Shards(day int, r Ranges) *Shards {
	if !r.areEven() {
		return s.shards(day, r)
	}
	s.asking.Lock()
	defer s.asking.Unlock()
	return s.evenShards(day, r.Count())
}

func (s *Spread) shards(day int, r Ranges) *Shards {
	d := s.days[day]
	return newShards(d.keys, d.seconds, r, s.profile.isEven())
}

// evenShards are those after UpdateShardCount.
func (s *Spread) evenShards(day, shards int) *Shards {
	asked := size{day, shards}
	found := s.even[asked]
	if found == nil {
		found = s.shards(day, Even(shards))
		s.even[asked] = found
	}
	return found
}

// Carry returns how what waits at the shards of some ranges, to be sent again, waits at those of others
// that the hash keys were cut into meanwhile. What a shard refused is of its keys alike.
func (s *Spread) Carry(day int, from, to Ranges, waiting []float64) []float64 {
	both := from.and(to)
	parts, whole := s.days[day].keys.shares(both), s.days[day].keys.shares(from)
	carried := make([]float64, to.Count())
	before, after := 0, 0
	for part := range both.Count() {
		_, last := both.bounds(part)
		if whole[before] > 0 {
			carried[after] += waiting[before] * parts[part] / whole[before]
		} else { // none of today's keys: what waits is of yesterday's
			carried[after] += waiting[before] * width(both, part) / width(from, before)
		}
		if _, end := from.bounds(before); last == end {
			before++
		}
		if _, end := to.bounds(after); last == end {
			after++
		}
	}
	return carried
}

// Capacity returns the highest demand that so many shards hold, on every day: no more than a
// ten-thousandth of a minute is refused. A size counts as holding a demand when all sizes up to an
// eighth more hold it too: nobody can know where the keys fall luckily. What a hot key or a handful of
// keys lose does not count, since no size would hold it.
func (s *Spread) Capacity(shards int) float64 {
	if s.sized != s {
		return s.sized.Capacity(shards)
	}
	s.asking.Lock()
	defer s.asking.Unlock()
	held := s.holdsExactly(shards)
	for more := shards + 1; more <= s.upTo(shards); more++ {
		held = min(held, s.holdsExactly(more))
	}
	return held
}

func (s *Spread) holdsExactly(shards int) float64 {
	if s.profile.isEven() {
		return heldEvenly(shards)
	}
	held, found := s.holds[shards]
	if !found {
		held = math.Inf(1)
		for day := range s.days {
			held = min(held, s.shards(day, Even(shards)).holds()) // not kept: the optimum asks for every size
		}
		s.holds[shards] = held
	}
	return held
}

// mostShards is what a stream can have: 10,000 (UpdateShardCount, read 2026-11).
const mostShards = 10_000

// ShardsFor returns the fewest shards that hold a demand, at least 1; false when no number does.
func (s *Spread) ShardsFor(demand float64) (int, bool) {
	if s.sized != s {
		return s.sized.ShardsFor(demand)
	}
	if demand > s.mostDemand() {
		return 0, false
	}
	s.asking.Lock()
	defer s.asking.Unlock()
	shards := max(1, int(min(demand, mostShards)))
	for shards <= mostShards {
		tooSmall := s.lastTooSmall(demand, shards)
		if tooSmall < shards {
			return shards, true
		}
		shards = tooSmall + 1
	}
	return 0, false
}

// lastTooSmall returns the largest of a size and those up to an eighth above it that does not hold a
// demand; a smaller one when all do.
func (s *Spread) lastTooSmall(demand float64, shards int) int {
	last := s.upTo(shards)
	for last >= shards && s.holdsExactly(last) >= demand {
		last--
	}
	return last
}

// upTo returns the largest of the sizes that must hold a demand too, for a size to count as holding it.
func (s *Spread) upTo(shards int) int {
	if s.profile.isEven() {
		return shards
	}
	return shards + shards/8 + 1
}

// Hopeless returns how much of a demand is refused on a day however many shards there are: what the heaviest keys
// lose though each has a shard of its own. Both are in shards.
func (s *Spread) Hopeless(day int, demand float64) float64 {
	refused, d := 0.0, s.days[day]
	for _, weight := range d.keys.heavy {
		over := d.seconds.over(demand * weight)
		if over == 0 {
			break // the others have no more
		}
		refused += over
	}
	return refused
}

// mostDemand is the demand above which one key alone is too much for a shard, on some day.
func (s *Spread) mostDemand() float64 {
	most := math.Inf(1)
	for _, d := range s.days {
		if hottest := d.keys.most; hottest > 0 {
			most = min(most, highest(0, 2/hottest, func(demand float64) bool { return d.seconds.over(demand*hottest) <= tolerated*demand }))
		}
	}
	return most
}
