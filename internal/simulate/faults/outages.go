package faults

// A stack that is gone for a while: nothing runs, and no message comes. Its table stays.

import (
	"fmt"
	"time"
)

// outage is when nothing of the stack is there, in minutes; zero: never.
type outage struct{ from, until int }

// drawOutage draws a stack that is removed and deployed again with the same table, in one of ten plans.
func (p Plan) drawOutage() outage {
	r := p.drawn("outage")
	if r.IntN(10) != 0 {
		return outage{}
	}
	from := p.minute(r)
	return outage{from, min(from+1+r.IntN(p.Trouble), p.Trouble)}
}

// duringOutage reports whether the stack was gone at a time.
func (a *auditor) duringOutage(at time.Time) bool {
	minute, gone := int(at.Sub(start())/time.Minute), a.plan.outage
	return minute >= gone.from && minute < gone.until
}

// out reports whether the stack is gone now.
func (r *run) out() bool {
	about := fmt.Sprintf("%04d the stack is gone", r.plan.outage.from)
	if r.minute < r.plan.outage.from || r.minute >= r.plan.outage.until || r.options.Drop[about] {
		return false
	}
	if r.result.Kinds["the stack is gone"] == 0 {
		r.count(about, "the stack is gone")
		r.tell("the stack is gone until minute %d", r.plan.outage.until)
	}
	return true
}
