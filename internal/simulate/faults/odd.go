package faults

// What is rarer: requests that are late, rights that are missing, alarms that nobody sent, metrics that are lost.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// oddAction draws one of the rarer things that people and services do to a stream.
func oddAction(r *rand.Rand, p Plan, spec simulate.StreamSpec, here occasion) []Action {
	name, dir := spec.Name, scaling.Up
	if r.IntN(2) == 0 {
		dir = scaling.Down
	}
	switch r.IntN(7) {
	case 0:
		return []Action{here.does("forge an alarm", func(w *simulate.World) error { w.Ring(name, dir); return nil })}
	case 1:
		ahead := []time.Duration{time.Minute, 4 * time.Minute, time.Hour, 48 * time.Hour}[r.IntN(4)]
		return []Action{here.does("forge an alarm of the future", func(w *simulate.World) error { w.RingAt(name, dir, w.Now().Add(ahead)); return nil })}
	case 2:
		ago := time.Duration(1+r.IntN(600)) * time.Minute
		return []Action{here.does("replay an alarm", func(w *simulate.World) error { w.RingAt(name, dir, w.Now().Add(-ago)); return nil })}
	case 3:
		return reserveAction(r, spec, here)
	case 4:
		return foreignAction(r, p, spec, dir, here)
	default:
		return lostMetrics(r, p, spec, dir, here)
	}
}

// reserveAction is somebody who changes the reservation of a consumer, or stops it.
func reserveAction(r *rand.Rand, spec simulate.StreamSpec, here occasion) []Action {
	function, concurrency := spec.Consumer.Function, []int{-1, 0, 0, 1, 1 + r.IntN(20)}[r.IntN(5)]
	if function == "" {
		return nil
	}
	changed := here.does("change a reservation", func(w *simulate.World) error { return w.Reserve(function, concurrency) })
	changed.note = func(a *auditor) { a.changed[function] = a.world.Now() }
	if concurrency != 0 {
		return []Action{changed}
	}
	behind := 32 + r.IntN(40) // minutes after which it is far behind
	return append([]Action{changed}, capped(r, spec, behind, here)...)
}

// capped is somebody who sets a low maximum after some minutes; and alarms that ask soon after that.
func capped(r *rand.Rand, spec simulate.StreamSpec, after int, here occasion) []Action {
	most := strconv.Itoa(1 + r.IntN(3))
	rings := here.does("forge an alarm", func(w *simulate.World) error { w.Ring(spec.Name, scaling.Down); return nil })
	return []Action{
		here.does("lower the maximum", func(w *simulate.World) error {
			return w.Tag(spec.Name, map[string]string{"shardkeeper:max-shards": most})
		}).later(after),
		rings.later(after + 3), rings.later(after + 6),
	}
}

// foreignAction is somebody who makes an alarm with a name of ours, and deletes it later.
func foreignAction(r *rand.Rand, p Plan, spec simulate.StreamSpec, dir scaling.Direction, here occasion) []Action {
	name := spec.Name
	want := scaling.AlarmWant{Stream: name, OpenShards: spec.Shards, Settings: scaling.Defaults(scaling.DoubleHalve)}
	made := here.does("make an alarm of our name", func(w *simulate.World) error { return w.PutForeignAlarm(want, dir) })
	made.note = func(a *auditor) { a.foreign[name] = a.world.Now() }
	gone := here.does("delete the alarm of our name", func(w *simulate.World) error { w.DeleteAlarms(name); return nil }).later(5 + r.IntN(60))
	gone.Minute = min(gone.Minute, p.Trouble-1)
	gone.note = func(a *auditor) { delete(a.foreign, name) }
	return []Action{made, gone}
}

// lostMetrics is CloudWatch that loses the metrics of a stream for some minutes. Meanwhile an alarm rings.
func lostMetrics(r *rand.Rand, p Plan, spec simulate.StreamSpec, dir scaling.Direction, here occasion) []Action {
	minutes := 4 + r.IntN(20)
	lost := here.does("lose the metrics", func(w *simulate.World) error {
		w.LoseMetrics(spec.Name, minutes)
		return nil
	})
	lost.note = func(a *auditor) {
		b := a.book(spec.Name)
		b.lostUntil = a.world.Now().Truncate(time.Minute).Add(time.Duration(minutes) * time.Minute)
	}
	rings := here.does("forge an alarm", func(w *simulate.World) error { w.Ring(spec.Name, dir); return nil }).later(1 + r.IntN(minutes))
	if lost.Minute+minutes >= p.Trouble {
		return nil
	}
	if minutes > 8 && r.IntN(2) == 0 {
		return append([]Action{lost}, capped(r, spec, minutes-7, here)...)
	}
	return []Action{lost, rings}
}

