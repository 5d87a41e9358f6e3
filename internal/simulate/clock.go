package simulate

import (
	"cmp"
	"slices"
	"time"
)

// clock is virtual time and what is planned in it. Time jumps from one event to the next.
type clock struct {
	start   time.Time
	elapsed time.Duration // since start
	horizon time.Duration // the end of the minute, when more is done than what is planned
	planned int64         // how many events were ever planned
	queue   []event       // the next event is the last
}

type event struct {
	at  time.Duration
	seq int64 // of two events at one time, the one planned first comes first
	do  func()
}

// time is the virtual time of day, UTC.
func (c *clock) time() time.Time { return c.start.Add(c.elapsed) }

// plan has something done at a time, or now if that is past.
func (c *clock) plan(at time.Duration, do func()) {
	e := event{max(at, c.elapsed), c.planned, do}
	c.planned++
	i, _ := slices.BinarySearchFunc(c.queue, e, laterFirst)
	c.queue = slices.Insert(c.queue, i, e)
}

// next takes the next event before the horizon off the queue and moves the clock to it.
func (c *clock) next() (func(), bool) {
	last := len(c.queue) - 1
	if last < 0 || c.queue[last].at >= c.horizon {
		return nil, false
	}
	e := c.queue[last]
	c.queue[last].do = nil
	c.queue = c.queue[:last]
	c.elapsed = e.at
	return e.do, true
}

// idleUntil reports whether nothing happens up to and including a time.
func (c *clock) idleUntil(at time.Duration) bool {
	last := len(c.queue) - 1
	return at < c.horizon && (last < 0 || c.queue[last].at > at)
}

func laterFirst(a, b event) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.seq, a.seq)) }
