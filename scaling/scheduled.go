package scaling

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

// What a minimum by schedule is met with: the stream grows in time before it, and keeps operations for that.
const (
	takesUnknown = 10 * time.Minute // an operation of a stream that has had none
	takesToAsk   = 3 * time.Minute  // from when it is wanted until the alarm has asked for it
	takesAtMost  = time.Hour        // an operation that seems longer was seen late
	mostDoubling = 14               // from one shard to MaxStreamShards

	// keptFor is how long before a period its operations are kept free: those of the 24 hours before the first of them.
	keptFor = OperationWindow + 2*time.Hour
)

// OperationTakes is how long to reckon for an operation, from when it is wanted, where the longest of late took so long:
// half as long again, and what it takes to ask. Ten minutes where none is known; at most an hour.
func OperationTakes(longest time.Duration) time.Duration {
	if longest <= 0 {
		return takesUnknown
	}
	return min((longest + longest/2 + takesToAsk).Round(time.Minute), takesAtMost)
}

// At returns the settings as the schedule makes them at a time, for a stream whose operations take so long. The minimum is
// the highest of those in force, and of what the stream must have by then to reach one that is to come: half of it before
// the last operation, a quarter before the last but one, and so on. So it depends on nothing but the settings and the
// time. A minimum by schedule is never above MaxShards, and growing for it does not wait for a cooldown.
func (s Settings) At(now time.Time, takes time.Duration) Settings {
	least := 0
	for _, p := range s.Scheduled(now, now.Add(mostDoubling*takes)) {
		least = max(least, onTheWay(p, now, takes))
	}
	if least > s.MinShards {
		s.MinShards, s.ScaleUpCooldown = least, 0
	}
	return s
}

// Scheduled returns the periods of the schedule of which a part is between two times, none above MaxShards.
func (s Settings) Scheduled(from, to time.Time) []schedule.Period {
	if s.Schedule == "" {
		return nil
	}
	parsed, err := schedule.Parse(s.Schedule)
	if err != nil { // such settings are never in force
		return nil
	}
	periods := parsed.Between(from, to)
	for i := range periods {
		periods[i].Shards = min(periods[i].Shards, s.MaxShards)
	}
	return periods
}

// minimumAhead returns the highest minimum by schedule of a time, for times of the day after now; nil where there is none.
func (s Settings) minimumAhead(now time.Time) func(from, to time.Time) int {
	periods := s.Scheduled(now, now.Add(keptFor))
	if len(periods) == 0 {
		return nil
	}
	return func(from, to time.Time) int {
		least := 0
		for _, p := range periods {
			if p.From.Before(to) && p.Until.After(from) {
				least = max(least, p.Shards)
			}
		}
		return least
	}
}

// ScheduleAboveMost says that the schedule has a minimum that MaxShards does not allow; empty where it has none.
func (s Settings) ScheduleAboveMost() string {
	parsed, err := schedule.Parse(s.Schedule)
	if most := parsed.Most(); err == nil && most > s.MaxShards {
		return fmt.Sprintf("schedule: min=%d is above max-shards %d, so it is %d", most, s.MaxShards, s.MaxShards)
	}
	return ""
}

// onTheWay is how many shards a stream must have at a time, in or before a period, to have those of the period in time.
func onTheWay(p schedule.Period, now time.Time, takes time.Duration) int {
	shards, at := p.Shards, p.From.Add(-takes)
	for now.Before(at) && shards > 1 {
		shards, at = resize.Smallest(shards), at.Add(-takes)
	}
	return shards
}

// NextScheduled is when the minimum that At gives may change next after a time; zero where the schedule changes nothing
// within the time that it takes to grow, and in no period that is in force.
func (s Settings) NextScheduled(now time.Time, takes time.Duration) time.Time {
	var next time.Time
	for _, p := range s.Scheduled(now, now.Add(mostDoubling*takes)) {
		next = schedule.Soonest(now, next, p.Until)
		for shards, at := p.Shards, p.From.Add(-takes); shards > 1; shards, at = resize.Smallest(shards), at.Add(-takes) {
			next = schedule.Soonest(now, next, at)
		}
	}
	return next
}

// AllowedAt is how many operations a direction may have used up in the rolling 24 hours, the one that asks included, where
// a stream has open shards at a time. Scale-downs leave those that a period of the schedule needs, also after this one.
func (s Settings) AllowedAt(dir Direction, now time.Time, open int) int {
	allowed := s.Allowed(dir)
	if dir != Down {
		return allowed
	}
	for _, p := range s.Scheduled(now, now.Add(keptFor)) {
		if p.From.After(now) {
			smaller := resize.Smallest(open)
			allowed = min(allowed, max(s.OperationLimit-OperationsBetween(smaller, max(smaller, p.Shards)), 1))
		}
	}
	return allowed
}

// scheduleNote says which entry of the schedule asks for the minimum at a time, to be put behind it; empty where none does.
func (s Settings) scheduleNote(now time.Time) string {
	for _, p := range s.Scheduled(now, now.Add(mostDoubling*takesAtMost)) {
		switch {
		case p.Shards < s.MinShards:
		case p.From.After(now):
			return fmt.Sprintf("; on the way to %d at %s, by the schedule: %s", p.Shards, p.From.UTC().Format(time.RFC3339), p.Entry)
		case p.Shards == s.MinShards:
			return "; by the schedule: " + p.Entry
		}
	}
	return ""
}
