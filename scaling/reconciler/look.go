package reconciler

import (
	"context"
	"errors"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// look loads a stream and brings its item up to date with the stream itself.
func (r *Reconciler) look(ctx context.Context, name string) *visit {
	v := &visit{name: name, now: r.Now()}
	if v.stream, v.err = r.Registry.Load(ctx, name); v.err != nil {
		return v
	}
	timed := v.stream.Timed
	if r.takeAwayEnded(ctx, v); v.err != nil {
		return v
	}
	v.stream = r.Rules.Elapsed(v.stream, timed, v.now)
	v.held, v.seenBefore = v.stream.Consumer, v.stream.SeenAt
	v.summary, v.err = r.Streams.Describe(ctx, name)
	gone := errors.Is(v.err, scaling.ErrStreamNotFound) || v.err == nil && v.summary.Status == scaling.StatusDeleting
	switch {
	case gone:
		v.err = nil
		r.cleanUp(v)
	case v.err != nil:
	default:
		var entries, settled []ledger.Entry
		v.stream, v.entries = v.stream.Mended(v.now, r.Actor)
		v.stream, settled, _ = v.stream.Settle(v.summary, v.now)
		v.entries = append(v.entries, settled...)
		if v.settled = len(settled) > 0; v.settled {
			v.stream.Consumer = ledger.ConsumerHeld{} // the scaler may have raised it, whatever came of it
		}
		if v.stream.Status != ledger.Unenrolled {
			tags := r.tagsOf(ctx, v)
			if v.err != nil {
				return v
			}
			v.stream, entries = r.Rules.Refresh(v.stream, v.summary, tags, v.now, r.Actor)
			v.entries = append(v.entries, entries...)
			v.stream = v.stream.Seen(v.summary, v.now)
			r.askAgain(ctx, v)
		}
	}
	return v
}

// tagsOf returns the tags that the item holds: events and the sweep keep them true. Before a stream is let go of for
// them, it is asked itself, since somebody may have edited the item; and so is one that was made again under its name: the
// tags are those of the stream of before, and the events of that may be lost.
func (r *Reconciler) tagsOf(ctx context.Context, v *visit) scaling.Layer {
	if r.Rules.Wants(v.stream.Tags) && !v.stream.Recreated(v.summary) {
		return v.stream.Tags
	}
	tags, err := r.Streams.Tags(ctx, v.name)
	if err != nil {
		v.err = fmt.Errorf("read the tags: %w", err)
	}
	return scaling.TagLayer(tags)
}

// cleanUp settles and unenrolls a stream that is gone.
func (r *Reconciler) cleanUp(v *visit) {
	if v.stream.InFlight != nil {
		settled, entry := v.stream.Settled(ledger.OutcomeStreamGone, "the stream was deleted", v.now)
		v.stream, v.entries = settled, append(v.entries, entry)
	}
	gone, entries := v.stream.Unenrolled("deleted", v.now, r.Actor)
	v.stream, v.entries = gone, append(v.entries, entries...)
}

// takeAwayEnded takes timed overrides that have ended away from the item, in a write of its own: no other write touches
// what people set. They stay in the history. If somebody changes the item at this moment, the next look does it. Any
// other error is told, and the look goes on: they are not in force anyway.
func (r *Reconciler) takeAwayEnded(ctx context.Context, v *visit) {
	without, entries := v.stream.Ended(v.now, r.Actor)
	if len(entries) == 0 {
		return
	}
	saved, err := r.Registry.SaveOverrides(ctx, v.stream, without, entries...)
	switch {
	case err == nil:
		v.stream = saved
	case errors.Is(err, ledger.ErrConflict):
		v.err = fmt.Errorf("take away timed overrides that have ended: %w", err)
	default:
		v.fault("take away timed overrides that have ended", err)
	}
}
