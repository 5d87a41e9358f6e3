package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Owners is where it is kept whose consumer a function is.
type Owners interface {
	ConsumerOwner(ctx context.Context, function string) (stream string, err error)
	OwnConsumer(ctx context.Context, function, stream, before string) error
}

// fitConsumer gives the consumer the concurrency of the open shards: lower after a scale-down, or higher
// where the scaler could not raise it; and what it was before somebody else changed it. It takes what it
// reserves from the account's room, for the streams that come after. A dry run reserves nothing.
func (r *Reconciler) fitConsumer(ctx context.Context, v *visit, account *scaling.Account) {
	function := v.stream.Settings.Consumer
	if function == "" || v.stream.Settings.Mode == scaling.ModeDryRun {
		r.tellConsumer(v, ledger.ConsumerWell, "")
		return
	}
	ideal := v.stream.Settings.ConsumerConcurrency(v.stream.OpenShards)
	fitted := v.stream.Consumer == ledger.ConsumerHeld{Function: function, Concurrency: ideal}
	concurrency, set, err := r.Consumers.Reserved(ctx, function)
	if err != nil {
		if !fitted || !errors.Is(err, scaling.ErrThrottled) { // of one that was right, drift is looked for next time
			v.fault("read the concurrency of "+function+", the consumer", err)
		}
		return
	}
	has := scaling.Reservation{Concurrency: concurrency, Set: set}
	if has == (scaling.Reservation{Concurrency: ideal, Set: true}) {
		v.stream.Consumer = ledger.ConsumerHeld{Function: function, Concurrency: ideal}
		r.tellConsumer(v, ledger.ConsumerWell, "")
		return
	}
	if !r.mayFit(ctx, v, has, fitted, ideal) {
		return
	}
	r.reserve(ctx, v, account, has, ideal, fitted)
}

// mayFit reports whether the consumer's reservation is this stream's to change now, and tells why not.
func (r *Reconciler) mayFit(ctx context.Context, v *visit, has scaling.Reservation, fitted bool, ideal int) bool {
	switch {
	case has.Stopped():
		r.tellConsumer(v, ledger.ConsumerStopped, "somebody stopped it, with a reservation of 0. It is left so; give it any other reservation, or none, and it follows the shards again")
		return false
	case fitted && v.stream.Settings.ConsumerDrift == scaling.DriftTell:
		r.tellConsumer(v, ledger.ConsumerDrifted, fmt.Sprintf("somebody changed its reservation from %d to %s. It is left so until the shards change, as consumer-drift says", ideal, reserved(has)))
		return false
	}
	if owner, own := r.owns(ctx, v); !own {
		if owner != "" {
			r.tellConsumer(v, ledger.ConsumerShared, fmt.Sprintf("it is the consumer of stream %s too, and follows that one's shards. Name it in the tags of one stream only", owner))
		}
		return false
	}
	return !has.Set || ideal >= has.Concurrency || r.caughtUp(ctx, v)
}

// owns reports whether the function is this stream's consumer, and whose it is if not. The first stream that
// is fitted has it, for as long as it names it.
func (r *Reconciler) owns(ctx context.Context, v *visit) (owner string, own bool) {
	function := v.stream.Settings.Consumer
	owner, err := r.Owners.ConsumerOwner(ctx, function)
	if err == nil && owner != "" && owner != v.name {
		other, loadErr := r.Registry.Load(ctx, owner)
		if err = loadErr; err == nil && other.Status != ledger.Unenrolled && other.Settings.Consumer == function {
			return owner, false
		}
		if errors.Is(err, ledger.ErrNotEnrolled) {
			err = nil
		}
	}
	if err == nil && owner != v.name {
		err = r.Owners.OwnConsumer(ctx, function, v.name, owner)
	}
	v.fault("find whose consumer "+function+" is", err)
	return "", err == nil
}

// smallLag is the lag below which a consumer has caught up.
const smallLag = 5 * time.Minute

// lagMinutes is how far back the lag is looked at: metrics are seen a few minutes late.
const lagMinutes = 10

