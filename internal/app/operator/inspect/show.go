package inspect

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Details is everything that is known of one stream.
type Details struct {
	Row

	Item     ledger.Item
	Settings []Sourced   // that are in force
	Next     []Sourced   // what was set since these were put in force
	Slots    []time.Time // when each used operation of the rolling 24 hours comes back, the earliest first
	Pair     scaling.AlarmPair
	Fault    error // why the alarms could not be read; nil: they were
}

// Show reads one stream, in four calls: its item, the pause, and its alarms. A stream without an item gives
// [ledger.ErrNotEnrolled].
func Show(ctx context.Context, w World, stream string, now time.Time) (Details, error) {
	item, err := w.Registry.Load(ctx, stream)
	if err != nil {
		return Details{}, err
	}
	pause, err := w.Registry.Paused(ctx)
	if err != nil {
		return Details{}, err
	}
	d := Details{Row: rowOf(item, pause, now), Item: item, Settings: Sources(item, now), Next: Next(item, now), Slots: slots(item.Operations, now)}
	pairs, err := w.Alarms.Status(ctx, []scaling.AlarmWant{item.AlarmKept()})
	if err != nil {
		d.Fault = fmt.Errorf("read the alarms: %w", err)
	}
	d.Pair = pairs[stream]
	return d, nil
}

// slots is when each operation of the rolling 24 hours stops counting, the earliest first.
func slots(ops scaling.Operations, now time.Time) []time.Time {
	var all []time.Time
	for used := ops.Used(now); used > 0; used-- {
		all = append(all, ops.FreeAt(now, used))
	}
	return all
}
