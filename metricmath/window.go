package metricmath

// The datapoints of a range of time.

import (
	"errors"
	"fmt"
)

// evaluator computes the datapoints of one program, range after range. What it
// computes for a range is the same whatever it computed before.
type evaluator struct {
	runner
	late    int64            // minutes after which the data of a minute is final
	tracks  map[int64]*track // by the minute at which the period with number 0 ends
	shared  []column         // see newTrack
	points  []point          // the range, oldest first
	numbers []int64
}

// newEvaluator returns an evaluator of ranges of a length. The metrics are looked
// at over a number of minutes.
func newEvaluator(p *program, metrics Metrics, length, minutes int, late int64) (*evaluator, error) {
	if isNil(metrics) {
		return nil, errors.New("metrics is nil; it must find the metrics by their names")
	}
	e := &evaluator{
		runner: runner{program: p}, late: late,
		tracks: map[int64]*track{}, points: make([]point, length), numbers: make([]int64, 0, length),
	}
	if !p.looksAround {
		e.shared = newColumns(p, length)
	}
	for _, m := range p.metrics {
		source := metrics.Metric(m.Metric)
		if err := checked(source, minutes); err != nil {
			return nil, fmt.Errorf("metric %q of %q: %w", shortened(m.Metric.Name), shortened(m.Metric.Namespace), err)
		}
		e.sources = append(e.sources, source)
	}
	return e, nil
}

// window returns the datapoints of the range that ends with a minute, oldest
// first. The result is valid until the next call.
func (e *evaluator) window(end int64) []point {
	phase, last := modulo(end, e.program.minutes), floor(end, e.program.minutes)
	first := last - int64(len(e.points)) + 1
	t := e.tracks[phase]
	if t == nil {
		t = newTrack(e.program, len(e.points), e.shared)
		e.tracks[phase] = t
	}
	numbers := t.stale(e.numbers[:0], first, last)
	numbers = e.run(t, numbers, first, last, phase)
	e.numbers = numbers
	t.keep(numbers, floor(end-e.late-phase, e.program.minutes))
	t.copyTo(e.points, first, e.program.result)
	return e.points
}
