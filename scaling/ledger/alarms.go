package ledger

import (
	"math"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// When alarms are written anew because the usable share moved: CloudWatch takes three PutMetricAlarm calls a second, from
// all streams of an account.
const (
	movedShare = 0.03           // less is not worth two calls
	shareRests = 24 * time.Hour // so long after they were last written
)

// AlarmWant is what the stream's two alarms are to be made for. They keep the usable share that they hold, unless the
// stream has another size by now, or the share has moved enough and they were not written for a day.
func (s Item) AlarmWant(now time.Time) scaling.AlarmWant {
	if s.ShareMoved(now) {
		return s.AlarmWantAt(s.OpenShards)
	}
	return s.AlarmKept()
}

// AlarmKept is what the stream's two alarms are to be made for as long as their usable share waits for its turn: nothing is
// wrong with alarms that are so.
func (s Item) AlarmKept() scaling.AlarmWant {
	want := s.AlarmWantAt(s.OpenShards)
	if s.AlarmsInSync() && s.Alarms.Usable > 0 {
		want.Usable = s.Alarms.Usable
	}
	return want
}

// ShareMoved reports whether the stream's two alarms are right but for the usable share, which has moved enough since
// they were written, a day ago or more.
func (s Item) ShareMoved(now time.Time) bool {
	moved := math.Abs(s.UsableAt(s.OpenShards)-s.Alarms.Usable) >= movedShare
	return s.AlarmsInSync() && s.Alarms.Usable > 0 && moved && now.Sub(s.Alarms.At) >= shareRests
}

// AlarmWantAt is what the stream's two alarms are to be made for once it has so many shards.
func (s Item) AlarmWantAt(shards int) scaling.AlarmWant {
	return scaling.AlarmWant{Stream: s.Name, OpenShards: shards, Settings: s.Settings, HotKey: s.HotKey.Suspected(), Usable: s.UsableAt(shards)}
}

// UsableAt is the share that the stream can use of the nominal capacity of so many shards, as its alarms hold it: in
// hundredths.
func (s Item) UsableAt(shards int) float64 {
	return math.Round(100*s.Settings.Usable(s.Usable, float64(shards))) / 100
}

// Holding returns the stream after its alarms were seen to be as they are wanted.
func (s Item) Holding(want scaling.AlarmWant, now time.Time) Item {
	held := AlarmsHeld{Shards: want.OpenShards, SettingsRevision: s.SettingsRevision, HotKey: want.HotKey, Usable: want.Usable, At: now}
	if before := s.Alarms; before.Shards == held.Shards && before.SettingsRevision == held.SettingsRevision && before.Usable == held.Usable && before.HotKey == held.HotKey && !before.At.IsZero() {
		held.At = before.At
	}
	s.Alarms = held
	return s
}

// AlarmsDeleted returns the history entry of alarms that were there when they were last looked at, and are not any more.
// An alarm that is another than is wanted is not told: a new version of Shardkeeper may want it otherwise.
func (s Item) AlarmsDeleted(pair scaling.AlarmPair, now time.Time, actor string) []Entry {
	if s.Alarms.At.IsZero() || pair.Up.Exists && pair.Down.Exists {
		return nil
	}
	var names []string
	if !pair.Up.Exists {
		names = append(names, scaling.AlarmName(s.Name, scaling.Up))
	}
	if !pair.Down.Exists {
		names = append(names, scaling.AlarmName(s.Name, scaling.Down))
	}
	return []Entry{{
		Stream: s.Name, At: now.Truncate(time.Hour), ID: "alarms-deleted", Kind: KindFailure, From: s.OpenShards, To: s.OpenShards, Actor: actor,
		Detail: "somebody deleted " + strings.Join(names, " and ") + "; the alarms are made anew",
	}}
}

// AlarmsInSync reports whether the alarms were given the stream's open shards and settings, and count refusals if these
// are a reason to grow.
func (s Item) AlarmsInSync() bool {
	return s.Alarms.Shards == s.OpenShards && s.Alarms.SettingsRevision == s.SettingsRevision && s.Alarms.HotKey == s.HotKey.Suspected()
}

// alarmed is the usable share that the alarms hold for so many shards; 0 when they hold none for these.
func (s Item) alarmed(shards int) float64 {
	if s.Alarms.Shards != shards {
		return 0
	}
	return s.Alarms.Usable
}

// Learned returns the stream after what an observation shows of its usable share, and the observation with what is
// known by then. While an operation is in flight, or the stream has another size than is known, nothing is learned.
func (s Item) Learned(o scaling.Observation, now time.Time) (Item, scaling.Observation) {
	if s.InFlight == nil && o.Traffic.Known && o.Stream.Status == scaling.StatusActive && o.Stream.OpenShards == s.OpenShards {
		s = s.Taught(o.Traffic, now)
		o.Usable, o.Alarmed = s.Usable, s.alarmed(o.Stream.OpenShards)
		suspected := s.HotKey.Suspected()
		s.HotKey = s.HotKey.Judge(now, s.Settings, o)
		if s.HotKey.Suspected() && !suspected { // it is what was refused while growing was tried that lowered the share
			s.Usable = s.Usable.WithoutRefusals()
		}
		if !s.AlarmsInSync() {
			s.DueBy(now)
		}
	}
	o.Usable, o.Alarmed, o.HotKey = s.Usable, s.alarmed(o.Stream.OpenShards), s.HotKey
	return s, o
}

// Taught returns the stream after what the traffic of a time in which it has had its size shows of its usable share. While a
// hot key is suspected that is nothing: what the stream refuses then, and what it does not, is no matter of its share. Nor is it
// while its shards are cut unevenly: a growth makes them even.
func (s Item) Taught(t scaling.Traffic, now time.Time) Item {
	if s.HotKey.Suspected() || s.uneven(now) {
		return s.untaught(t.To)
	}
	s.Usable = s.Usable.Learn(t.Samples, s.OpenShards, s.sameSizeSince(), t.To, s.HotKey.Helps(now))
	return s
}

// WithHotKey returns the stream with what is known of a hot key by now. What was refused while one was suspected teaches nothing
// when it is not any more.
func (s Item) WithHotKey(h scaling.HotKey, now time.Time) Item {
	if s.HotKey.Suspected() && !h.Suspected() {
		s = s.untaught(now)
	}
	s.HotKey = h
	return s
}

// untaught returns the stream with nothing to be learned from the samples until a time.
func (s Item) untaught(to time.Time) Item {
	if to.After(s.Usable.To) {
		s.Usable.To = to
	}
	return s
}

// unknownDuration is how long an operation may have taken of which only the start is known.
const unknownDuration = 30 * time.Minute

// sameSizeSince is since when the stream surely has had its open shards: of items that are older than the learned
// share only the operations tell.
func (s Item) sameSizeSince() time.Time {
	if !s.Usable.Since.IsZero() {
		return s.Usable.Since
	}
	if last, found := s.Operations.Newest(); found {
		return last.At.Add(unknownDuration)
	}
	return s.EnrolledAt
}

// ObservedFrom is from when on the samples are read for a decision in a direction: all that its policy looks back on,
// and all that was not learned from yet.
func (s Item) ObservedFrom(direction scaling.Direction, to time.Time) time.Time {
	from := to.Add(-s.Settings.Lookback(direction))
	if unlearned := s.UnlearnedFrom(to); unlearned.Before(from) {
		return unlearned
	}
	return from
}

// UnlearnedFrom is from when on samples have not been learned from yet, at most a day before a time.
func (s Item) UnlearnedFrom(now time.Time) time.Time {
	from := s.sameSizeSince()
	if s.Usable.To.After(from) {
		from = s.Usable.To
	}
	if day := now.Add(-24 * time.Hour); from.Before(day) {
		return day
	}
	return from
}
