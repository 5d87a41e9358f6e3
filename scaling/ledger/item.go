package ledger

import (
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Enrollment is whether Shardkeeper looks after a stream.
type Enrollment string

// The enrollments. The item of an unenrolled stream stays: it holds the fence.
const (
	Enrolled   Enrollment = "enrolled"
	Suspended  Enrollment = "suspended" // known and tagged, but not scaled: see StatusReason
	Unenrolled Enrollment = "unenrolled"
)

// Attended reports whether somebody looks after the stream: one that is suspended too.
func (e Enrollment) Attended() bool { return e == Enrolled || e == Suspended }

// Reasons for a suspension.
const (
	SuspendedOnDemand = "on-demand"              // the service sizes the stream itself
	SuspendedSettings = "invalid-settings"       // a new stream whose tags cannot be used
	SuspendedAlarm    = "alarm-of-somebody-else" // an alarm with a name of ours is not ours
)

// Item is the registry's item of one stream: what is set, what is running, what was done.
//
// Copies share what an item points to: its layers, its lists, and the operation in flight. Nobody changes these in place: who
// wants them otherwise gives the copy others, or changes a Clone.
type Item struct {
	Name         string
	ARN          string
	CreatedAt    time.Time // of the stream itself: a new time means it was deleted and recreated
	Status       Enrollment
	StatusReason string
	EnrolledAt   time.Time
	UpdatedAt    time.Time
	Revision     int64 // raised by every write; a write names the one it read

	Tags             scaling.Layer // settings as read from the tags
	Overrides        scaling.Layer // settings set by the operator in the table; only people write it
	Timed            []Timed       // what people have set for a while; like Overrides no part of a Save
	Settings         scaling.Settings
	Untimed          scaling.Settings // Settings without what is timed; zero where nothing timed is in force
	SettingsRevision int64            // raised when Settings change
	SettingsFault    string           // why Tags, Overrides or Timed could not be used; Settings are the last good ones

	OpenShards int
	SeenAt     time.Time // when the stream was last seen ACTIVE with OpenShards; zero: not known
	Fence      int64     // raised by every claim, never lowered, never deleted
	LeaseOwner string
	LeaseUntil time.Time
	InFlight   *Entry             // the operation that is not settled yet
	Draining   *Entry             // the last operation, until it is known what it cost the consumers
	Operations scaling.Operations // newest first: the newest ten and all of the last 24 hours
	LastDrain  Drain              // what the last operation of which it is known cost the consumers
	// FailedClaims is how many claims in a row, the newest first, led to no operation. An operation sets it to 0.
	FailedClaims int64
	Longest      time.Duration // how long the longest of its operations took, the older the less; zero: none has ended
	Recuts       []Recut       // newest first: splits and merges of the last 24 hours, at most a hundred
	Up, Down     Watch

	Measured Measured            // what the scaler last found it to take
	Usable   scaling.UsableShare // of its nominal capacity, as learned
	HotKey   scaling.HotKey      // whether growing lowers what it refuses
	Alarms   AlarmsHeld
	Consumer ConsumerHeld
	Opposed  Opposed
	Trouble  ConsumerTrouble // with the consumer, as it was last told; empty: none
	LagTold  time.Time       // when the history was told that lag holds the scale-down alarm; zero: it was not
	DueAt    time.Time       // when the reconciler should look; zero: it need not

	Unread map[string]any // attributes of the item that could not be read, as the registry holds them; nil: none
}

// Watch is how far one direction's alarm has been attended to.
type Watch struct {
	Handled time.Time // newest transition to ALARM that was decided on
	RetryAt time.Time // when the alarm is to be armed again; zero: nothing is deferred
}

// AlarmsHeld is what the stream's two alarms were last given. Zero Shards: there are none.
type AlarmsHeld struct {
	Shards           int
	SettingsRevision int64
	Usable           float64   // the usable share; 0: all
	HotKey           bool      // refusals were left out
	At               time.Time // when they were first seen to hold these
}

// ConsumerHeld is what the consumer's reserved concurrency was last set to.
type ConsumerHeld struct {
	Function    string
	Concurrency int
}

// Watch returns the watch of a direction; that of Up for Hold.
func (s *Item) Watch(dir scaling.Direction) *Watch {
	if dir == scaling.Down {
		return &s.Down
	}
	return &s.Up
}

// Standing is the stream's status, with the reason where there is one.
func (s Item) Standing() string {
	if s.StatusReason == "" {
		return string(s.Status)
	}
	return string(s.Status) + ": " + s.StatusReason
}

// Unfinished reports whether an operation of ours is in flight, or the alarms have not followed one yet. Such a stream
// is looked at before all others.
func (s Item) Unfinished() bool {
	newest, found := s.Operations.Newest()
	return s.InFlight != nil || found && newest.Fence > 0 && s.Status == Enrolled && s.Alarms.Shards > 0 && s.Alarms.Shards != s.OpenShards
}

// Replaced returns a list with each of its elements replaced by what a function makes of it, the list itself where nothing is otherwise.
// The argument is not changed, since copies of an item share its lists.
func Replaced[L ~[]E, E comparable](list L, by func(E) E) L {
	result, shared := list, true
	for i, was := range list {
		is := by(was)
		if is == was {
			continue
		}
		if shared {
			result, shared = slices.Clone(list), false
		}
		result[i] = is
	}
	return result
}

// Clone returns a copy that shares nothing that can be changed.
func (s Item) Clone() Item {
	s.Tags, s.Overrides = maps.Clone(s.Tags), maps.Clone(s.Overrides)
	s.Unread = maps.Clone(s.Unread)
	s.Timed = slices.Clone(s.Timed)
	for i := range s.Timed {
		s.Timed[i].Settings = maps.Clone(s.Timed[i].Settings)
	}
	s.Usable.Sizes = slices.Clone(s.Usable.Sizes)
	s.Operations, s.Recuts = slices.Clone(s.Operations), slices.Clone(s.Recuts)
	if s.InFlight != nil {
		op := *s.InFlight
		op.Reasons = slices.Clone(op.Reasons)
		s.InFlight = &op
	}
	if s.Draining != nil {
		op := *s.Draining
		op.Reasons = slices.Clone(op.Reasons)
		s.Draining = &op
	}
	return s
}

// DueBy brings the reconciler's next look forward to a time, if it is later or not planned.
func (s *Item) DueBy(at time.Time) {
	if s.DueAt.IsZero() || at.Before(s.DueAt) {
		s.DueAt = at
	}
}

// Defer remembers that a direction's decision is to be looked at again.
func (s *Item) Defer(dir scaling.Direction, retry time.Time) {
	s.Watch(dir).RetryAt = retry
	if !retry.IsZero() {
		s.DueBy(retry)
	}
}
