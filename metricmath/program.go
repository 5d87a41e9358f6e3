package metricmath

// Running the steps of a compiled definition.

import (
	"slices"
	"time"
)

// step computes one register from others.
type step struct {
	op      operation
	out     int
	a, b, c int   // input registers
	inputs  []int // input registers of opMaxOf and its kind
	metric  int   // index of the metric of opMetric
	strict  bool  // a number is among the inputs, see combine
}

// program computes the watched series. It owns its registers, so it is not safe
// for concurrent use.
type program struct {
	steps     []step
	registers [][]point
	isNumber  []bool // which registers hold a number, the same at all times
	metrics   []MetricStat
	minutes   int64 // length of a period
	result    int
	// wholeSeries says that a point depends on others of the range than the one
	// at its own time, so that it cannot be computed alone.
	wholeSeries bool
	capacity    int // most points of one run
}

// batchLength bounds the registers of programs that can work in pieces.
const batchLength = 64

// newProgram takes the steps compiled so far.
func newProgram(c *compiler, result, rangeLength int) *program {
	p := &program{
		steps: slices.Clip(c.steps), metrics: slices.Clip(c.metrics),
		minutes: int64(c.period / time.Minute), result: result, wholeSeries: c.wholeSeries, capacity: rangeLength,
	}
	if !p.wholeSeries {
		p.capacity = min(rangeLength, batchLength)
	}
	for _, r := range c.registers {
		points := make([]point, p.capacity)
		for i := range points {
			points[i] = r.point // missing unless constant
		}
		p.registers = append(p.registers, points)
		p.isNumber = append(p.isNumber, r.scalar)
	}
	return p
}

// run returns the watched series at periods that end with the given minutes,
// oldest first, at most capacity of them. The result is valid until the next run.
func (p *program) run(sources []Metric, ends []int64) []point {
	n := len(ends)
	for i := range p.steps {
		s := &p.steps[i]
		out := p.registers[s.out][:n]
		switch {
		case s.op == opMetric:
			stat := p.metrics[s.metric].Stat
			for i, end := range ends {
				out[i] = aggregate(sources[s.metric], end, p.minutes, stat)
			}
		case s.op.binary():
			a, b := p.registers[s.a][:n], p.registers[s.b][:n]
			for i := range out {
				out[i] = combine(s.op, a[i], b[i], s.strict)
			}
		default:
			p.runOther(s, out)
		}
	}
	return p.registers[p.result][:n]
}

func (p *program) runOther(s *step, out []point) {
	n := len(out)
	a, b := p.registers[s.a][:n], p.registers[s.b][:n]
	switch s.op { //nolint:exhaustive // the default is any operation of one point
	case opIf:
		c := p.registers[s.c][:n]
		for i := range out {
			out[i] = choose(a[i], b[i], c[i], p.isNumber[s.a])
		}
	case opFill:
		for i := range out {
			out[i] = a[i]
			if !a[i].ok {
				out[i] = b[i]
			}
		}
	case opMaxOf, opMinOf, opSumOf, opAvgOf:
		for i := range out {
			var f fold
			for _, r := range s.inputs {
				f.take(p.registers[r][i])
			}
			out[i] = f.result(s.op, len(s.inputs))
		}
	case opMaxOver, opMinOver, opSumOver, opAvgOver:
		var f fold
		for _, x := range a {
			f.take(x)
		}
		result := f.result(s.op, n)
		for i := range out {
			out[i] = result
		}
	case opFillRepeat:
		fillRepeat(out, a)
	case opFillLinear:
		fillLinear(out, a)
	case opDiff, opRate:
		difference(out, a, s.op == opRate, float64(p.minutes)*60)
	default:
		for i := range out {
			out[i] = transform(s.op, a[i])
		}
	}
}

// fillRepeat fills a gap with the last value before it. A gap at the start has
// none and stays.
func fillRepeat(out, in []point) {
	var last point
	for i, x := range in {
		if x.ok {
			last = x
		}
		out[i] = last
	}
}

// fillLinear draws a straight line over each gap. A gap at the start or the end
// has no second value to draw it to and stays.
func fillLinear(out, in []point) {
	last := -1
	for i, x := range in {
		out[i] = x
		if !x.ok {
			continue
		}
		for gap := last + 1; last >= 0 && gap < i; gap++ {
			part := float64(gap-last) / float64(i-last)
			out[gap] = finite(in[last].value*(1-part) + x.value*part)
		}
		last = i
	}
}

// difference subtracts from each value the one before it, and for a rate divides
// by the seconds between them. The first value of the range has none before it.
func difference(out, in []point, rate bool, seconds float64) {
	last := -1
	for i, x := range in {
		out[i] = point{}
		if !x.ok {
			continue
		}
		if last >= 0 {
			d := x.value - in[last].value
			if rate {
				d /= seconds * float64(i-last)
			}
			out[i] = finite(d)
		}
		last = i
	}
}
