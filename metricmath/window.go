package metricmath

// The datapoints of an evaluation range, and a memory of them that makes the
// next minute cheap.

import "math"

// evaluator computes the evaluation ranges of one definition.
type evaluator struct {
	program *program
	sources []Metric
	rule    rule
	points  []point // the range, oldest first
	ends    []int64
}

func newEvaluator(d Definition, metrics Metrics) (*evaluator, error) {
	p, err := d.compile()
	if err != nil {
		return nil, err
	}
	e := &evaluator{program: p, rule: newRule(d), points: make([]point, d.Range()), ends: make([]int64, d.Range())}
	for _, m := range p.metrics {
		e.sources = append(e.sources, metrics.Metric(m.Metric))
	}
	return e, nil
}

// endOf returns the minute at which datapoint i of a range ends.
func (e *evaluator) endOf(i int, end int64) int64 {
	return end - int64(len(e.points)-1-i)*e.program.minutes
}

// window returns the datapoints of the range that ends with a minute, oldest
// first, all of them computed. The result is valid until the next call.
func (e *evaluator) window(end int64) []point {
	for i := range e.ends {
		e.ends[i] = e.endOf(i, end)
	}
	for from := 0; from < len(e.points); from += e.program.capacity {
		to := min(from+e.program.capacity, len(e.points))
		copy(e.points[from:to], e.program.run(e.sources, e.ends[from:to]))
	}
	return e.points
}

// memory keeps datapoints by the minute they end at. A datapoint is kept once
// all its data had time to arrive. Windows slide by a minute, so with a period
// of five minutes every fifth evaluation looks at the same datapoints, moved by
// one.
type memory struct {
	slots  []remembered // a power of two
	late   int64        // minutes after which a datapoint is final
	wanted []int        // indexes of the points to compute
}

type remembered struct {
	end   int64
	point point
}

func newMemory(minutes int, late int64, rangeLength int) *memory {
	m := &memory{slots: make([]remembered, powerOfTwo(minutes)), late: late, wanted: make([]int, 0, rangeLength)}
	for i := range m.slots {
		m.slots[i].end = math.MinInt64
	}
	return m
}

func (m *memory) slot(end int64) *remembered { return &m.slots[end&int64(len(m.slots)-1)] }

// window is [evaluator.window], computing only what is not remembered. It is
// only right when no datapoint depends on others.
func (m *memory) window(e *evaluator, end int64) []point {
	m.wanted = m.wanted[:0]
	ends := e.ends[:0]
	for i := range e.points {
		at := e.endOf(i, end)
		if s := m.slot(at); s.end == at {
			e.points[i] = s.point
			continue
		}
		m.wanted = append(m.wanted, i)
		ends = append(ends, at)
	}
	for from := 0; from < len(ends); from += e.program.capacity {
		batch := ends[from:min(from+e.program.capacity, len(ends))]
		for i, p := range e.program.run(e.sources, batch) {
			e.points[m.wanted[from+i]] = p
			if batch[i]+m.late <= end {
				*m.slot(batch[i]) = remembered{batch[i], p}
			}
		}
	}
	return e.points
}
