package ledger

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Claim asks for the right to make one UpdateShardCount call.
type Claim struct {
	Decision     scaling.Decision
	Asked        scaling.Direction // the alarm that asked; its transition counts as handled
	Alarm        string
	TransitionAt time.Time
	Owner        string    // who acts: unique to the invocation
	LeaseUntil   time.Time // when the owner surely has stopped
}

// Claim returns the stream with the claim granted and the history entry of the intended
// operation; the registry writes both in one transaction. It proves that the stream is enrolled,
// that nobody holds a live lease or has an operation in flight, that the rolling 24 hours have a
// slot for the direction, and that this transition was not handled before. It raises the fence
// and takes the slot.
//
// This is the rule. The conditional write that holds to it in DynamoDB is in registry/claim.go.
//
// Kinesis does not check fences: between this write and the call, what protects the stream is
// its status and the service's own refusal of a second call.
func (s Item) Claim(c Claim) (Item, Entry, error) {
	d := c.Decision
	switch {
	case s.Status != Enrolled:
		return s, Entry{}, fmt.Errorf("claim %s: status %s: %w", s.Name, s.Status, ErrNotEnrolled)
	case s.InFlight != nil:
		return s, Entry{}, fmt.Errorf("claim %s: operation %d is in flight: %w", s.Name, s.InFlight.Fence, ErrConflict)
	case s.LeaseUntil.After(d.At):
		return s, Entry{}, fmt.Errorf("claim %s: %s holds the lease until %s: %w", s.Name, s.LeaseOwner, s.LeaseUntil.UTC().Format(time.RFC3339), ErrConflict)
	case !c.TransitionAt.After(s.Watch(c.Asked).Handled):
		return s, Entry{}, fmt.Errorf("claim %s: transition of %s: %w", s.Name, c.TransitionAt.UTC().Format(time.RFC3339), ErrHandled)
	case s.Operations.Used(d.At) >= s.Settings.AllowedAt(d.Direction, d.At, d.From):
		return s, Entry{}, fmt.Errorf("claim %s: %d operations in 24 hours: %w", s.Name, s.Operations.Used(d.At), ErrBudget)
	}
	s.OpenShards = d.From // as seen ACTIVE: if the operation is not applied, the stream still has this size
	s.Fence++
	s.LeaseOwner, s.LeaseUntil = c.Owner, c.LeaseUntil
	*s.Watch(c.Asked) = Watch{Handled: c.TransitionAt}
	s.Draining = nil // what comes now is the cost of both
	s.Operations = insertOperation(s.Operations, scaling.Operation{
		At: d.At, Direction: d.Direction, From: d.From, To: d.Target, Fence: s.Fence, Actor: c.Owner,
	}, d.At)
	s.InFlight = &Entry{
		Stream: s.Name, At: d.At, ID: operationID(s.Fence), Kind: KindOperation,
		Direction: d.Direction, From: d.From, To: d.Target, Reasons: d.Reasons, Utilization: d.Utilization, Limit: d.Limit,
		Alarm: c.Alarm, TransitionAt: c.TransitionAt, Actor: c.Owner, Fence: s.Fence, Outcome: OutcomeIntended,
	}
	s.DueAt = c.LeaseUntil
	return s, *s.InFlight, nil
}

// Accepted returns the stream and its entry after the service took the call: the lease ends,
// the operation stays in flight until the stream is seen ACTIVE. There must be one in flight.
func (s Item) Accepted(now time.Time) (Item, Entry) {
	s, entry := s.marked(OutcomeAccepted, "", now)
	s.LeaseOwner, s.LeaseUntil = "", time.Time{}
	// The service counts from its own acceptance, which a pause may have put off.
	s.Operations = postponeOperation(s.Operations, entry.Fence, now)
	return s, entry
}

// OutcomeIsUnknown returns the stream and its entry after a call that may have taken effect. The
// lease stays: until it ends, the request may still be on its way to the service, and a stream
// that looks untouched proves nothing. There must be an operation in flight.
func (s Item) OutcomeIsUnknown(now time.Time, detail string) (Item, Entry) {
	return s.marked(OutcomeUnknown, detail, now)
}

func (s Item) marked(outcome Outcome, detail string, now time.Time) (Item, Entry) {
	entry := *s.InFlight
	entry.Outcome, entry.Detail = outcome, short(detail)
	s.InFlight, s.DueAt = &entry, now.Add(pollInterval)
	return s, entry
}

// pollInterval is how soon an operation in flight is looked at again: by the reconciler's next
// run. A whole minute would miss that run by the moments that this one took to come here.
const pollInterval = 45 * time.Second

