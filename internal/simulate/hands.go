package simulate

import (
	"fmt"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// SizeItself gives an on-demand stream another size, as the service does by itself: no call and no event tell of it.
func (w *World) SizeItself(name string, shards int) error {
	s, err := w.kinesis.find(name)
	if err != nil {
		return err
	}
	if !s.OnDemand || s.status != scaling.StatusActive {
		return fmt.Errorf("the service sizes %s: it is %s, on-demand %t: %w", name, s.status, s.OnDemand, scaling.ErrRefused)
	}
	s.update(profile.Even(shards), w.minute+w.numbers.ReshardMinutes)
	return nil
}

// DeleteAlarm deletes one of a stream's two alarms. None there is no error.
func (w *World) DeleteAlarm(stream string, dir scaling.Direction) {
	w.cloudwatch.remove(scaling.AlarmName(stream, dir))
}

// EnableAlarm is DisableAlarmActions for one of a stream's two alarms, or EnableAlarmActions. None there is no error.
func (w *World) EnableAlarm(stream string, dir scaling.Direction, enabled bool) {
	if a := w.cloudwatch.alarms[scaling.AlarmName(stream, dir)]; a != nil {
		a.disabled = !enabled
	}
}

// EditAlarm changes the definition of one of a stream's two alarms, as somebody does in the console. Its state stays.
func (w *World) EditAlarm(stream string, dir scaling.Direction, edit func(d *metricmath.Definition)) error {
	a := w.cloudwatch.alarms[scaling.AlarmName(stream, dir)]
	if a == nil {
		return fmt.Errorf("change the scale-%s alarm of %s: %w", dir, stream, scaling.ErrStreamNotFound)
	}
	d := a.Definition()
	d.Queries = slices.Clone(d.Queries)
	edit(&d)
	if err := a.Put(d); err != nil {
		return fmt.Errorf("change the scale-%s alarm of %s: %w", dir, stream, err)
	}
	a.want = scaling.AlarmWant{}
	return nil
}
