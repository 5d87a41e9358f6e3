package cloudwatch

// What the two alarms of a stream watch. People read these formulas in the console, so ids and
// labels are part of them.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Thresholds that are no utilization.
const (
	belowAll = -1        // every utilization is above it
	aboveAll = 1_000_000 // every utilization is below it
)

// Definition returns what a stream's alarm for a direction watches and when it fires; the zero
// Definition for Hold. It is pure. Fewer than one open shard count as one.
func Definition(want scaling.AlarmWant, dir scaling.Direction) metricmath.Definition {
	want.OpenShards = max(want.OpenShards, 1)
	if want.Usable <= 0 || want.Settings.NominalThresholds.Covers(dir) {
		want.Usable = 1
	}
	switch dir {
	case scaling.Up:
		return scaleUp(want)
	case scaling.Down:
		return scaleDown(want)
	case scaling.Hold:
	}
	return metricmath.Definition{}
}

// scaleUp fires when the stream uses much of what its open shards take, or refuses records.
//
// Nothing is filled in: with FILL the newest minute, which is often late, would read 0 and an
// alarm that wants all datapoints would never fire. A minute without traffic is therefore
// missing, and missing does not breach: with "missing" a single high datapoint amid silence would
// set off the alarm (its "premature alarm state").
//
// It stays the same at the maximum, where it tells the operator that the stream is full.
func scaleUp(want scaling.AlarmWant) metricmath.Definition {
	s, f := want.Settings, formula{want.Stream, minutes(want.Settings.ScaleUpAlarm), want.Usable}
	d := metricmath.Definition{
		Queries: []metricmath.Query{
			f.bytes(), f.records(), f.throttled(),
			number("s1", "Open shards", want.OpenShards),
			math("e1", "Bytes utilization", f.shareOf("m1", scaling.BytesPerShard)),
			math("e2", "Records utilization", f.shareOf("m2", scaling.RecordsPerShard)),
			// Where nothing at all got in, m2 has no datapoint; SUM takes what there is.
			math("e3", "Throttled share", "m3 / SUM([m2, m3])"),
			math("e4", "Full because throttled", "IF(e3 >= "+decimal(s.ThrottledShare)+", 1, 0)"),
			returned(math("e5", "Stream utilization", "MAX([e1, e2, e4])")),
		},
		ComparisonOperator: metricmath.GreaterThanOrEqualToThreshold,
		Threshold:          s.ScaleUpThreshold,
		EvaluationPeriods:  lookingBack(s.ScaleUpAlarm).EvaluationPeriods,
		DatapointsToAlarm:  s.ScaleUpAlarm.DatapointsToAlarm,
		TreatMissingData:   metricmath.TreatNotBreaching,
	}
	if want.HotKey { // an alarm that stays in ALARM hears nothing: a rise in load must set it off
		d.Queries = []metricmath.Query{
			f.bytes(), f.records(), number("s1", "Open shards", want.OpenShards),
			math("e1", "Bytes utilization", f.shareOf("m1", scaling.BytesPerShard)),
			math("e2", "Records utilization", f.shareOf("m2", scaling.RecordsPerShard)),
			returned(math("e5", "Stream utilization, refusals left out", "MAX([e1, e2])")),
		}
	}
	d.Queries = append(d.Queries, f.usableShare()...)
	if want.OpenShards < s.MinShards { // fires, with traffic or without
		d.Threshold, d.TreatMissingData = belowAll, metricmath.TreatBreaching
	}
	return d
}

// leastMinutes is how far back a scale-up alarm looks at least that a single datapoint sets off. Kinesis' metrics come some minutes
// late, and CloudWatch evaluates an alarm on the newest datapoints that are there among as many as it looks at and some more: two
// more, by what users measured; its guide does not say how many. So an alarm that looks at one would never see a minute that is shown
// three minutes after its end. The decision goes by the newest minutes that are shown, so looking back makes no stream larger.
const leastMinutes = 3

// lookingBack is the window that the scale-up alarm has for one that is set.
func lookingBack(w scaling.AlarmWindow) scaling.AlarmWindow {
	if w.DatapointsToAlarm == 1 {
		w.EvaluationPeriods = max(w.EvaluationPeriods, leastMinutes/max(w.PeriodMinutes, 1))
	}
	return w
}

// scaleDown fires when the stream has used little of what its open shards take for long, and no
// consumer lags.
//
// A stream without traffic publishes no metrics, and must still shrink: so missing traffic is
// filled with 0, and a missing datapoint breaches, in case there is nothing to fill. Whether a
// gap means silence or lost metrics is for the decision to tell, which sees the metrics.
func scaleDown(want scaling.AlarmWant) metricmath.Definition {
	s, f := want.Settings, formula{want.Stream, minutes(want.Settings.ScaleDownAlarm), want.Usable}
	queries := []metricmath.Query{
		f.bytes(), f.records(),
		number("s1", "Open shards", want.OpenShards),
		math("e1", "Bytes utilization", f.shareOf("FILL(m1, 0)", scaling.BytesPerShard)),
		math("e2", "Records utilization", f.shareOf("FILL(m2, 0)", scaling.RecordsPerShard)),
	}
	queries = append(queries, f.usableShare()...)
	watched := math("e5", "Stream utilization", "MAX([e1, e2])")
	if s.IteratorAgeMinutes > 0 {
		queries = append(queries, f.holdWhileLagging(s)...)
		watched = math("e5", "Stream utilization, 1 while consumers lag", "MAX([e1, e2, e4])")
	}
	d := metricmath.Definition{
		Queries:            append(queries, returned(watched)),
		ComparisonOperator: metricmath.LessThanThreshold,
		Threshold:          s.ScaleDownThreshold,
		EvaluationPeriods:  s.ScaleDownAlarm.EvaluationPeriods,
		DatapointsToAlarm:  s.ScaleDownAlarm.DatapointsToAlarm,
		TreatMissingData:   metricmath.TreatBreaching,
	}
	switch {
	case want.OpenShards > s.MaxShards: // fires, whatever the traffic
		d.Threshold = aboveAll
	case want.OpenShards <= max(s.MinShards, 1): // cannot shrink; never fires
		d.Threshold, d.TreatMissingData = belowAll, metricmath.TreatNotBreaching
	}
	return d
}

