package simulate

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Minute is what a stream went through in a minute.
type Minute struct {
	At          time.Time // its start
	Stream      string
	Demand      trace.Rate // what producers had to send
	Sent        trace.Rate // what they sent: the demand, and again what was refused before
	Accepted    trace.Rate // what got in
	Lost        trace.Rate // what was refused and will not be sent again
	Shards      float64    // open shards that what was sent fills
	OpenShards  int
	Status      scaling.StreamStatus
	Utilization float64       // what got in, of what the open shards take; 0 to 1
	Throttled   float64       // share of what was sent that was refused, 0 to 1
	IteratorAge time.Duration // how far the consumer is behind
}

// flow lets the traffic of the minute that ends pass through every stream.
func (k *kinesis) flow() {
	for _, s := range k.sorted {
		m := s.flow(k.world)
		if k.world.hooks.Minute != nil {
			k.world.hooks.Minute(m)
		}
	}
}

func (s *stream) flow(w *World) Minute {
	m := s.through(w.clock.start.Add(time.Duration(w.minute)*time.Minute), w.minute)
	m.IteratorAge = s.consume(w, m.Accepted.Records*60)
	s.metrics.put(s.point(m))
	s.usage.add(m, s.OnDemand)
	return m
}

// through returns what happens to a minute's load.
func (s *stream) through(at time.Time, minute int) Minute {
	m := Minute{At: at, Stream: s.Name, OpenShards: s.open, Status: s.status}
	if s.Load != nil && s.status != scaling.StatusCreating && s.status != scaling.StatusDeleting {
		m.Demand = s.Load(minute)
	}
	p := passed{sent: m.Demand}
	if !s.OnDemand {
		p = s.layout.pass(m.Demand, minute)
	}
	m.Sent, m.Lost, m.Throttled = p.sent, p.lost, p.refused
	m.Shards = Shards(m.Sent)
	m.Accepted = times(m.Sent, 1-m.Throttled)
	m.Utilization = m.Shards * (1 - m.Throttled) / float64(s.open)
	return m
}

// lookBack gives a stream that exists already the metrics of the time before the world began,
// when its consumer kept up. Metrics that its name has already stay.
func (s *stream) lookBack(w *World) {
	if s.metrics.count > 0 {
		return
	}
	minutes := min(int(s.Age/time.Minute), w.numbers.MetricRetention)
	s.metrics.skipTo(s.metrics.newest + 1 - int64(minutes))
	for minute := w.minute - minutes; minute < w.minute; minute++ {
		s.metrics.put(s.point(s.through(time.Time{}, minute)))
	}
}

// Shards returns how many open shards a rate fills: the larger of records and bytes against what a
// shard takes.
func Shards(r trace.Rate) float64 {
	return max(r.Records/scaling.RecordsPerShard, r.Bytes/scaling.BytesPerShard)
}

// point is the minute as CloudWatch keeps it. Kinesis publishes no IncomingBytes,
// IncomingRecords and WriteProvisionedThroughputExceeded for a minute in which nobody put anything,
// and the ages of records only while somebody reads.
func (s *stream) point(m Minute) point {
	return point{
		bytes: m.Accepted.Bytes * 60, records: m.Accepted.Records * 60, throttled: m.Sent.Records * 60 * m.Throttled,
		age: float64(m.IteratorAge.Milliseconds()), busy: m.Sent != trace.Rate{},
		polled: s.Consumer.Polls, pushed: len(s.Consumer.FanOut) > 0,
	}
}
