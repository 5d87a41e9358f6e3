package ledger_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The steps of a stream's item are played in random order against a service that does its worst:
// calls that are refused, lost, or taken without an answer, owners that die between two steps,
// copies that are stale, reshards by other people that are reported late, twice or not at all,
// streams deleted and recreated, tags taken off and put back, and time that passes.

// leaseLength is how long a claim of the machine keeps others away.
const leaseLength = 40 * time.Second

// owner is an invocation that has claimed and not yet recorded.
type owner struct {
	fence  int64
	until  time.Time // its lease
	target int
	called bool
	err    error // what it was told
}

// world is one stream with everything around it.
type world struct {
	now     time.Time
	item    ledger.Item // what the registry holds
	history map[string]ledger.Entry
	tags    scaling.Layer
	service service
	owners  []*owner
	copies  []ledger.Item // loaded by somebody, perhaps stale by now
	events  scaling.Operations
	known   []time.Time              // calls that the registry was told of, when they were made
	told    map[int64]ledger.Outcome // what the owner of a fence was told, once it was recorded
	alarms  int                      // transitions so far, each later than the last
}

func newWorld() *world {
	w := &world{
		now: noon(), tags: tagged(), history: map[string]ledger.Entry{}, told: map[int64]ledger.Outcome{},
		service: service{sum: seen(4)},
	}
	s, entries := ledger.Rules{}.Refresh(ledger.Item{Name: "orders"}, w.service.sum, w.tags, w.now, "enroller")
	w.save(nil, s, entries...)
	return w
}

// save writes the item, as the registry does, and checks what no write may do.
func (w *world) save(t *rapid.T, s ledger.Item, entries ...ledger.Entry) {
	if t != nil && s.Fence < w.item.Fence {
		t.Fatalf("the fence went from %d to %d", w.item.Fence, s.Fence)
	}
	if t != nil && (s.Up.Handled.Before(w.item.Up.Handled) || s.Down.Handled.Before(w.item.Down.Handled)) {
		t.Fatalf("a handled transition was forgotten")
	}
	s = s.Clone()
	s.Revision = w.item.Revision + 1
	w.item = s
	for _, e := range entries {
		w.history[e.At.String()+e.ID] = e
	}
}

// pure calls a step on the registry's item and checks that the item is not changed by it.
func (w *world) pure(t *rapid.T, step func(ledger.Item) (ledger.Item, []ledger.Entry)) {
	unchanged := untouched(t, w.item)
	next, entries := step(w.item)
	unchanged()
	w.save(t, next, entries...)
}

func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.service.settleUpdate(w.now)
}

// claim decides on a copy, perhaps a stale one, and asks for the right to act.
func (w *world) claim(t *rapid.T) {
	loaded := w.item.Clone()
	if len(w.copies) > 0 && rapid.Bool().Draw(t, "from a copy") {
		loaded = w.copies[0]
		w.copies = w.copies[1:]
	}
	if loaded.Status == ledger.Unenrolled {
		t.Skip("an alarm of a stream that is not enrolled")
	}
	dir := rapid.SampledFrom([]scaling.Direction{scaling.Up, scaling.Down}).Draw(t, "alarm")
	o := scaling.Observation{Alarm: dir, Stream: w.service.sum, Traffic: scaling.Traffic{Known: true, From: w.now.Add(-time.Hour), To: w.now}}
	d := loaded.HoldIfNotReady(scaling.Decide(w.now, loaded.Settings, o, loaded.Operations))
	w.alarms++
	transition := noon().Add(time.Duration(w.alarms) * time.Millisecond)
	if d.Direction == scaling.Hold {
		if loaded.Revision == w.item.Revision {
			w.pure(t, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
				return s.Held(dir, transition, d.RetryAt), []ledger.Entry{ledger.HoldEntry(s.Name, d, "alarm", transition, "scaler")}
			})
		}
		return
	}
	if loaded.Revision != w.item.Revision {
		return // the registry refuses: somebody was first
	}
	busy, live := w.item.InFlight != nil, w.item.LeaseUntil.After(w.now)
	unchanged := untouched(t, w.item)
	next, entry, err := w.item.Claim(ledger.Claim{
		Decision: d, Asked: dir, Alarm: "alarm", TransitionAt: transition, Owner: fmt.Sprint("scaler/", w.alarms), LeaseUntil: w.now.Add(leaseLength),
	})
	unchanged()
	if err != nil {
		t.Fatalf("a decision to act was not granted: %v", err)
	}
	if busy || live {
		t.Fatalf("granted while an operation was in flight (%v) or a lease live (%v)", busy, live)
	}
	if _, _, err := next.Claim(ledger.Claim{Decision: d, Asked: dir, TransitionAt: transition, LeaseUntil: w.now.Add(leaseLength)}); err == nil {
		t.Fatalf("granted twice")
	}
	inWindow := 0
	for _, at := range w.known {
		if w.now.Sub(at) <= 24*time.Hour {
			inWindow++
		}
	}
	if inWindow >= scaling.DefaultOperationLimit {
		t.Fatalf("granted after %d calls in 24 hours that were told of", inWindow)
	}
	w.save(t, next, entry)
	w.owners = append(w.owners, &owner{fence: next.Fence, until: next.LeaseUntil, target: d.Target})
}

