package faults

// The calls that change something, one beside the other.

import (
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// The promises of calls.
const (
	NoCallNearTheEnd    Promise = "no call is made again near the end of its lease"
	NoCallTwice         Promise = "no identical call twice in a minute, unless the first failed"
	RefusedIsNotHot     Promise = "what is refused is not asked again hotly"
	ForeignIsUntouched  Promise = "an alarm of somebody else is not touched"
	StoppedStaysStopped Promise = "a consumer that somebody stopped is not started"
	NewCountInAlarms    Promise = "after its call a scaler gives the alarms the new shard count"
	NeverLessConsumer   Promise = "a consumer is not lowered below its open shards, nor while it lags"
)

const (
	aCallEnds    = 55200 * time.Millisecond // of a scaler's invocation of a minute: five seconds before its end no call is made
	mostRefusals = 8                        // of different invocations for one stream in an hour: one a quarter of one, and what somebody changes is asked for at once
	consumerLags = 7 * time.Minute
	justNow      = 3 * time.Minute // what somebody did so short a time ago may cross a call of ours
)

// made is the newest call of a kind.
type made struct {
	at      time.Time
	request string
}

// invocation is what is known of one.
type invocation struct {
	began   time.Time
	failed  time.Time       // when a call of it went wrong the last time
	tries   int             // of UpdateShardCount
	stopped map[string]bool // functions that it has seen stopped
}

func (a *auditor) invocation(c simulate.Call) *invocation {
	i := a.invocations[c.Request]
	if i == nil {
		i = &invocation{began: c.At, stopped: map[string]bool{}}
		a.invocations[c.Request] = i
	}
	return i
}

// begun sees a call before it reaches its service.
func (a *auditor) begun(c simulate.Call) {
	i := a.invocation(c)
	switch c.API {
	case "UpdateShardCount":
		if i.tries++; i.tries > 1 && c.At.Sub(i.began) > aCallEnds {
			a.broken(NoCallNearTheEnd, c.Stream, "%s makes its call no. %d %s after it began", c.Request, i.tries, c.At.Sub(i.began))
		}
	case "PutFunctionConcurrency":
		a.reserved, _ = a.world.Reserved(c.About)
		if i.stopped[c.About] {
			a.broken(StoppedStaysStopped, c.About, "%s reserves for it, and has seen it stopped", c.Request)
		}
	case "PutMetricAlarm", "SetAlarmState":
		if by, found := a.foreign[c.Stream]; found && c.At.Sub(by) > justNow && a.isForeign(c.Stream, c.About) {
			a.broken(ForeignIsUntouched, c.Stream, "%s makes %s for %s", c.Request, c.API, c.About)
		}
	}
}

func (a *auditor) isForeign(stream, dir string) bool {
	pair := a.world.Alarms(scaling.AlarmWant{Stream: stream})
	return dir == scaling.Up.String() && pair.Up.Foreign || dir == scaling.Down.String() && pair.Down.Foreign
}

// ended sees how a call went.
func (a *auditor) ended(c simulate.Call, err error, heard bool) {
	i := a.invocation(c)
	a.met(c, err)
	if err != nil || !heard {
		i.failed = c.At
	}
	switch c.API {
	case "GetFunctionConcurrency":
		reserved, set := a.world.Reserved(c.About)
		i.stopped[c.About] = heard && set && reserved == 0
	case "PutFunctionConcurrency":
		if err == nil {
			a.lowered(c)
			reserved, _ := a.world.Reserved(c.About)
			a.once(c, fmt.Sprint(" to ", reserved), heard)
		}
	case "SetAlarmState":
		if err == nil {
			a.rare("an alarm was armed again")
			a.once(c, "", heard)
		}
	case "PutMetricAlarm":
		if err == nil {
			a.counted(c)
		}
	case "UpdateShardCount":
		if errors.Is(err, scaling.ErrLimitExceeded) || errors.Is(err, scaling.ErrRefused) {
			a.refused(c)
		}
	}
}

// counted checks the shard count in an alarm that a scaler wrote after its call.
func (a *auditor) counted(c simulate.Call) {
	b := a.book(c.Stream)
	if len(b.ours) == 0 || b.ours[len(b.ours)-1].Actor != c.Request {
		return
	}
	dir := scaling.Up
	if c.About == scaling.Down.String() {
		dir = scaling.Down
	}
	if to, now := b.ours[len(b.ours)-1].To, a.world.AlarmShards(c.Stream, dir); now != to {
		a.broken(NewCountInAlarms, c.Stream, "%s resharded to %d, and wrote %d", c.Request, to, now)
	}
}

// once checks that a call that was heard to succeed is not made again in the next minute. One whose invocation
// met trouble later may be: what it knew of the call is lost.
func (a *auditor) once(c simulate.Call, to string, heard bool) {
	key := c.API + " " + c.Stream + " " + c.About + to
	before, found := a.made[key]
	if found && c.At.Sub(before.at) < 40*time.Second && before.request != c.Request {
		if first := a.invocations[before.request]; first == nil || first.failed.Before(before.at) {
			a.broken(NoCallTwice, c.Stream, "%s makes %s of %s, %s after %s", c.Request, c.API, c.About, c.At.Sub(before.at), before.request)
		}
	}
	if delete(a.made, key); heard {
		a.made[key] = made{c.At, c.Request}
	}
}

// refused counts invocations whose calls the service refused.
func (a *auditor) refused(c simulate.Call) {
	b := a.book(c.Stream)
	if n := len(b.refusals); n > 0 && b.refusals[n-1].request == c.Request {
		return
	}
	b.refusals = append(b.refusals, made{c.At, c.Request})
	if n := len(b.refusals); n > mostRefusals && c.At.Sub(b.refusals[n-mostRefusals-1].at) < time.Hour {
		a.broken(RefusedIsNotHot, c.Stream, "%d times within an hour", mostRefusals+1)
	}
}

// lowered checks a consumer after its reservation was changed.
func (a *auditor) lowered(c simulate.Call) {
	now, _ := a.world.Reserved(c.About)
	if now >= a.reserved || c.At.Sub(a.changed[c.About]) < justNow {
		return
	}
	for _, spec := range a.plan.Streams {
		item, err := a.table.load(spec.Name)
		summary, gone := a.world.Describe(spec.Name)
		if err != nil || gone != nil || item.Settings.Consumer != c.About || summary.Status == scaling.StatusDeleting {
			continue
		}
		if need := item.Settings.ConsumerConcurrency(summary.OpenShards); now < need && a.unreserved() > scaling.UnreservedConcurrency {
			a.broken(NeverLessConsumer, spec.Name, "%s lowers %s from %d to %d, and %d open shards need %d", c.Request, c.About, a.reserved, now, summary.OpenShards, need)
		}
		b := a.book(spec.Name)
		if item.Settings.IteratorAgeMinutes > 0 && b.since >= remembered && b.all(lagging, func(m minute) bool { return m.IteratorAge > consumerLags && !m.lost }) {
			a.broken(NeverLessConsumer, spec.Name, "%s lowers %s from %d to %d, and it is %s behind", c.Request, c.About, a.reserved, now, b.minutes[len(b.minutes)-1].IteratorAge)
		}
	}
}
