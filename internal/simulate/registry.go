package simulate

import (
	"context"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// registryPort is the registry in memory, as far away as DynamoDB is. Each method is one request.
type registryPort struct{ *invocation }

// written writes an item at the time that the invocation's own clock has.
func (p registryPort) written(write func() (ledger.Item, error)) (ledger.Item, error) {
	p.world.off = p.skew
	defer func() { p.world.off = 0 }()
	return write()
}

// Load reads a stream's item.
func (p registryPort) Load(ctx context.Context, stream string) (ledger.Item, error) {
	return call(p.invocation, DynamoDB, "Load", stream, func() (ledger.Item, error) { return p.world.registry.Load(ctx, stream) })
}

// Save writes a stream's item and entries of its history.
func (p registryPort) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	return call(p.invocation, DynamoDB, "Save", s.Name, func() (ledger.Item, error) {
		return p.written(func() (ledger.Item, error) { return p.world.registry.Save(ctx, s, entries...) })
	})
}

// SaveOverrides writes what people have set.
func (p registryPort) SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	return call(p.invocation, DynamoDB, "SaveOverrides", before.Name, func() (ledger.Item, error) {
		return p.world.registry.SaveOverrides(ctx, before, after, entries...)
	})
}

// Claim takes the right to act.
func (p registryPort) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	return call(p.invocation, DynamoDB, "Claim", s.Name, func() (ledger.Item, error) {
		return p.written(func() (ledger.Item, error) { return p.world.registry.Claim(ctx, s, c) })
	})
}

// Items reads the items of many streams: a hundred in each request.
func (p registryPort) Items(ctx context.Context, names ...string) (items []ledger.Item, err error) {
	for part := range slices.Chunk(names, 100) {
		read, err := call(p.invocation, DynamoDB, "Items", "", func() ([]ledger.Item, error) { return p.world.registry.Items(ctx, part...) })
		if err != nil {
			return nil, err
		}
		items = append(items, read...)
	}
	return items, nil
}

// Due asks for the streams that are due.
func (p registryPort) Due(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return call(p.invocation, DynamoDB, "Due", "", func() ([]string, error) { return p.world.registry.Due(ctx, now, limit) })
}

// Unfinished asks for the streams with an operation in flight, and when the next of them is due.
func (p registryPort) Unfinished(ctx context.Context, now time.Time) (due []string, next time.Time, err error) {
	due, err = call(p.invocation, DynamoDB, "Unfinished", "", func() ([]string, error) {
		due, at, err := p.world.registry.Unfinished(ctx, now)
		next = at
		return due, err
	})
	return due, next, err
}

// Fleet reads the fleet's item.
func (p registryPort) Fleet(ctx context.Context) (ledger.Fleet, error) {
	return call(p.invocation, DynamoDB, "Fleet", "", func() (ledger.Fleet, error) { return p.world.registry.Fleet(ctx) })
}

// Paused reads whether all resharding is paused.
func (p registryPort) Paused(ctx context.Context) (ledger.Pause, error) {
	return call(p.invocation, DynamoDB, "Paused", "", func() (ledger.Pause, error) { return p.world.registry.Paused(ctx) })
}

// Lease reads the reconciler's lease.
func (p registryPort) Lease(ctx context.Context) (ledger.Lease, error) {
	return call(p.invocation, DynamoDB, "Lease", "", func() (ledger.Lease, error) { return p.world.registry.Lease(ctx) })
}

// SaveLease writes the reconciler's lease.
func (p registryPort) SaveLease(ctx context.Context, l ledger.Lease) (ledger.Lease, error) {
	return call(p.invocation, DynamoDB, "SaveLease", "", func() (ledger.Lease, error) { return p.world.registry.SaveLease(ctx, l) })
}

// SaveFleet writes the fleet's item.
func (p registryPort) SaveFleet(ctx context.Context, f ledger.Fleet) error {
	_, err := call(p.invocation, DynamoDB, "SaveFleet", "", func() (none, error) { return none{}, p.world.registry.SaveFleet(ctx, f) })
	return err
}

// ConsumerOwner reads whose consumer a function is.
func (p registryPort) ConsumerOwner(ctx context.Context, function string) (string, error) {
	return call(p.invocation, DynamoDB, "ConsumerOwner", "", func() (string, error) { return p.world.registry.ConsumerOwner(ctx, function) })
}

// OwnConsumer writes whose consumer a function is.
func (p registryPort) OwnConsumer(ctx context.Context, function, stream, before string) error {
	_, err := call(p.invocation, DynamoDB, "OwnConsumer", stream, func() (none, error) {
		return none{}, p.world.registry.OwnConsumer(ctx, function, stream, before)
	})
	return err
}