// onItsWay draws whether a call that its caller gives up is heard by the service after all: mostly while the
// claim's lease lives, sometimes long after.
func (r *run) onItsWay(c simulate.Call, d *rand.Rand, kind string, fault simulate.Fault) (string, simulate.Fault) {
	left := time.Duration(r.plan.Trouble-r.minute-1) * time.Minute
	late := time.Duration(1+d.IntN(50)) * time.Second
	switch d.IntN(4) {
	case 0:
		return kind, fault
	case 1:
		late = time.Duration(1+d.IntN(40)) * time.Minute
	}
	if late > left {
		return kind, fault
	}
	fault.Late = fault.Delay + late
	r.auditor.late[c.Request] = true
	return "takes effect late", fault
}

// refusal is what a service refuses for an hour, whoever asks: rights that are missing, a quota of alarms that
// is used up.
func (p Plan) refusal(c simulate.Call, minute int) (string, error) {
	kinds := map[string]struct {
		kind  string
		err   error
		oneIn int
	}{
		"DescribeLimits":     {"no right to call", scaling.ErrRefused, 8},
		"GetAccountSettings": {"no right to call", scaling.ErrRefused, 8},
		"UpdateShardCount":   {"a limit that only the service knows", scaling.ErrLimitExceeded, 15},
		"PutMetricAlarm":     {"the account's quota is used up", scaling.ErrLimitExceeded, 20},
	}
	refused, found := kinds[c.API]
	if !found || p.drawn(fmt.Sprintf("refusal of %s %d", c.API, minute/60)).IntN(refused.oneIn) != 0 {
		return "", nil
	}
	return refused.kind, fmt.Errorf("%s: %w", refused.kind, refused.err)
}

// tellOwn sends the event of our own call, sometimes, as if somebody else had made it.
func (r *run) tellOwn(op simulate.Operation) {
	about := fmt.Sprintf("%04d event of our own call for %s", r.minute, op.Stream)
	if !r.trouble() || r.options.Drop[about] || r.plan.drawn(about).IntN(3) != 0 {
		return
	}
	r.count(about, "event of our own call")
	r.world.TellOwn(op)
}

// altered is how the use cases are changed: by the mistakes of a test, and by an index that shows what is due
// as it was some minutes ago.
func (r *run) altered() simulate.Altered {
	altered := r.options.Altered
	inner := altered.Reconciler
	altered.Reconciler = func(rec *reconciler.Reconciler) {
		if inner != nil {
			inner(rec)
		}
		if r.trouble() && r.plan.drawn(fmt.Sprintf("index of %d", r.minute/20)).IntN(5) == 0 {
			rec.Registry = staleIndex{rec.Registry, r}
		}
		rec.Notifier = r.post.sender()
		if r.older("reconciler") {
			rec.Registry = olderReconciler{rec.Registry, older{rec.Registry, r}}
		}
	}
	ofScaler := altered.Scaler
	altered.Scaler = func(s *scaler.Scaler) {
		if ofScaler != nil {
			ofScaler(s)
		}
		if r.older("scaler") {
			s.Registry = olderScaler{s.Registry, older{s.Registry, r}}
		}
	}
	return altered
}

// staleIndex is a registry whose index of what is due shows what it showed at its first look of some minutes.
type staleIndex struct {
	reconciler.Registry

	run *run
}

// stale is for how many minutes an index does not change.
const stale = 4

// Due returns what was due some minutes ago.
func (s staleIndex) Due(ctx context.Context, now time.Time, limit int) ([]string, error) {
	r := s.run
	if r.minute-r.shownAt < stale && r.shown != nil {
		return r.shown[:min(limit, len(r.shown))], nil
	}
	names, err := s.Registry.Due(ctx, now, limit)
	if err == nil {
		r.shown, r.shownAt = names, r.minute
		r.count(fmt.Sprintf("%04d index", r.minute), "index of what is due is stale")
	}
	return names, err
}
