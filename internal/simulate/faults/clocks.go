package faults

// Clocks that are off: all of them by seconds, a few by minutes or hours.

import (
	"fmt"
	"math"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
)

// skewOf is how far an invocation's clock is off.
func (r *run) skewOf(_, request string) time.Duration {
	if !r.trouble() {
		return 0
	}
	if off := r.offByFar(request); off != 0 {
		return off
	}
	if r.plan.skew == 0 {
		return 0
	}
	return time.Duration((2*r.plan.drawn("clock of "+request).Float64() - 1) * float64(r.plan.skew))
}

// offByFar draws whether an invocation's clock is off by minutes, or by an hour to a day, ahead or behind.
func (r *run) offByFar(request string) time.Duration {
	about := fmt.Sprintf("%04d clock of %s", r.minute, request)
	d := r.plan.drawn(about)
	if d.IntN(300) != 0 || r.options.Drop[about] {
		return 0
	}
	off := time.Duration(60+d.IntN(23*60)) * time.Minute
	kind := "a clock hours ahead"
	if d.IntN(2) == 0 {
		off, kind = -off, "a clock hours behind"
	}
	if minutes := d.IntN(6); minutes > 0 {
		off, kind = time.Duration(float64(minutes)*float64(time.Minute)*math.Copysign(1, float64(off))), "a clock minutes off"
	}
	r.count(about, kind)
	r.tell("%s is off by %v", about[5:], off)
	r.auditor.wrong[request] = true
	return off
}

// clockOf checks that who has a wrong clock writes nothing.
func (a *auditor) clockOf(c simulate.Call) {
	if !a.wrong[c.Request] {
		return
	}
	a.rare("a clock was minutes or hours off")
	switch c.API {
	case "Save", "Claim", "SaveOverrides", "SaveFleet", "SaveLease", "UpdateShardCount", "PutMetricAlarm", "SetAlarmState", "DeleteAlarms", "PutFunctionConcurrency":
		a.broken(ClocksAreRight, c.Stream, "%s calls %s, and its clock is off", c.Request, c.API)
	}
}