// act lets an owner make its call, as long as its lease is live.
func (w *world) act(t *rapid.T) {
	i := slices.IndexFunc(w.owners, func(o *owner) bool { return !o.called })
	if i < 0 {
		t.Skip("nobody is about to act")
	}
	o := w.owners[i]
	if !w.now.Before(o.until) {
		w.owners = slices.Delete(w.owners, i, i+1) // it gives up
		return
	}
	if !w.item.InFlightUnder(o.fence) {
		t.Fatalf("fence %d acts while the item says otherwise: %+v", o.fence, w.item.InFlight)
	}
	o.called = true
	how := rapid.SampledFrom([]string{"works", "works", "works", "throttled", "lost", "no answer"}).Draw(t, "call")
	switch how {
	case "throttled":
		o.err = scaling.ErrThrottled
	case "lost":
		o.err = scaling.ErrOutcomeUnknown
	default:
		o.err = w.service.update(call{at: w.now, to: o.target, fence: o.fence}, time.Duration(rapid.IntRange(1, 30).Draw(t, "takes"))*time.Minute)
		if how == "no answer" {
			o.err = scaling.ErrOutcomeUnknown
		}
	}
}

// record lets an owner write down what it was told, or die before it does.
func (w *world) record(t *rapid.T) {
	i := slices.IndexFunc(w.owners, func(o *owner) bool { return o.called })
	if i < 0 {
		t.Skip("nobody has acted")
	}
	o := w.owners[i]
	w.owners = slices.Delete(w.owners, i, i+1)
	if rapid.IntRange(0, 3).Draw(t, "dies") == 0 || !w.item.InFlightUnder(o.fence) {
		return
	}
	w.pure(t, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		var entry ledger.Entry
		switch {
		case o.err == nil:
			s, entry = s.Accepted(w.now)
			w.known = append(w.known, entry.At)
		case scaling.DefinitelyRefused(o.err):
			s, entry = s.RefusedBy(o.err, scaling.Up, w.now)
		default:
			s, entry = s.OutcomeIsUnknown(w.now, o.err.Error())
		}
		w.told[o.fence] = entry.Outcome
		return s, []ledger.Entry{entry}
	})
}

// reconcile settles and refreshes, as the reconciler does.
func (w *world) reconcile(t *rapid.T) {
	w.pure(t, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		s, entries, done := s.Settle(w.service.sum, w.now)
		if done != (s.InFlight == nil) {
			t.Fatalf("done %v with %+v in flight", done, s.InFlight)
		}
		return s, entries
	})
	w.refresh(t)
}

func (w *world) refresh(t *rapid.T) {
	w.pure(t, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		return ledger.Rules{}.Refresh(s, w.service.sum, w.tags, w.now, "reconciler")
	})
}

// handmade lets somebody else reshard the stream; the event of it comes later, or never.
func (w *world) handmade(t *rapid.T) {
	open := w.service.sum.OpenShards
	to := rapid.IntRange(open-open/2, 2*open).Draw(t, "to")
	if w.service.update(call{at: w.now, to: to}, time.Duration(rapid.IntRange(1, 5).Draw(t, "takes"))*time.Minute) != nil {
		t.Skip("the service refuses")
	}
	if rapid.IntRange(0, 3).Draw(t, "the event is lost") > 0 {
		w.events = append(w.events, scaling.Operation{At: w.now, From: open, To: to, Actor: "arn:ops"})
	}
}

// deliver brings an event, and keeps it to bring it again.
func (w *world) deliver(t *rapid.T) {
	if len(w.events) == 0 {
		t.Skip("no events")
	}
	op := rapid.SampledFrom(w.events).Draw(t, "event")
	w.pure(t, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		s, entry, isNew := s.External(op, "event-"+op.At.String(), "UpdateShardCount", w.now)
		if !isNew {
			return s, nil
		}
		if slices.Contains(w.known, op.At) && w.now.Sub(op.At) < 24*time.Hour {
			t.Fatalf("the call of %v is new twice", op.At)
		}
		w.known = append(w.known, op.At)
		return s, []ledger.Entry{entry}
	})
}

// remake deletes the stream and makes it again. That takes longer than any lease.
func (w *world) remake(t *rapid.T) {
	w.pass(2 * time.Minute)
	w.service.sum.CreatedAt, w.service.sum.Status = w.now, scaling.StatusActive
	w.service.sum.OpenShards = rapid.IntRange(1, 8).Draw(t, "open")
	w.service.own = len(w.service.calls)
}

func TestLifecycle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		steps := map[string]func(*rapid.T){
			"": func(rt *rapid.T) { w.check(rt) },
			"seconds": func(rt *rapid.T) {
				w.pass(time.Duration(rapid.IntRange(1, 45).Draw(rt, "seconds")) * time.Second)
			},
			"minutes": func(rt *rapid.T) {
				w.pass(time.Duration(rapid.IntRange(1, 20).Draw(rt, "minutes")) * time.Minute)
			},
			"hours": func(rt *rapid.T) {
				w.pass(time.Duration(rapid.IntRange(1, 12).Draw(rt, "hours")) * time.Hour)
			},
			"load":      func(*rapid.T) { w.copies = append(w.copies, w.item.Clone()) },
			"claim":     w.claim,
			"act":       w.act,
			"record":    w.record,
			"reconcile": w.reconcile,
			"refresh":   w.refresh,
			"handmade":  w.handmade,
			"deliver":   w.deliver,
			"remake": func(rt *rapid.T) {
				if rapid.IntRange(0, 4).Draw(rt, "rarely") > 0 {
					rt.Skip("not now")
				}
				w.remake(rt)
			},
			"tags": func(*rapid.T) {
				if w.tags["mode"] == "enabled" {
					w.tags = scaling.Layer{}
				} else {
					w.tags = tagged()
				}
			},
		}
		// A claim is worth little without what follows it.
		for _, name := range slices.Collect(maps.Keys(steps)) {
			if name == "claim" || name == "act" || name == "record" || name == "reconcile" {
				steps[name+" too"] = steps[name]
			}
		}
		rt.Repeat(steps)
		w.rest(rt)
	})
}
