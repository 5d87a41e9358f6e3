package reconciler

import (
	"context"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// fitConsumer gives the consumer the concurrency of the open shards: lower after a scale-down,
// or higher where the scaler could not raise it. It subtracts what it reserves from
// what the account has left, since the next streams have that much less. A dry run reserves nothing.
func (r *Reconciler) fitConsumer(ctx context.Context, v *visit, account *scaling.Account) {
	function := v.stream.Settings.Consumer
	ideal := v.stream.Settings.ConsumerConcurrency(v.stream.OpenShards)
	if function == "" || v.stream.Settings.Mode == scaling.ModeDryRun ||
		v.stream.Consumer == (ledger.ConsumerHeld{Function: function, Concurrency: ideal}) {
		return
	}
	reserved, _, err := r.Consumers.Reserved(ctx, function)
	if err != nil {
		v.fault("read the concurrency of "+function+", the consumer", err)
		return
	}
	want := account.ConsumerConcurrency(ideal, reserved)
	if want != reserved {
		if err := r.forgetConsumer(ctx, v); err != nil {
			v.fault("note that the concurrency of "+function+", the consumer, changes", err)
			return
		}
		if err := r.Consumers.Reserve(ctx, function, want); err != nil {
			v.fault("fit the concurrency of "+function+", the consumer", err)
			return
		}
		account.UnreservedConcurrency -= want - reserved
		v.repaired = true
	}
	v.stream.Consumer = ledger.ConsumerHeld{Function: function, Concurrency: want}
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
		v.stream = saved
	}
	return err
}
