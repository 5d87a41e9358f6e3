package faults

// What people do to single alarms.

import (
	"math/rand/v2"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// alarmHands draws what people do to one of a stream's two alarms, in one of four plans.
func (p Plan) alarmHands() []Action {
	r := p.drawn("alarms")
	if r.IntN(4) != 0 {
		return nil
	}
	var all []Action
	for range 1 + r.IntN(3*len(p.Streams)) {
		name, dir := p.Streams[r.IntN(len(p.Streams))].Name, []scaling.Direction{scaling.Up, scaling.Down}[r.IntN(2)]
		kind, do := someAlarmEdit(r, name, dir)
		all = append(all, within(r, p.minute(r), name).does(kind, do))
	}
	return all
}

// someAlarmEdit draws what somebody does to an alarm. Renaming is deleting here: CloudWatch has no other way.
func someAlarmEdit(r *rand.Rand, name string, dir scaling.Direction) (kind string, do func(w *simulate.World) error) {
	edit := func(change func(d *metricmath.Definition)) func(w *simulate.World) error {
		return func(w *simulate.World) error { return w.EditAlarm(name, dir, change) }
	}
	threshold, periods := []float64{-1, 0, 0.01, 1, 1e9}[r.IntN(5)], 1+r.IntN(20)
	switch r.IntN(7) {
	case 0:
		return "delete one alarm", func(w *simulate.World) error { w.DeleteAlarm(name, dir); return nil }
	case 1:
		return "disable one alarm", func(w *simulate.World) error { w.EnableAlarm(name, dir, false); return nil }
	case 2:
		return "change an alarm's threshold", edit(func(d *metricmath.Definition) { d.Threshold = threshold })
	case 3:
		return "change an alarm's periods", edit(func(d *metricmath.Definition) { d.EvaluationPeriods, d.DatapointsToAlarm = periods, 1 })
	case 4:
		return "turn an alarm round", edit(func(d *metricmath.Definition) {
			if d.ComparisonOperator = metricmath.LessThanThreshold; dir == scaling.Down {
				d.ComparisonOperator = metricmath.GreaterThanOrEqualToThreshold
			}
		})
	case 5:
		return "change what an alarm makes of missing data", edit(func(d *metricmath.Definition) { d.TreatMissingData = "breaching" })
	}
	return "change an alarm's expression", edit(func(d *metricmath.Definition) {
		for i := range d.Queries {
			if d.Queries[i].ReturnData {
				d.Queries[i].Expression = "m1 * 0 + 1"
			}
		}
	})
}
