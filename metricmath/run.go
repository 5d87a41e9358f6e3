package metricmath

// Running a program's steps over rows of a track.

// runner computes rows.
type runner struct {
	program *program
	sources []Metric
	wider   []int64 // space for a second list of numbers
	all     []int64 // space for the numbers of a whole range
}

// run computes the rows with the given numbers, ascending, of a range from first
// to last whose other rows are right. Phase is the minute at which the period
// with number 0 ends. It returns the numbers of the rows that may be kept: all
// that it computed, less those that change with each range.
func (r *runner) run(t *track, numbers []int64, first, last, phase int64) []int64 {
	onlySlot := [1]int64{} // of a number
	now := numbers         // what is computed now
	over := false
	for i := range r.program.steps {
		s := &r.program.steps[i]
		switch {
		case s.op.over():
			t.columns[s.out].set(0, overRange(t, s, first, last))
			r.all = r.all[:0]
			for n := first; n <= last; n++ {
				r.all = append(r.all, n)
			}
			now, over = r.all, true // a number of a range changes all that is made of it, in every range
		case r.program.registers[s.out].number:
			r.points(t, s, onlySlot[:], phase)
		case s.op == opFillLinear:
			if !over {
				now = widened(r.wider[:0], t, s, numbers, first)
				numbers, r.wider = now, numbers
			}
			fillLinear(t, s, now, first, last)
		case s.op.looksBack():
			r.lookBack(t, s, now, first)
		default:
			r.points(t, s, now, phase)
			if r.program.looksAround && !over {
				s.inheritSince(t, now)
			}
		}
	}
	return numbers
}

// inheritSince makes the step's points right for as long as what they were made
// of.
func (s *step) inheritSince(t *track, numbers []int64) {
	out := &t.columns[s.out]
	for _, n := range numbers {
		out.since[n&out.mask] = always
	}
	if s.op == opMetric || s.op == opHour || s.op == opDay {
		return
	}
	of := s.inputs
	if len(of) == 0 {
		of = []int{s.a, s.b, s.c} // one that is not used names the first register, a leaf
	}
	for _, input := range of {
		in := &t.columns[input]
		for _, n := range numbers {
			out.since[n&out.mask] = min(out.since[n&out.mask], in.rightSince(n))
		}
	}
}

// points runs a step of which each point depends on its own time only.
func (r *runner) points(t *track, s *step, numbers []int64, phase int64) {
	minutes := r.program.minutes
	out, a, b := &t.columns[s.out], &t.columns[s.a], &t.columns[s.b]
	switch {
	case s.op == opMetric:
		for _, n := range numbers {
			out.set(n, aggregate(r.sources[s.metric], n*minutes+phase, minutes, r.program.metrics[s.metric].Stat))
		}
	case s.op.binary():
		for _, n := range numbers {
			out.set(n, combine(s.op, a.at(n), b.at(n), s.strict))
		}
	case s.op == opIf:
		c := &t.columns[s.c]
		for _, n := range numbers {
			out.set(n, choose(a.at(n), b.at(n), c.at(n), r.program.registers[s.a].number))
		}
	case s.op == opFill:
		for _, n := range numbers {
			x := a.at(n)
			if !x.ok {
				x = b.at(n)
			}
			out.set(n, x)
		}
	case len(s.inputs) > 0:
		for _, n := range numbers {
			var f fold
			for _, input := range s.inputs {
				f.take(t.columns[input].at(n))
			}
			out.set(n, f.result(s.op, len(s.inputs)))
		}
	case s.op == opHour || s.op == opDay:
		for _, n := range numbers {
			out.set(n, calendar(s.op, (n-1)*minutes+phase))
		}
	default:
		for _, n := range numbers {
			out.set(n, transform(s.op, a.at(n)))
		}
	}
}

// overRange joins all points of a series.
func overRange(t *track, s *step, first, last int64) point {
	var f fold
	a := &t.columns[s.a]
	for n := first; n <= last; n++ {
		f.take(a.at(n))
	}
	return f.result(s.op, int(last-first+1))
}

// lookBack runs FILL with REPEAT, DIFF and RATE. REPEAT fills a gap with the last
// value before it. DIFF subtracts from each value the one before it, and RATE
// divides that by the seconds between them. Where the range has no value before,
// the point is missing.
func (r *runner) lookBack(t *track, s *step, numbers []int64, first int64) {
	a, out := &t.columns[s.a], &t.columns[s.out]
	for _, n := range numbers {
		x := a.at(n)
		before := t.anchor(s.look, n, first, x.ok)
		out.since[n&out.mask] = a.rightSince(n)
		if before == none {
			if s.op != opFillRepeat {
				x = point{}
			}
			out.set(n, x)
			continue
		}
		if !x.ok || s.op != opFillRepeat {
			out.tie(n, before, a)
		}
		out.set(n, lookedBack(s.op, x, a.at(before), float64(n-before), float64(r.program.minutes)*60))
	}
}

func lookedBack(op operation, x, before point, periods, seconds float64) point {
	switch {
	case op == opFillRepeat && !x.ok:
		return before
	case op == opFillRepeat || !x.ok:
		return x
	case op == opRate:
		return finite((x.value - before.value) / (seconds * periods))
	}
	return finite(x.value - before.value)
}

// widened adds to the numbers the gaps that end at them: a new value draws a line
// over the gap before it.
func widened(wider []int64, t *track, s *step, numbers []int64, first int64) []int64 {
	a := &t.columns[s.a]
	for _, n := range numbers {
		from := n
		for from > first && !a.at(from-1).ok {
			from--
		}
		for ; from <= n; from++ {
			wider = append(wider, from)
		}
		first = n + 1
	}
	return wider
}

// fillLinear draws a straight line over each gap. A gap at the start or the end
// of the range has no second value to draw it to and stays.
func fillLinear(t *track, s *step, numbers []int64, first, last int64) {
	a, out := &t.columns[s.a], &t.columns[s.out]
	after := first // the next number with a point
	for _, n := range numbers {
		x := a.at(n)
		before := t.anchor(s.look, n, first, x.ok)
		out.since[n&out.mask] = a.rightSince(n)
		if x.ok || before == none {
			out.set(n, x)
			continue
		}
		out.tie(n, before, a)
		for after = max(after, n); after <= last && !a.at(after).ok; after++ {
		}
		if after > last {
			out.set(n, x)
			continue
		}
		out.tie(n, after, a)
		part := float64(n-before) / float64(after-before)
		out.set(n, finite(a.at(before).value*(1-part)+a.at(after).value*part))
	}
}
