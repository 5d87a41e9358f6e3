package simulate

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	adapter "github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// cloudwatch holds metrics and alarms.
type cloudwatch struct {
	*env

	notify  func(alarm scaler.Alarm, stream string) // what an alarm's action does
	series  map[string]*series                      // by stream; they outlive it
	alarms  map[string]*metricAlarm                 // by name
	sorted  []*metricAlarm                          // by name
	visible int64                                   // minute since 1970 of the newest metrics that are seen
}

// metricAlarm is one of ours, or one that has a name of ours.
type metricAlarm struct {
	name      string
	stream    string
	want      scaling.AlarmWant // what it was last put for
	changedAt time.Time
	evaluated scaling.Evaluation // what StateReasonData shows
	foreign   bool               // somebody else's: it notifies nobody here
	disabled  bool               // somebody took away that it notifies anybody
	*metricmath.Alarm
}

func (c *cloudwatch) seriesOf(stream string) *series {
	s := c.series[stream]
	if s == nil {
		s = &series{retention: c.numbers.MetricRetention, visible: &c.visible}
		c.series[stream] = s
	}
	s.skipTo(metricmath.Minute(c.clock.start) + int64(c.minute))
	return s
}

// Metric finds a metric of the model's streams.
func (c *cloudwatch) Metric(name metricmath.MetricName) metricmath.Metric {
	var stream, consumer string
	for _, d := range name.Dimensions {
		switch d.Name {
		case "StreamName":
			stream = d.Value
		case "ConsumerName":
			consumer = d.Value
		}
	}
	if name.Namespace != "AWS/Kinesis" || stream == "" {
		return noData{}
	}
	s := c.seriesOf(stream)
	switch name.Name {
	case "IncomingBytes", "IncomingRecords", "WriteProvisionedThroughputExceeded", "GetRecords.IteratorAgeMilliseconds":
		if consumer == "" {
			return metric{s, name.Name}
		}
	case "SubscribeToShardEvent.MillisBehindLatest":
		if slices.Contains(s.fanOut, consumer) {
			return metric{s, name.Name}
		}
	}
	return noData{}
}

// evaluate looks at every alarm, as CloudWatch does each minute.
func (c *cloudwatch) evaluate() {
	now := c.clock.time()
	c.visible = metricmath.Minute(now) - int64(c.numbers.MetricDelay)
	for _, a := range c.sorted {
		c.look(a)
	}
}

// changed takes note of a transition. Our alarms have an action for ALARM alone.
func (c *cloudwatch) changed(a *metricAlarm, t metricmath.Transition) {
	a.changedAt, a.evaluated = t.At, evaluation(a.Definition(), t)
	if hook := c.hooks.Transition; hook != nil {
		hook(Transition{At: t.At, Alarm: a.name, From: scaling.AlarmState(t.From), To: scaling.AlarmState(t.To), Reason: t.Reason})
	}
	if t.To == metricmath.InAlarm && !a.foreign && !a.disabled {
		c.notify(scaler.Alarm{Name: a.name, State: scaling.StateAlarm, TransitionAt: t.At}, a.stream)
	}
}

// evaluation is what a transition leaves in StateReasonData: nothing where somebody has set the state.
func evaluation(d metricmath.Definition, t metricmath.Transition) scaling.Evaluation {
	if len(t.Datapoints) == 0 {
		return scaling.Evaluation{}
	}
	found := scaling.Evaluation{At: t.At}
	for _, point := range t.Datapoints {
		if d.ComparisonOperator == metricmath.GreaterThanOrEqualToThreshold && point.Value >= d.Threshold ||
			d.ComparisonOperator == metricmath.LessThanThreshold && point.Value < d.Threshold {
			found.Beyond++
		}
	}
	return found
}

// put is PutMetricAlarm: a new alarm has INSUFFICIENT_DATA; one that is there keeps its state.
func (c *cloudwatch) put(want scaling.AlarmWant, dir scaling.Direction) error {
	name := scaling.AlarmName(want.Stream, dir)
	definition := adapter.Definition(want, dir)
	if a := c.alarms[name]; a != nil {
		if err := a.Put(definition); err != nil {
			return fmt.Errorf("PutMetricAlarm %s: %w: %w", name, scaling.ErrRefused, err)
		}
		a.want = want
		return nil
	}
	late := time.Duration(c.numbers.MetricDelay-1) * time.Minute
	made, err := metricmath.New(definition, c, late)
	if err != nil {
		return fmt.Errorf("PutMetricAlarm %s: %w: %w", name, scaling.ErrRefused, err)
	}
	a := &metricAlarm{name: name, stream: want.Stream, want: want, changedAt: c.clock.time(), Alarm: made}
	c.alarms[name] = a
	i, _ := slices.BinarySearchFunc(c.sorted, name, func(a *metricAlarm, name string) int { return strings.Compare(a.name, name) })
	c.sorted = slices.Insert(c.sorted, i, a)
	return nil
}