// caughtUp reports whether the consumer can do with less. What it still has to read was written before the
// last resharding as long as its lag reaches back to that: then closed shards are unread, and each of them
// wants an invocation of its own. No word of any lag is no word of none.
func (r *Reconciler) caughtUp(ctx context.Context, v *visit) bool {
	s := v.stream.Settings
	if s.IteratorAgeMinutes == 0 { // lag is nobody's concern
		return true
	}
	to := v.now.Truncate(time.Minute)
	lag, known, err := r.Metrics.Lag(ctx, v.name, s, to.Add(-lagMinutes*time.Minute), to)
	if err != nil {
		v.fault("read the lag", err)
		return false
	}
	if !known {
		r.tellConsumer(v, ledger.ConsumerUnseen, "its reservation is not lowered, since no metric tells how far behind it is. Name its fan-out consumer in fan-out-consumers, or set iterator-age-minutes to 0")
		return false
	}
	limit := min(smallLag, time.Duration(s.IteratorAgeMinutes)*time.Minute)
	if last, found := v.stream.Operations.Newest(); found {
		limit = min(limit, v.now.Sub(last.At))
	}
	return lag < limit
}

// reserve reserves for the consumer what it wants and the account has room for. What Lambda says when it
// refuses is remembered for the account, and tried once more.
func (r *Reconciler) reserve(ctx context.Context, v *visit, account *scaling.Account, has scaling.Reservation, ideal int, fitted bool) {
	function := v.stream.Settings.Consumer
	for attempt := 1; ; attempt++ {
		want := account.ConsumerConcurrency(ideal, has)
		if want == has {
			v.stream.Consumer = ledger.ConsumerHeld{Function: function, Concurrency: has.Concurrency}
			if !has.Set {
				v.stream.Consumer = ledger.ConsumerHeld{}
				r.tellConsumer(v, ledger.ConsumerNoRoom, fmt.Sprintf("%d should be reserved for it, and the account has %d unreserved, of which Lambda wants %d left. It is left without a reservation",
					ideal, account.UnreservedConcurrency, account.LeastUnreserved))
			}
			return
		}
		if err := r.forgetConsumer(ctx, v); err != nil {
			v.fault("note that the concurrency of "+function+", the consumer, changes", err)
			return
		}
		err := r.Consumers.Reserve(ctx, function, want.Concurrency)
		if short, told := errors.AsType[scaling.UnreservedError](err); told && attempt == 1 && account.LeastUnreserved != short.Least {
			account.LeastUnreserved = short.Least
			continue
		}
		if err != nil {
			v.fault("fit the concurrency of "+function+", the consumer", err)
			return
		}
		account.UnreservedConcurrency -= want.Concurrency - has.Concurrency
		v.stream.Consumer = ledger.ConsumerHeld{Function: function, Concurrency: want.Concurrency}
		v.repaired = true
		r.tellConsumer(v, ledger.ConsumerWell, "")
		if fitted {
			v.hasMended(v.stream.ConsumerSetBack(fmt.Sprintf("somebody changed its reservation from %d to %s; it is set back", ideal, reserved(has)), v.now, r.Actor))
		}
		return
	}
}

// tellConsumer keeps what the trouble with the consumer is, and tells of it once.
func (r *Reconciler) tellConsumer(v *visit, trouble ledger.ConsumerTrouble, detail string) {
	var told []ledger.Entry
	v.stream, told = v.stream.ConsumerTold(trouble, detail, v.now, r.Actor)
	v.entries = append(v.entries, told...)
}

func reserved(has scaling.Reservation) string {
	if !has.Set {
		return "none"
	}
	return fmt.Sprint(has.Concurrency)
}

// forgetConsumer writes that the consumer's concurrency is not known, before it is changed.
// Otherwise, if this look is not saved, the item would keep a concurrency that the function no longer
// has, and a later look that wants just that one would not set it.
func (r *Reconciler) forgetConsumer(ctx context.Context, v *visit) error {
	if v.held == (ledger.ConsumerHeld{}) {
		return nil
	}
	v.stream.Consumer = ledger.ConsumerHeld{}
	saved, err := r.Registry.Save(ctx, v.stream, v.entries...)
	if err == nil {
		v.stream, v.held = saved, ledger.ConsumerHeld{}
	}
	return err
}
