package metricmath

// What an evaluation leaves for the next one.

import (
	"math"
	"slices"
)

// column holds a register. A number has one slot, a series a power of two.
type column struct {
	points []point
	mask   int64
	// since tells, of a series in a program that looks around, for which ranges a
	// point is right: those that begin at this number or before. A range that
	// begins later lacks a point that this one was made of.
	since []int64
}

// always is since when a point was made of no other.
const always = math.MaxInt64

func newColumn(slots int) column { return column{points: make([]point, slots), mask: int64(slots - 1)} }

func (c *column) at(n int64) point     { return c.points[n&c.mask] }
func (c *column) set(n int64, p point) { c.points[n&c.mask] = p }

// rightSince is since of a number's point.
func (c *column) rightSince(n int64) int64 {
	if c.since == nil {
		return always
	}
	return c.since[n&c.mask]
}

// tie says that the point of a number was made of another point of a series.
func (c *column) tie(n, other int64, of *column) {
	since := &c.since[n&c.mask]
	*since = min(*since, other, of.rightSince(other))
}

// none is the number of no datapoint.
const none = math.MinInt64

// track remembers one sequence of datapoints, each of which begins where the one
// before ends. Windows slide by a minute, so with a period of five minutes there
// are five sequences, and each is looked at every fifth minute. A datapoint's
// number counts the periods since 1970.
//
// A row is what the columns hold for one number. It is kept once all its data had
// time to arrive, and computed anew until then.
type track struct {
	columns []column
	mask    int64
	kept    []int64 // by slot: the number of the row that is kept there, or none
	newest  int64   // the newest number that was looked at
	// Of a program that looks around, all columns are kept, and also:
	since   []int64   // by slot: the least of the columns
	anchors [][]int64 // by step and slot: the newest number up to this one at which the input has a point
}

// newColumns returns the columns of a program over ranges of a length.
func newColumns(p *program, length int) []column {
	columns := make([]column, len(p.registers))
	for i, r := range p.registers {
		if r.number || r.constant {
			columns[i] = newColumn(1)
			columns[i].set(0, r.point)
			continue
		}
		columns[i] = newColumn(powerOfTwo(length))
		if p.looksAround {
			columns[i].since = slices.Repeat([]int64{always}, powerOfTwo(length))
		}
	}
	return columns
}

// newTrack returns an empty track. A program that looks at no other points needs
// to keep its result only, and shares all other columns with its other tracks.
func newTrack(p *program, length int, shared []column) *track {
	slots := powerOfTwo(length)
	t := &track{mask: int64(slots - 1), kept: make([]int64, slots), newest: none}
	if p.looksAround {
		t.columns = newColumns(p, length)
		t.since = make([]int64, slots)
		t.anchors = make([][]int64, p.looks)
		for i := range t.anchors {
			t.anchors[i] = make([]int64, slots)
		}
	} else {
		t.columns = slices.Clone(shared)
		t.columns[p.result] = newColumn(slots)
	}
	t.forget()
	return t
}

func (t *track) forget() {
	for i := range t.kept {
		t.kept[i] = none
	}
}

// stale appends the numbers of the range whose rows must be computed: those that
// are not kept, and those that looked at a point which is no longer in the range.
func (t *track) stale(numbers []int64, first, last int64) []int64 {
	if t.since != nil && last < t.newest {
		t.forget() // time went back; a row may lack points that were out of range
	}
	t.newest = last
	for n := first; n <= last; n++ {
		slot := n & t.mask
		if t.kept[slot] != n || t.since != nil && t.since[slot] < first {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// keep notes which of the rows just computed are kept: those up to a number.
func (t *track) keep(numbers []int64, final int64) {
	for _, n := range numbers {
		slot := n & t.mask
		t.kept[slot] = none
		if n <= final {
			t.kept[slot] = n
		}
	}
	if t.since == nil {
		return
	}
	for _, n := range numbers {
		t.since[n&t.mask] = always
	}
	for i := range t.columns {
		for _, n := range numbers {
			since := &t.since[n&t.mask]
			*since = min(*since, t.columns[i].rightSince(n))
		}
	}
}

// anchor notes whether the input of a step has a point at a number, and returns
// the newest one before it that has, or none.
func (t *track) anchor(look int, n, first int64, there bool) int64 {
	before, anchors := int64(none), t.anchors[look]
	if n > first {
		before = anchors[(n-1)&t.mask]
	}
	anchors[n&t.mask] = before
	if there {
		anchors[n&t.mask] = n
	}
	return before
}

// copyTo copies the result at the numbers from first on.
func (t *track) copyTo(points []point, first int64, result int) {
	c := &t.columns[result]
	n := copy(points, c.points[first&c.mask:])
	copy(points[n:], c.points)
}