// setState is SetAlarmState. The alarm returns to its true state after Numbers.AlarmReturns, or at the next evaluation.
func (c *cloudwatch) setState(name string, state metricmath.State, reason string) error {
	a := c.alarms[name]
	if a == nil {
		return fmt.Errorf("SetAlarmState %s: %w", name, scaling.ErrStreamNotFound)
	}
	t, changed, err := a.Set(c.clock.time(), state, reason)
	if err != nil {
		return fmt.Errorf("SetAlarmState %s: %w: %w", name, scaling.ErrRefused, err)
	}
	if !changed {
		return nil
	}
	c.changed(a, t)
	if c.numbers.AlarmReturns > 0 {
		c.clock.plan(c.clock.elapsed+c.numbers.AlarmReturns, func() {
			if c.alarms[name] == a { // it may have been deleted
				c.look(a)
			}
		})
	}
	return nil
}

// look evaluates one alarm.
func (c *cloudwatch) look(a *metricAlarm) {
	if t, changed := a.Evaluate(c.clock.time()); changed {
		c.changed(a, t)
	}
}

// remove is DeleteAlarms for one name; none of that name is no error.
func (c *cloudwatch) remove(name string) {
	if a := c.alarms[name]; a != nil {
		delete(c.alarms, name)
		c.sorted = slices.DeleteFunc(c.sorted, func(x *metricAlarm) bool { return x == a })
	}
}

// status is what DescribeAlarms shows of an alarm, held against what it should be.
func (c *cloudwatch) status(want scaling.AlarmWant, dir scaling.Direction) scaling.AlarmStatus {
	a := c.alarms[scaling.AlarmName(want.Stream, dir)]
	if a == nil {
		return scaling.AlarmStatus{}
	}
	if a.foreign {
		return scaling.AlarmStatus{Exists: true, Foreign: true, State: scaling.AlarmState(a.State())}
	}
	inSync := a.want == want || reflect.DeepEqual(a.Definition(), adapter.Definition(want, dir))
	status := scaling.AlarmStatus{Exists: true, InSync: inSync, State: scaling.AlarmState(a.State()), ChangedAt: a.changedAt, Evaluated: a.evaluated}
	if a.disabled {
		status.ChangedAt = time.Time{}
	}
	return status
}

// traffic is GetMetricData, per second, with the lag of the consumers that the settings name.
func (c *cloudwatch) traffic(stream string, settings scaling.Settings, from, to time.Time) scaling.Traffic {
	t := scaling.Traffic{Known: true, From: from, To: to}
	s := c.seriesOf(stream)
	pushes := slices.ContainsFunc(settings.FanOutConsumerNames(), func(name string) bool { return slices.Contains(s.fanOut, name) })
	first, end := metricmath.Minute(from), metricmath.Minute(to)
	if !pushes {
		t.Samples = s.between(first, end)
		return t
	}
	for minute := max(first, s.newest-int64(s.count)+1); minute < end; minute++ {
		p, found := s.at(minute)
		lags := p.polled || p.pushed && pushes
		if !found || !p.busy && !lags {
			continue
		}
		t.Samples = append(t.Samples, p.sample(minute, lags))
	}
	return t
}

// lag is the longest lag of a stream's consumers, and whether any metric tells of one.
func (c *cloudwatch) lag(stream string, settings scaling.Settings, from, to time.Time) (time.Duration, bool) {
	longest := time.Duration(0)
	all := c.lags(stream, settings, from, to).Samples
	for _, sample := range all {
		longest = max(longest, sample.IteratorAge)
	}
	return longest, len(all) > 0
}

// lags are the longest lags of a stream's consumers, of the minutes of which a metric tells.
func (c *cloudwatch) lags(stream string, settings scaling.Settings, from, to time.Time) scaling.Traffic {
	s := c.seriesOf(stream)
	pushes := slices.ContainsFunc(settings.FanOutConsumerNames(), func(name string) bool { return slices.Contains(s.fanOut, name) })
	traffic := scaling.Traffic{Known: true, From: from, To: to}
	for minute := metricmath.Minute(from); minute < metricmath.Minute(to); minute++ {
		if p, found := s.at(minute); found && (p.polled || p.pushed && pushes) {
			traffic.Samples = append(traffic.Samples, scaling.Sample{At: time.Unix(minute*60, 0).UTC(), IteratorAge: time.Duration(p.age) * time.Millisecond})
		}
	}
	return traffic
}
