package scaler

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// act makes the call that was claimed, until a time, and records how it went. From here on nothing is an
// error of the invocation: the claim is written, and the reconciler finishes what is left.
func (s *Scaler) act(ctx context.Context, stream ledger.Item, o scaling.Observation, d scaling.Decision, until time.Time) (report.Report, error) {
	r := reportOf(stream, d, report.Operation)
	if !s.Now().Before(stream.LeaseUntil) {
		// Frozen between the claim and here: somebody may have settled the claim by now.
		r.Event, r.Detail = report.Unknown, "the lease ended before the call"
		return r, nil
	}
	err := s.call(ctx, o, d, until)
	now := s.Now()
	switch {
	case err == nil:
		s.record(ctx, &r, stream, func(fresh ledger.Item) (ledger.Item, ledger.Entry) { return fresh.Accepted(now) })
		s.follow(ctx, &r, stream, d)
	case scaling.DefinitelyRefused(err):
		r.Event, r.Detail = report.Refused, err.Error()
		s.record(ctx, &r, stream, func(fresh ledger.Item) (ledger.Item, ledger.Entry) {
			return fresh.RefusedBy(err, o.Alarm, now) // it is the alarm that asked that must ask again
		})
	default:
		r.Event, r.Detail = report.Unknown, err.Error()
		s.record(ctx, &r, stream, func(fresh ledger.Item) (ledger.Item, ledger.Entry) {
			return fresh.OutcomeIsUnknown(now, err.Error())
		})
	}
	return r, nil
}

// How much longer than an invocation its lease lasts, and how long before the lease ends the invocation makes no further call.
const (
	leaseMargin = 2 * scaling.MaxClockError // as far as the clock of who looks whether it has ended may be ahead of ours
	lastCall    = leaseMargin + 5*time.Second
)

// call makes the UpdateShardCount call. The service takes ten of them a second from an account, so a
// throttled call is tried again while the invocation lasts. The service has the same error code for its
// limits of the day; a call that those refuse fails at each try.
func (s *Scaler) call(ctx context.Context, o scaling.Observation, d scaling.Decision, until time.Time) error {
	return s.retryThrottled(ctx, o.Stream.Name, until, func() error { return s.Streams.UpdateShardCount(ctx, o.Stream, d.Target) })
}

// Bounds of calls that come too fast.
const (
	mostCalls    = 12 // where a limit of the day refuses the call, more tries change nothing
	shortestWait = time.Second
)

// retryThrottled makes a call, and tries it again for as long as it is throttled, until a time. It
// waits a fifth to two fifths of the time that is left: long at first, so that a storm of alarms
// spends few calls on waiting, and shorter towards the end, so that who has waited longest comes
// before those who have just arrived.
func (s *Scaler) retryThrottled(ctx context.Context, stream string, until time.Time, call func() error) error {
	for attempt := 1; ; attempt++ {
		err := call()
		tooFast := errors.Is(err, scaling.ErrThrottled) || errors.Is(err, scaling.ErrLimitExceeded)
		if !tooFast || !scaling.DefinitelyRefused(err) || s.Wait == nil || attempt == mostCalls {
			return err
		}
		part := until.Sub(s.Now()) / 5
		pause := max(part+scaling.Jitter(stream+strconv.Itoa(attempt), part), shortestWait)
		if s.Now().Add(pause).After(until) || s.Wait(ctx, pause) != nil || s.Now().After(until) {
			return err
		}
	}
}

// record writes the next step of the operation that this invocation has claimed. Somebody may
// have changed other parts of the item meanwhile, so the step is taken on a fresh copy; it is
// dropped if the operation is no longer ours.
func (s *Scaler) record(ctx context.Context, r *report.Report, claimed ledger.Item, step func(ledger.Item) (ledger.Item, ledger.Entry)) {
	fresh := claimed
	for range claimAttempts {
		next, entry := step(fresh)
		_, err := s.Registry.Save(ctx, next, entry)
		if err == nil {
			return
		}
		if errors.Is(err, ledger.ErrConflict) {
			fresh, err = s.Registry.Load(ctx, claimed.Name)
		}
		if err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("record the outcome for %s, left to the reconciler: %w", claimed.Name, err))
			return
		}
		if !fresh.InFlightUnder(claimed.Fence) {
			return
		}
	}
	r.Faults = append(r.Faults, fmt.Errorf("record the outcome for %s, left to the reconciler: %w %d times", claimed.Name, ledger.ErrConflict, claimAttempts))
}

// follow gives the alarms the new shard count and raises the consumer's concurrency, each as
// far as the quotas allow now. The reconciler checks both when the stream is ACTIVE.
func (s *Scaler) follow(ctx context.Context, r *report.Report, stream ledger.Item, d scaling.Decision) {
	if err := s.Alarms.Update(ctx, stream.AlarmWantAt(d.Target)); err != nil {
		r.Faults = append(r.Faults, fmt.Errorf("update the alarms of %s: %w", stream.Name, err))
	}
	if d.Direction != scaling.Up || stream.Settings.Consumer == "" {
		return
	}
	if err := s.raiseConsumer(ctx, stream.Name, stream.Settings, d.Target); err != nil {
		r.Faults = append(r.Faults, fmt.Errorf("raise the concurrency of %s for %s: %w", stream.Settings.Consumer, stream.Name, err))
	}
}

// raiseConsumer reserves what the target needs, never less than is reserved already. A consumer that somebody
// stopped, or that is another stream's, is the reconciler's to tell of.
func (s *Scaler) raiseConsumer(ctx context.Context, stream string, settings scaling.Settings, target int) error {
	fleet, err := s.Registry.Fleet(ctx)
	if err != nil {
		return err
	}
	if owner, err := s.Registry.ConsumerOwner(ctx, settings.Consumer); err != nil || owner != "" && owner != stream {
		return err
	}
	concurrency, set, err := s.Consumers.Reserved(ctx, settings.Consumer)
	if err != nil {
		return err
	}
	has := scaling.Reservation{Concurrency: concurrency, Set: set}
	want := fleet.Account.ConsumerConcurrency(settings.ConsumerConcurrency(target), has)
	if want.Concurrency <= has.Concurrency {
		return nil
	}
	return s.Consumers.Reserve(ctx, settings.Consumer, want.Concurrency)
}

// LeaseFor returns how long a claim's lease lasts when Lambda ends the invocation after timeout: as long,
// and as much more as two clocks may differ.
func LeaseFor(timeout time.Duration) time.Duration { return timeout + leaseMargin }
