package main

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// books are what is measured of a fleet, from a time on.
type books struct {
	from    time.Time
	numbers simulate.Numbers
	world   *simulate.World

	active    map[string]time.Time // when operations ended at the service that are not settled yet, by stream
	settled   []time.Duration      // from there until the operation is settled and both alarms are true
	looked    map[string]time.Time // when the reconciler last looked at each stream
	gap       time.Duration        // the longest between two looks at a stream
	sweepAge  time.Duration        // the longest since a sweep began that has ended
	unswept   bool                 // at some time no sweep had ended yet
	calls     map[string]int       // of services, by API
	throttled int                  // calls that came too fast
	reads     int                  // of the table
	writes    int                  // of items of streams
	claims    int
	small     int              // writes of other items
	spent     map[string]*span // by invocation
}

// itemsPage is how many items the sweep reads with one request, at most.
const itemsPage = 100

// span is from when until when an invocation made calls.
type span struct{ first, last time.Time }

func newBooks(from time.Time, numbers simulate.Numbers) *books {
	return &books{
		from: from, numbers: numbers, active: map[string]time.Time{}, looked: map[string]time.Time{},
		calls: map[string]int{}, spent: map[string]*span{},
	}
}

// accepted notes when an operation will end.
func (b *books) accepted(o simulate.Operation) {
	if ends := start().Add(time.Duration(o.Minute+b.numbers.ReshardTakes(o.From, o.To)) * time.Minute); !ends.Before(b.from) {
		b.active[o.Stream] = ends
	}
}

// called notes a call.
func (b *books) called(ctx context.Context, c simulate.Call, err error) simulate.Fault {
	if c.API == "DescribeStreamSummary" && c.Function == simulate.Reconciler {
		if last, before := b.looked[c.Stream]; before && !c.At.Before(b.from) {
			b.gap = max(b.gap, c.At.Sub(last))
		}
		b.looked[c.Stream] = c.At
	}
	if c.At.Before(b.from) {
		return simulate.Fault{}
	}
	s := b.spent[c.Request]
	if s == nil {
		s = &span{first: c.At.Add(-b.numbers.Latency)}
		b.spent[c.Request] = s
	}
	s.last = c.At
	switch {
	case c.Service != simulate.DynamoDB:
		b.calls[c.API]++
		if err != nil {
			b.throttled++
		}
	case c.API == "Save":
		b.writes++
		if err == nil {
			b.saved(ctx, c)
		}
	case c.API == "Claim":
		b.claims++
	case c.API == "SaveFleet", c.API == "SaveLease":
		b.small++
	case c.API == "Items":
		b.reads += itemsPage
	default:
		b.reads++
	}
	return simulate.Fault{}
}

// saved notes that an operation is settled, once its stream's alarms are true as well.
func (b *books) saved(ctx context.Context, c simulate.Call) {
	ends, pending := b.active[c.Stream]
	if !pending || c.At.Before(ends) {
		return
	}
	sum, err := b.world.Describe(c.Stream)
	if err != nil || b.world.AlarmShards(c.Stream, scaling.Up) != sum.OpenShards || b.world.AlarmShards(c.Stream, scaling.Down) != sum.OpenShards {
		return
	}
	if item, err := b.world.Registry().Load(ctx, c.Stream); err != nil || item.InFlight != nil {
		return
	}
	delete(b.active, c.Stream)
	b.settled = append(b.settled, c.At.Sub(ends))
}

// minute looks at the fleet's item, after each minute.
func (b *books) minute(ctx context.Context) error {
	now := b.world.Now()
	if now.Before(b.from) {
		return nil
	}
	fleet, err := b.world.Registry().Fleet(ctx)
	if err != nil {
		return err
	}
	if fleet.Swept.IsZero() {
		b.unswept = true
		return nil
	}
	b.sweepAge = max(b.sweepAge, now.Sub(fleet.Swept))
	return nil
}

// oldest is the longest gap between two looks, those that still last included.
func (b *books) oldest() time.Duration {
	gap := b.gap
	for _, at := range b.looked {
		gap = max(gap, b.world.Now().Sub(at))
	}
	return gap
}

// lambda is how long the functions ran.
func (b *books) lambda() time.Duration {
	var all time.Duration
	for _, s := range b.spent {
		all += s.last.Sub(s.first)
	}
	return all
}
