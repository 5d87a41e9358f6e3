package faults

// What people leave behind: alarms that tell nobody, looks that are planned no more, settings for a while; and
// streams with a hot key.

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// hands draws what people leave behind in the phase of trouble.
func (p Plan) hands() []Action {
	r := p.drawn("hands")
	var all []Action
	for range r.IntN(2+2*len(p.Streams)) * p.lots() {
		name := p.Streams[r.IntN(len(p.Streams))].Name
		minute, length := p.minute(r), 1+r.IntN(90)
		one := func(kind string, do func(w *simulate.World) error) Action {
			return within(r, minute, name).does(kind, do)
		}
		switch r.IntN(4) {
		case 0:
			all = append(all, one("disable the alarms", func(w *simulate.World) error { w.EnableAlarms(name, false); return nil }))
			enable := one("enable the alarms", func(w *simulate.World) error { w.EnableAlarms(name, true); return nil })
			if enable.Minute += length; r.IntN(8) > 0 { // some forget
				all = append(all, enable)
			}
		case 1:
			layer := overrides(r)
			all = append(all, one("set something for a while", func(w *simulate.World) error {
				w.Registry().OverrideTimed(name, []ledger.Timed{{
					ID: "for-a-while", From: w.Now(), Until: w.Now().Add(time.Duration(length) * time.Minute), Settings: layer, Reason: "a test", Who: operator,
				}})
				return nil
			}))
		default:
			ahead := []time.Duration{0, time.Hour, 30 * 24 * time.Hour}[r.IntN(3)]
			unplan := one("take away the next look", func(w *simulate.World) error {
				at := w.Now().Add(ahead)
				if ahead == 0 {
					at = time.Time{} // the attribute is gone
				}
				w.Registry().PlanAt(name, at)
				return nil
			})
			unplan.note = func(a *auditor) { a.book(name).unplanned = a.world.Now() }
			all = append(all, unplan)
		}
	}
	return all
}

// planned counts looks that were taken away, and came back.
func (a *auditor) planned(b *book) {
	now := a.world.Now()
	if !a.replanned[b.item.Name].Equal(b.unplanned) && !b.item.DueAt.IsZero() && b.item.DueAt.Before(now.Add(time.Hour)) {
		a.replanned[b.item.Name] = b.unplanned
		a.rare("a look that was lost was planned again")
	}
}

// unplannedOf reports whether somebody took away the next look at a stream a short while before the phase of health.
func (a *auditor) unplannedOf(b *book) bool {
	back := start().Add(time.Duration(a.plan.outage.until) * time.Minute)
	if b.unplanned.After(back) {
		back = b.unplanned
	}
	return !a.replanned[b.item.Name].Equal(b.unplanned) || !b.unplanned.IsZero() && a.world.Now().Sub(back) < 3*time.Hour
}

// hotKey is how the load of a stream falls on its shards, where one key has a large part of it; nil for most.
func (p Plan) hotKey(stream string) *profile.Spread {
	r := p.drawn("hot key of " + stream)
	if r.IntN(15) != 0 {
		return nil
	}
	return profile.Profile{Name: "hot", HotKey: 0.1 + 0.4*r.Float64(), KeySeed: r.IntN(100)}.Spread()
}

// takes returns the part of a load of a stream, in shards, that some number of shards could take: what a hot key asks beyond
// its own shard, none could.
func (p Plan) takes(stream string) func(load float64) float64 {
	hot := p.hotKey(stream)
	if hot == nil {
		return func(load float64) float64 { return load }
	}
	share := hot.Profile().HotKey
	return func(load float64) float64 { return load - max(0, share*load-1) }
}

// makeAgain lets somebody delete a stream just after our call, sometimes, and make it again as soon as it is gone.
func (r *run) makeAgain(op simulate.Operation) {
	about := fmt.Sprintf("%04d make %s again under an operation", r.minute, op.Stream)
	if !r.trouble() || r.plan.Trouble-r.minute < 10 || r.options.Drop[about] || r.plan.drawn(about).IntN(40) != 0 {
		return
	}
	for _, spec := range r.plan.Streams {
		if spec.Name == op.Stream && r.world.DeleteStream(op.Stream) == nil {
			r.count(about, "made again under an operation")
			r.tell("somebody deletes %s", op.Stream)
			spec.Age, spec.Shards = 0, op.To
			r.remade = append(r.remade, spec)
		}
	}
}

// createAgain makes the streams again that are gone by now.
func (r *run) createAgain() {
	for i, spec := range r.remade {
		if r.world.CreateStream(spec) == nil {
			r.tell("somebody makes %s again", spec.Name)
			r.remade = append(r.remade[:i:i], r.remade[i+1:]...)
			return
		}
	}
}

// settles is how long after a call by somebody else its result must have been there for it to be counted.
const settles = 20 * time.Minute

// unnoticed checks that the newest call is counted, if somebody else made it, its result is there, and nothing else
// happened near it that may explain the same size. In a restored table a stream's size is not known until it is seen again.
func (a *auditor) unnoticed(b *book, item ledger.Item, t truth) {
	now := a.world.Now()
	if len(b.others) == 0 || item.Status != ledger.Enrolled || item.InFlight != nil || t.summary.Status != scaling.StatusActive {
		return
	}
	newest := b.others[len(b.others)-1]
	unseen := a.plan.outage != (outage{}) && (!b.restored.IsZero() || t.summary.CreatedAt.After(start())) // it had another size while nobody looked
	alone := len(b.recuts) == 0 && !unseen && !newest.known && !newest.undone && t.summary.OpenShards == newest.To && item.OpenShards == newest.To &&
		newest.At.After(b.enrolled.Add(settles)) && newest.At.After(b.restored.Add(settles)) && newest.At.After(t.summary.CreatedAt.Add(settles)) && newest.At.Before(now.Add(-settles)) && item.SeenAt.After(newest.At.Add(settles))
	if !alone {
		return
	}
	for _, o := range b.others[:len(b.others)-1] {
		thereAndBack := a.duringOutage(o.At) || a.duringOutage(newest.At) && o.To == newest.From // while nobody looked
		alone = alone && !thereAndBack && o.At.Before(newest.At.Add(-2*settles))
	}
	for _, e := range a.history(item.Name, ledger.KindOperation, begin()) {
		alone = alone && e.At.Before(newest.At.Add(-2*settles)) // a later one of ours may have led to the same size
	}
	if alone {
		a.broken(OthersAreNoticed, item.Name, "somebody made it %d at %s, and no entry says so", newest.To, newest.At.Format(time.TimeOnly))
	}
}

// claimedUnseen checks that a claim is not made on a size that somebody else has made and that nobody has counted.
func (a *auditor) claimedUnseen(c simulate.Call, b *book, before ledger.Item, op ledger.Entry) {
	if len(b.others) == 0 || before.OpenShards == 0 {
		return
	}
	newest := b.others[len(b.others)-1]
	if newest.known || newest.undone || newest.To != op.From || before.OpenShards != newest.From || newest.At.After(op.At.Add(-time.Minute)) {
		return
	}
	for _, slot := range before.Operations {
		if slot.At.After(newest.At.Add(-2 * settles)) {
			return
		}
	}
	a.broken(OthersAreNoticed, c.Stream, "%s claims operation %d from %d, and that somebody made it so at %s is not counted", c.Request, op.Fence, op.From, newest.At.Format(time.TimeOnly))
}