// forgetsLongest is the part of the longest operation's length that is forgotten with each that is shorter.
const forgetsLongest = 20

// OperationTakes is how long to reckon for an operation of the stream, from when it is wanted.
func (s Item) OperationTakes() time.Duration { return scaling.OperationTakes(s.Longest) }

// Settled returns the stream and its entry after its operation ended. The slot is given back
// where the service did nothing. There must be an operation in flight.
func (s Item) Settled(outcome Outcome, detail string, now time.Time) (Item, Entry) {
	entry := *s.InFlight
	entry.Outcome = outcome
	if detail != "" {
		entry.Detail = short(detail)
	}
	if outcome == OutcomeCompleted {
		entry.Duration = now.Sub(entry.At)
		s.Longest = max(entry.Duration, s.Longest-s.Longest/forgetsLongest).Truncate(time.Second)
	}
	if outcome == OutcomeRefused || outcome == OutcomeNotApplied {
		if entry.Fence > 0 { // 0, as an edit may leave it, is that of calls by others: they keep their slots
			s.Operations = withoutFence(s.Operations, entry.Fence)
		}
		s.FailedClaims++
	} else {
		s.FailedClaims = 0
	}
	s.InFlight, s.Draining = nil, nil
	if outcome == OutcomeCompleted && s.Settings.IteratorAgeMinutes > 0 {
		drains := entry
		s.Draining = &drains
	}
	if outcome != OutcomeRefused {
		s.Usable.Since = now
	}
	s.LeaseOwner, s.LeaseUntil = "", time.Time{}
	s.DueAt = now
	return s, entry
}

// RefusedBy returns the stream and its entry after the service definitely refused the call: the
// slot is given back, and the direction's alarm is armed again later, never at once.
func (s Item) RefusedBy(err error, dir scaling.Direction, now time.Time) (Item, Entry) {
	s, entry := s.Settled(OutcomeRefused, err.Error(), now)
	entry.Reasons = append(slices.Clone(entry.Reasons), scaling.Reason{Code: scaling.HoldServiceRefused, Detail: short(err.Error())})
	wait := refusedRetry
	switch {
	case errors.Is(err, scaling.ErrThrottled), errors.Is(err, scaling.ErrStreamBusy):
		wait = scaling.BusyRetry
	case errors.Is(err, scaling.ErrLimitExceeded):
		wait = min(refusedRetry<<min(s.FailedClaims-1, 2), refusedMost)
	}
	s.DueAt = now.Add(scaling.BusyRetry) // what else there is to do does not wait for that
	s.Defer(dir, now.Add(wait))
	return s, entry
}

// How long a stream rests after a refusal that the next minute will not change. What may be a limit
// of the day is asked for less and less often.
const (
	refusedRetry = 15 * time.Minute
	refusedMost  = time.Hour
)

// Held returns the stream after a decision not to act: the transition is handled, and armed
// again at retry if that is not zero.
func (s Item) Held(asked scaling.Direction, transition, retry time.Time) Item {
	*s.Watch(asked) = Watch{Handled: transition}
	s.Defer(asked, retry)
	return s
}

// InFlightUnder reports whether the operation of a fence is still to be settled.
func (s Item) InFlightUnder(fence int64) bool {
	return s.InFlight != nil && s.InFlight.Fence == fence
}

// Decided is the decision on the stream, as it was observed, at a time: what is measured, and what the item says of
// it. A dry run and a pause of all resharding are not looked at.
func (s Item) Decided(now time.Time, o scaling.Observation) scaling.Decision {
	d := scaling.Decide(now, s.Settings, o, s.Operations)
	if d.Direction == scaling.Hold {
		return d
	}
	return s.HoldIfNotReady(d)
}

// HoldIfNotReady holds a decision to act where the item already says that a claim would fail:
// an operation is in flight, or the stream is suspended; and one on a stream that somebody keeps setting back.
func (s Item) HoldIfNotReady(d scaling.Decision) scaling.Decision {
	switch {
	case s.InFlight != nil:
		return d.Held(d.At.Add(scaling.BusyRetry), scaling.HoldOperationInFlight, fmt.Sprintf("operation %d, %s", s.InFlight.Fence, s.InFlight.Outcome))
	case s.Status == Suspended:
		return d.Held(time.Time{}, scaling.HoldSuspended, s.StatusReason)
	}
	return s.holdIfDraining(s.holdIfOpposed(d))
}

func withoutFence(operations scaling.Operations, fence int64) scaling.Operations {
	kept := make(scaling.Operations, 0, len(operations))
	for _, op := range operations {
		if op.Fence != fence {
			kept = append(kept, op)
		}
	}
	return kept
}