// holdWhileLagging gives the queries of e4, which is 1 while a consumer is too far behind.
// Consumers that publish nothing hold nothing.
func (f formula) holdWhileLagging(s scaling.Settings) []metricmath.Query {
	queries := f.lags(s)
	lag := queries[0].ID
	if len(queries) > 1 {
		ids := make([]string, len(queries))
		for i, q := range queries {
			ids[i] = q.ID
		}
		lag = "MAX([" + strings.Join(ids, ", ") + "])"
	}
	return append(queries,
		number("s2", "Lag that holds, minutes", s.IteratorAgeMinutes),
		math("e3", "Lag of consumers, minutes", lag+" / 60000"),
		math("e4", "Held while consumers lag", "IF(e3 >= s2, 1, 0)"),
	)
}

// formula builds the queries of one alarm.
type formula struct {
	stream string
	period time.Duration
	usable float64 // share of the nominal capacity that utilizations are of, above 0, to 1
}

// The metrics, by the ids they have in every formula and in the readings of [Client.Traffic].
const (
	idBytes     = "m1"
	idRecords   = "m2"
	idThrottled = "m3"
	firstLag    = 4 // m4 is the iterator age, m5 and on are the fan-out consumers
)

func (f formula) bytes() metricmath.Query {
	return f.metric(idBytes, "Bytes written", "IncomingBytes", metricmath.Sum)
}

func (f formula) records() metricmath.Query {
	return f.metric(idRecords, "Records written", "IncomingRecords", metricmath.Sum)
}

func (f formula) throttled() metricmath.Query {
	return f.metric(idThrottled, "Records throttled", "WriteProvisionedThroughputExceeded", metricmath.Sum)
}

// writes are the metrics of what producers send.
func (f formula) writes() []metricmath.Query {
	return []metricmath.Query{f.bytes(), f.records(), f.throttled()}
}

// lags are how far behind the consumers are, in milliseconds: GetRecords knows of those that
// share the shards' throughput, and each fan-out consumer has a metric of its own.
func (f formula) lags(s scaling.Settings) []metricmath.Query {
	queries := []metricmath.Query{
		f.metric("m"+strconv.Itoa(firstLag), "Iterator age, ms", "GetRecords.IteratorAgeMilliseconds", metricmath.Maximum),
	}
	for i, consumer := range s.FanOutConsumerNames() {
		q := f.metric("m"+strconv.Itoa(firstLag+1+i), "Lag of "+consumer+", ms", "SubscribeToShardEvent.MillisBehindLatest", metricmath.Maximum)
		q.MetricStat.Metric.Dimensions = append(q.MetricStat.Metric.Dimensions, metricmath.Dimension{Name: "ConsumerName", Value: consumer})
		queries = append(queries, q)
	}
	return queries
}

// shareOf is the share of a write limit that a sum over the period uses: the limit is so much per
// second and open shard, and of that a share can be used.
func (f formula) shareOf(sum string, limit int) string {
	usable := ""
	if f.usable < 1 {
		usable = " * s3"
	}
	return fmt.Sprintf("%s / (%d * %d * s1%s)", sum, limit, int(f.period/time.Second), usable)
}

// usableShare gives the number s3 of shareOf, where it is not 1.
func (f formula) usableShare() []metricmath.Query {
	if f.usable < 1 {
		return []metricmath.Query{math("s3", "Usable share of the shards", decimal(f.usable))}
	}
	return nil
}

func (f formula) metric(id, label, name string, stat metricmath.Statistic) metricmath.Query {
	return metricmath.Query{ID: id, Label: label, MetricStat: &metricmath.MetricStat{
		Metric: metricmath.MetricName{
			Namespace: namespace, Name: name,
			Dimensions: []metricmath.Dimension{{Name: "StreamName", Value: f.stream}},
		},
		Stat: stat, Period: f.period,
	}}
}

func math(id, label, expression string) metricmath.Query {
	return metricmath.Query{ID: id, Label: label, Expression: expression}
}

func number(id, label string, n int) metricmath.Query { return math(id, label, strconv.Itoa(n)) }

func returned(q metricmath.Query) metricmath.Query {
	q.ReturnData = true
	return q
}

// namespace is where Kinesis publishes its metrics.
const namespace = "AWS/Kinesis"

func minutes(w scaling.AlarmWindow) time.Duration {
	return time.Duration(w.PeriodMinutes) * time.Minute
}

// decimal writes a number without an exponent, which metric math need not understand.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
