package scaler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// act makes the call that was claimed and records how it went. From here on nothing is an
// error of the invocation: the claim is written, and the reconciler finishes what is left.
func (s *Scaler) act(ctx context.Context, stream scaling.Stream, o scaling.Observation, d scaling.Decision) (scaling.Report, error) {
	r := report(stream, d, scaling.EventOperation)
	if !s.Now().Before(stream.LeaseUntil) {
		// Frozen between the claim and here: somebody may have settled the claim by now.
		r.Event, r.Detail = scaling.EventUnknown, "the lease ended before the call"
		return r, nil
	}
	err := s.call(ctx, stream, o, d)
	now := s.Now()
	switch {
	case err == nil:
		s.record(ctx, &r, stream, func(fresh scaling.Stream) (scaling.Stream, scaling.Entry) { return fresh.Accepted(now) })
		s.follow(ctx, &r, stream, d)
	case scaling.DefinitelyRefused(err):
		r.Event, r.Detail = scaling.EventRefused, err.Error()
		s.record(ctx, &r, stream, func(fresh scaling.Stream) (scaling.Stream, scaling.Entry) {
			return fresh.RefusedBy(err, o.Alarm, now) // it is the alarm that asked that must ask again
		})
	default:
		r.Event, r.Detail = scaling.EventUnknown, err.Error()
		s.record(ctx, &r, stream, func(fresh scaling.Stream) (scaling.Stream, scaling.Entry) {
			return fresh.OutcomeIsUnknown(now, err.Error())
		})
	}
	return r, nil
}

// Waits between calls that come too fast. Together they are shorter than the service needs to
// tell a burst from a limit of the day, and far shorter than a lease.
const (
	callAttempts = 5
	firstWait    = time.Second
)

// call makes the call. UpdateShardCount takes ten calls a second from all streams of an account,
// so after a refusal for speed it is made again, a little later each time, while the lease lasts.
// The service has one code for this and for its limits of the day; those are refused each time.
func (s *Scaler) call(ctx context.Context, stream scaling.Stream, o scaling.Observation, d scaling.Decision) error {
	for attempt, wait := 1, firstWait; ; attempt, wait = attempt+1, 2*wait {
		err := s.Streams.UpdateShardCount(ctx, o.Stream, d.Target)
		tooFast := errors.Is(err, scaling.ErrThrottled) || errors.Is(err, scaling.ErrLimitExceeded)
		if !tooFast || !scaling.DefinitelyRefused(err) || s.Wait == nil || attempt == callAttempts {
			return err
		}
		pause := wait + scaling.Jitter(stream.Name, wait)
		if s.Wait(ctx, pause) != nil || !s.Now().Add(lastCall).Before(stream.LeaseUntil) {
			return err
		}
	}
}

// lastCall is how long before its lease ends an invocation makes no further call.
const lastCall = 15 * time.Second

// record writes the next step of the operation that this invocation has claimed. Somebody may
// have changed other parts of the item meanwhile, so the step is taken on a fresh copy; it is
// dropped if the operation is no longer ours.
func (s *Scaler) record(ctx context.Context, r *scaling.Report, claimed scaling.Stream, step func(scaling.Stream) (scaling.Stream, scaling.Entry)) {
	fresh := claimed
	for range claimAttempts {
		next, entry := step(fresh)
		_, err := s.Registry.Save(ctx, next, entry)
		if err == nil {
			return
		}
		if errors.Is(err, scaling.ErrConflict) {
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
	r.Faults = append(r.Faults, fmt.Errorf("record the outcome for %s, left to the reconciler: %w %d times", claimed.Name, scaling.ErrConflict, claimAttempts))
}

// follow gives the alarms the new shard count and raises the consumer's concurrency, each as
// far as the quotas allow now. The reconciler checks both when the stream is ACTIVE.
func (s *Scaler) follow(ctx context.Context, r *scaling.Report, stream scaling.Stream, d scaling.Decision) {
	want := scaling.AlarmWant{Stream: stream.Name, OpenShards: d.Target, Settings: stream.Settings}
	if err := s.Alarms.Update(ctx, want); err != nil {
		r.Faults = append(r.Faults, fmt.Errorf("update the alarms of %s: %w", stream.Name, err))
	}
	if d.Direction != scaling.Up || stream.Settings.Consumer == "" {
		return
	}
	if err := s.raiseConsumer(ctx, stream.Settings, d.Target); err != nil {
		r.Faults = append(r.Faults, fmt.Errorf("raise the concurrency of %s for %s: %w", stream.Settings.Consumer, stream.Name, err))
	}
}

// raiseConsumer reserves what the target needs, never less than is reserved already.
func (s *Scaler) raiseConsumer(ctx context.Context, settings scaling.Settings, target int) error {
	fleet, err := s.Registry.Fleet(ctx)
	if err != nil {
		return err
	}
	reserved, _, err := s.Consumers.Reserved(ctx, settings.Consumer)
	if err != nil {
		return err
	}
	want := fleet.Account.ConsumerConcurrency(settings.ConsumerConcurrency(target), reserved)
	if want <= reserved {
		return nil
	}
	return s.Consumers.Reserve(ctx, settings.Consumer, want)
}

// LeaseFor is the lease of an invocation that ends by a deadline: until then, and a margin for
// clocks that differ by seconds.
func LeaseFor(timeout time.Duration) time.Duration { return timeout + 10*time.Second }
