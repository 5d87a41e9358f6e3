package scaling

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// Decide says what to do with a stream: which size, why, and when to look again. It is pure and
// total: any input gives a decision with a reason.
//
// On Hold the target is the open shard count. Otherwise it is another, within double and half of the open
// shards, within the settings' minimum and maximum (unless the stream is further outside than one operation
// reaches), and within the account's quota.
func Decide(now time.Time, s Settings, o Observation, ops Operations) Decision {
	d := Decision{At: now, From: o.Stream.OpenShards, Target: o.Stream.OpenShards}
	if o.HotKey.Suspected() {
		s, o.Traffic = s.withoutRefusals(), o.HotKey.besides(o.Traffic)
	}
	d.Utilization, d.Limit = recentUtilization(o, s)
	if !canScale(now, s, o, &d) {
		return d
	}
	want := wanted(now, s, o, ops, &d)
	if want == d.From {
		return d
	}
	d.Target = clamp(want, s, o, ops, &d)
	d.Direction = DirectionOf(d.From, d.Target)
	if d.Direction == Hold {
		return d
	}
	if s.Pause.Covers(d.Direction) {
		d.hold(time.Time{}, HoldPaused, "the setting pause is %s", s.Pause)
		return d
	}
	if d.Direction == Down && (!safeToShrink(now, s, o, &d) || refusedThere(now, s, o, ops, &d) || fullThere(now, s, o, &d)) {
		return d
	}
	mayOperate(now, s, o, ops, &d)
	return d
}

// canScale reports whether the stream can be resharded at all, and holds it if not.
func canScale(now time.Time, s Settings, o Observation, d *Decision) bool {
	switch {
	case s.Mode == ModeDisabled:
		d.hold(time.Time{}, HoldDisabled, "")
	case o.Stream.Mode == ModeOnDemand:
		d.hold(now.Add(BusyRetry), HoldOnDemand, "") // it may be provisioned again before the registry hears that it was not
	case o.Stream.Status != StatusActive:
		d.hold(now.Add(BusyRetry), HoldStreamBusy, "status %s", o.Stream.Status)
	case o.Stream.OpenShards < 1:
		d.hold(now.Add(BusyRetry), HoldNoOpenShards, "")
	default:
		return true
	}
	return false
}

// wanted returns the size that the bounds or the policy ask for, before what the service, the
// account and the budget allow. The open shard count means that the decision already holds.
func wanted(now time.Time, s Settings, o Observation, ops Operations, d *Decision) int {
	switch open := d.From; {
	case open < s.MinShards:
		d.because(BelowMinShards, "open %d, min %d%s", open, s.MinShards, s.scheduleNote(now))
		return s.MinShards
	case open > s.MaxShards:
		d.because(AboveMaxShards, "open %d, max %d", open, s.MaxShards)
		return s.MaxShards
	case o.Alarm == Hold:
		d.hold(time.Time{}, HoldNoAlarm, "")
		return open
	case !confirmed(now, s, o, d):
		return open
	default:
		return policyOf(s.Policy).size(now, s, o, ops, d)
	}
}

// clamp fits a wanted size into what the settings, the service and the account allow, in this
// order, and holds where nothing is left of it.
func clamp(want int, s Settings, o Observation, ops Operations, d *Decision) int {
	target := want
	limit := func(code ReasonCode, bound int, beyond bool) {
		if beyond {
			d.because(code, "want %d, limit %d", target, bound)
			target = bound
		}
	}
	if want > d.From {
		limit(CappedAtMaxShards, s.MaxShards, target > s.MaxShards)
		limit(CappedAtDouble, resize.Largest(d.From), target > resize.Largest(d.From))
		if target <= d.From {
			d.hold(time.Time{}, HoldAtMaxShards, "open %d, max %d", d.From, min(s.MaxShards, MaxStreamShards))
			return d.From
		}
		return fitAccount(target, o.Account, ops, d)
	}
	limit(CappedAtMinShards, s.MinShards, target < s.MinShards)
	// A stream above the service's most must come down to less than that, not just to it.
	limit(CappedAtMaxShards, MaxStreamShards-1, d.From > MaxStreamShards && target >= MaxStreamShards)
	limit(CappedAtHalf, resize.Smallest(d.From), target < resize.Smallest(d.From))
	if target >= d.From {
		d.hold(time.Time{}, HoldAtMinShards, "open %d, min %d", d.From, s.MinShards)
		return d.From
	}
	return target
}

// mayOperate holds a decision that comes too soon, or that the rolling 24 hours or the reserve
// for scale-ups have no slot for.
func mayOperate(now time.Time, s Settings, o Observation, ops Operations, d *Decision) {
	cooldown, allowed := s.ScaleUpCooldown, s.OperationLimit
	if d.Direction == Down {
		cooldown = s.ScaleDownCooldown
		allowed = min(s.AllowedAt(Down, now, d.From), max(s.OperationLimit-policyOf(s.Policy).kept(s, o, d.Target), 1))
	}
	if last, found := ops.Newest(); found && now.Before(last.At.Add(cooldown)) {
		d.hold(last.At.Add(cooldown), HoldCooldown, "last operation %s ago, cooldown %s", now.Sub(last.At).Round(time.Second), cooldown)
		return
	}
	if used := ops.Used(now); used >= allowed {
		code, free := HoldBudgetExhausted, ops.FreeAt(now, allowed)
		if used < s.OperationLimit {
			code = HoldReserveKept
		}
		d.hold(free, code, "%d of %d operations used, %d kept for scale-ups, free at %s", used, s.OperationLimit, s.OperationLimit-allowed, free.UTC().Format(time.RFC3339))
	}
}

// Allowed is how many operations a direction may have used up in the rolling 24 hours, the one
// that asks included.
func (s Settings) Allowed(dir Direction) int {
	if dir == Down {
		return s.OperationLimit - s.ScaleUpReserve
	}
	return s.OperationLimit
}

// Lookback is how much traffic a decision needs to see before now.
func (s Settings) Lookback(asked Direction) time.Duration {
	return max(s.alarm(asked).Length(), policyOf(s.Policy).past(s, asked), recentMinutes*time.Minute) + 2*alarmGrace*time.Minute
}
