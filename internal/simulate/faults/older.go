package faults

// Two versions of the code side by side, as while a new one is deployed. The older one does not know the newer
// attributes of an item: it does not read them, and its writes leave them as they are.

import (
	"context"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// older draws whether an invocation that begins now is of the older version: half of them in an hour of a deployment.
func (r *run) older(function string) bool {
	if !r.trouble() || r.plan.drawn(fmt.Sprintf("deployment of %d", r.minute/60)).IntN(6) != 0 {
		return false
	}
	return r.plan.drawn(fmt.Sprintf("version of %s %d", function, r.minute)).IntN(2) == 0
}

// items is what each use case does with items of streams.
type items interface {
	Load(ctx context.Context, stream string) (ledger.Item, error)
	Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
}

// older reads and writes items as the older version does.
type older struct {
	items

	run *run
}

// Load reads what the older version knows.
func (o older) Load(ctx context.Context, stream string) (ledger.Item, error) {
	item, err := o.items.Load(ctx, stream)
	return forgotten(item), err
}

// Save writes what the older version knows.
func (o older) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	saved, err := o.items.Save(ctx, o.kept(s), entries...)
	if err == nil {
		o.run.auditor.rare("an older version wrote an item")
	}
	return forgotten(saved), err
}

// kept returns an item with the newer attributes that the table has.
func (o older) kept(s ledger.Item) ledger.Item {
	now, err := o.run.auditor.table.load(s.Name)
	if err != nil {
		return s
	}
	return withNewer(s, now)
}

// forgotten returns an item without the newer attributes.
func forgotten(s ledger.Item) ledger.Item { return withNewer(s, ledger.Item{}) }

// withNewer returns an item with the newer attributes of another.
func withNewer(s, other ledger.Item) ledger.Item {
	s.FailedClaims, s.Longest, s.Draining, s.LastDrain = other.FailedClaims, other.Longest, other.Draining, other.LastDrain
	s.Trouble, s.LagTold, s.Opposed, s.Recuts = other.Trouble, other.LagTold, other.Opposed, other.Recuts
	return s
}

// olderReconciler is the reconciler's registry, of the older version.
type olderReconciler struct {
	reconciler.Registry

	older older
}

// Load reads what the older version knows.
func (o olderReconciler) Load(ctx context.Context, stream string) (ledger.Item, error) {
	return o.older.Load(ctx, stream)
}

// Save writes what the older version knows.
func (o olderReconciler) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	return o.older.Save(ctx, s, entries...)
}

// olderScaler is the scaler's registry, of the older version.
type olderScaler struct {
	scaler.Registry

	older older
}

// Load reads what the older version knows.
func (o olderScaler) Load(ctx context.Context, stream string) (ledger.Item, error) {
	return o.older.Load(ctx, stream)
}

// Save writes what the older version knows.
func (o olderScaler) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	return o.older.Save(ctx, s, entries...)
}

// Claim writes what the older version knows.
func (o olderScaler) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	claimed, err := o.Registry.Claim(ctx, o.older.kept(s), c)
	return forgotten(claimed), err
}
