package faults

// What people and their tools do to streams in the phase of trouble.

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Action is something that somebody does to a stream.
type Action struct {
	Minute int // of the world
	Call   int // it comes just before this call of that minute, from 1; 0: before the minute
	Stream string
	Kind   string // what is done, for people and for counting
	do     func(w *simulate.World) error
	note   func(a *auditor) // what the auditor must know of it before; nil: nothing
	done   func(a *auditor) // what it must know once it is done; nil: nothing
}

// id tells an action from all others of a plan.
func (a Action) id() string { return fmt.Sprintf("%04d %s %s", a.Minute, a.Kind, a.Stream) }

// actions draws what happens in the phase of trouble, in order.
func actions(r *rand.Rand, p Plan) []Action {
	var all []Action
	for range r.IntN(6+6*len(p.Streams)) * p.lots() {
		spec := p.Streams[r.IntN(len(p.Streams))]
		all = append(all, someAction(r, p, spec, p.minute(r))...)
	}
	all = append(all, p.hands()...)
	all = append(all, p.restores()...)
	all = append(all, p.strangers()...)
	all = append(all, p.pauses()...)
	all = append(all, p.itemHands()...)
	all = append(all, p.historyHands()...)
	all = append(all, p.itselfHands()...)
	all = append(all, p.alarmHands()...)
	all = append(all, p.fleetHands()...)
	all = slices.DeleteFunc(all, func(a Action) bool { return a.Minute >= p.Trouble })
	slices.SortStableFunc(all, func(a, b Action) int { return a.Minute - b.Minute })
	return all
}

// lots is how many times as much is done as in a short plan.
func (p Plan) lots() int { return max(1, p.Trouble/(36*60)) }

// occasion is when an action may come: before a call of a minute.
type occasion struct {
	stream       string
	minute, call int
}

// minute draws a minute of the phase of trouble.
func (p Plan) minute(r *rand.Rand) int { return 5 + r.IntN(p.Trouble-5) }

// within draws an occasion in a minute, between the calls of an invocation too. The stream is empty for what is of all.
func within(r *rand.Rand, minute int, stream string) occasion {
	return occasion{stream, minute, r.IntN(12)}
}

// does is the action of who does something then.
func (o occasion) does(kind string, do func(w *simulate.World) error) Action {
	return Action{Minute: o.minute, Call: o.call, Stream: o.stream, Kind: kind, do: do}
}

// later is the action some minutes later, before the first call of its minute.
func (a Action) later(minutes int) Action {
	a.Minute, a.Call = a.Minute+minutes, 0
	return a
}

// someAction draws something that people and their tools do to a stream in a minute, and what follows from it later.
func someAction(r *rand.Rand, p Plan, spec simulate.StreamSpec, minute int) []Action {
	name := spec.Name
	here := within(r, minute, name)
	switch drawn := r.IntN(16); drawn {
	case 0, 1, 2:
		up, back := r.IntN(2) == 0, r.IntN(3) == 0
		first := here.does("reshard by hand", func(w *simulate.World) error { return reshard(w, name, up) })
		if !back {
			return []Action{first}
		}
		return []Action{first, here.does("reshard back by hand", func(w *simulate.World) error { return reshard(w, name, !up) }).later(4 + r.IntN(8))}
	case 3:
		again := streamSpec(r, name)
		again.Age, again.Consumer = 0, spec.Consumer
		if spec.Consumer.Function == "" { // nobody has made that function
			delete(again.Tags, "shardkeeper:consumer")
		}
		gone := here.does("delete", func(w *simulate.World) error { return w.DeleteStream(name) })
		if r.IntN(6) == 0 {
			return []Action{gone}
		}
		return []Action{gone, here.does("create again", func(w *simulate.World) error { return w.CreateStream(again) }).later(2 + r.IntN(30))}
	case 4:
		return []Action{
			here.does("switch to on-demand", func(w *simulate.World) error { return w.SwitchMode(name, true) }),
			here.does("switch to provisioned", func(w *simulate.World) error { return w.SwitchMode(name, false) }).later(5 + r.IntN(60)),
		}
	case 5:
		gone := here.does("remove the tag", func(w *simulate.World) error { return w.Tag(name, map[string]string{scaling.ModeTag: ""}) })
		if r.IntN(2) == 0 {
			return []Action{gone}
		}
		return []Action{gone, here.does("tag again", func(w *simulate.World) error {
			return w.Tag(name, map[string]string{scaling.ModeTag: string(scaling.ModeEnabled)})
		}).later(1 + r.IntN(60))}
	case 6, 7, 8, 9:
		return setAction(r, spec, here, drawn)
	default:
		return oddAction(r, p, spec, here)
	}
}

// setAction draws something that people and their tools set of a stream: 6 to 9 say what.
func setAction(r *rand.Rand, spec simulate.StreamSpec, here occasion, drawn int) []Action {
	name := spec.Name
	switch drawn {
	case 6:
		changed := tags(r)
		return []Action{here.does("change the tags", func(w *simulate.World) error { return w.Tag(name, changed) })}
	case 7:
		layer := overrides(r)
		edit := here.does("edit the overrides", func(w *simulate.World) error {
			w.Registry().Override(name, layer)
			return nil
		})
		edit.done = func(a *auditor) { a.book(name).editedAt = a.world.Now() }
		return []Action{edit}
	case 8:
		want := scaling.AlarmWant{Stream: name, OpenShards: spec.Shards, Settings: scaling.Defaults(scaling.DoubleHalve)}
		return []Action{here.does("a stack update resets the alarms", func(w *simulate.World) error {
			if !w.Alarms(want).Up.Exists {
				return errNone
			}
			return w.PutAlarms(want)
		})}
	default:
		return []Action{here.does("a stack update deletes the alarms", func(w *simulate.World) error {
			w.DeleteAlarms(name)
			return nil
		})}
	}
}

// errNone is a stack update that finds no alarms of ours.
var errNone = errors.New("there are no alarms")

// reshard doubles or halves a stream by hand.
func reshard(w *simulate.World, name string, up bool) error {
	summary, err := w.Describe(name)
	if err != nil {
		return err
	}
	target := 2 * summary.OpenShards
	if !up {
		target = (summary.OpenShards + 1) / 2
	}
	return w.Reshard(name, target, operator)
}

// operator is who makes the calls by hand.
const operator = "arn:aws:iam::123456789012:user/somebody"

// act does what the plan has for now: before a minute, or before a call of it.
func (r *run) act(minute, call int) {
	for len(r.waiting) > 0 {
		next := r.waiting[0]
		if next.Minute > minute || next.Minute == minute && next.Call > call {
			return
		}
		r.waiting = r.waiting[1:]
		if r.options.Drop[next.id()] {
			continue
		}
		before := len(r.world.Operations())
		if next.note != nil {
			next.note(r.auditor)
		}
		err := next.do(r.world)
		r.count(next.id(), next.Kind)
		if err != nil {
			r.tell("%s of %s: %v", next.Kind, next.Stream, err)
			continue
		}
		r.tell("%s of %s", next.Kind, next.Stream)
		if next.done != nil {
			next.done(r.auditor)
		}
		for _, op := range r.world.Operations()[before:] {
			r.auditor.byHand(op)
		}
	}
}
