package simulate

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func (s *stream) flow(w *env, l *lambda) Minute {
	m := s.through(w.clock.start.Add(time.Duration(w.minute)*time.Minute), w.minute)
	m.IteratorAge = s.consume(l, w.minute, m.Accepted.Records*60)
	s.metrics.put(s.point(m))
	s.usage.add(m, s.OnDemand)
	return m
}

// consume adds a minute's records to the backlog, lets the consumer read what it can in a minute,
// and returns how old the oldest record left is. A Lambda function reads each shard with one
// invocation at a time, unless its event source mapping says otherwise.
func (s *stream) consume(l *lambda, minute int, records float64) time.Duration {
	if s.Consumer.RecordsPerSecond <= 0 {
		return 0
	}
	invocations := s.open
	if r, found := l.functions[s.Consumer.Function]; found && r.set {
		invocations = min(invocations, r.concurrency)
	}
	if records > 0 {
		s.backlog.batches = append(s.backlog.batches, batch{minute, records})
	}
	s.backlog.read(float64(invocations) * s.Consumer.RecordsPerSecond * 60)
	return s.backlog.age(minute)
}

// through returns what happens to a minute's load.
func (s *stream) through(at time.Time, minute int) Minute {
	m := Minute{At: at, Stream: s.Name, OpenShards: s.open, Status: s.status}
	if s.Load != nil && s.status != scaling.StatusCreating && s.status != scaling.StatusDeleting {
		m.Demand = s.Load(minute)
	}
	p := passed{sent: m.Demand, accepted: m.Demand}
	if !s.OnDemand {
		p = s.layout.pass(m.Demand, minute)
	}
	m.Sent, m.Accepted, m.Lost, m.Throttled = p.sent, p.accepted, p.lost, p.refused
	m.Shards = Shards(m.Sent)
	m.Utilization = m.Shards * (1 - m.Throttled) / float64(s.open)
	return m
}

// lookBack gives a stream that exists already the metrics of the time before the world began,
// when its consumer kept up. Metrics that its name has already stay.
func (s *stream) lookBack(w *env) {
	if s.metrics.count > 0 {
		return
	}
	minutes := min(int(s.Age/time.Minute), w.numbers.MetricRetention)
	s.metrics.skipTo(s.metrics.newest + 1 - int64(minutes))
	for minute := w.minute - minutes; minute < w.minute; minute++ {
		s.metrics.put(s.point(s.through(time.Time{}, minute)))
	}
}

// point is the minute as CloudWatch keeps it. Kinesis publishes no IncomingBytes,
// IncomingRecords and WriteProvisionedThroughputExceeded for a minute in which nobody put anything,
// and the ages of records only while somebody reads.
func (s *stream) point(m Minute) point {
	return point{
		bytes: m.Accepted.Bytes * 60, records: m.Accepted.Records * 60, throttled: max(0, m.Sent.Records-m.Accepted.Records) * 60,
		age: float64(m.IteratorAge.Milliseconds()), busy: m.Sent != trace.Rate{},
		polled: s.Consumer.Polls, pushed: len(s.Consumer.FanOut) > 0,
	}
}
