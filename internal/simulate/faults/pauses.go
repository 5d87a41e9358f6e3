package faults

// Pauses of all streams and of one, schedules, and deployments of the stack with other parameters.

import (
	"fmt"
	"maps"
	"math/rand/v2"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// pauses draws pauses that are set and lifted, all within the phase of trouble, schedules that stay, and deployments.
func (p Plan) pauses() []Action {
	r := p.drawn("pauses")
	var all []Action
	one := func(minute int, stream, kind string, do func(w *simulate.World) error) *Action {
		all = append(all, within(r, min(minute, p.Trouble-1), stream).does(kind, do))
		return &all[len(all)-1]
	}
	if r.IntN(4) == 0 {
		minute, length := p.minute(r), 1+r.IntN(240)
		nothing := func(*simulate.World) error { return nil }
		one(minute, "", "pause all resharding", nothing).done = func(a *auditor) { a.paused = a.table.pause() == nil }
		one(minute+length, "", "resume all resharding", nothing).done = func(a *auditor) { a.paused = a.table.resume() != nil }
	}
	for range r.IntN(1+len(p.Streams)) * p.lots() {
		name := p.Streams[r.IntN(len(p.Streams))].Name
		minute, length := p.minute(r), 1+r.IntN(120)
		switch r.IntN(3) {
		case 0:
			which := scaling.PausedValues()[1+r.IntN(3)]
			one(minute, name, "pause a stream", func(w *simulate.World) error {
				return w.Tag(name, map[string]string{"shardkeeper:pause": string(which)})
			})
			one(minute+length, name, "resume a stream", func(w *simulate.World) error { return w.Tag(name, map[string]string{"shardkeeper:pause": ""}) })
		case 1:
			tag := schedule(r)
			one(minute, name, "give a schedule", func(w *simulate.World) error { return w.Tag(name, map[string]string{"shardkeeper:schedule": tag}) })
			if r.IntN(2) == 0 {
				one(minute+length, name, "take the schedule away", func(w *simulate.World) error { return w.Tag(name, map[string]string{"shardkeeper:schedule": ""}) })
			}
		}
	}
	if r.IntN(4) == 0 {
		for range 1 + r.IntN(3) {
			rules := p.Rules
			rules.Defaults = maps.Clone(parameters(r))
			rules.MaxShardsCeiling = []int{0, 0, 4, 16}[r.IntN(4)]
			one(p.minute(r), "", "deploy with other parameters", func(w *simulate.World) error { w.Deploy(rules); return nil }).note = func(a *auditor) { a.plan.Rules = rules }
		}
	}
	return all
}

// schedule draws a schedule with one or two periods.
func schedule(r *rand.Rand) string {
	text := fmt.Sprintf("mon-fri %02d:%02d UTC %dh min=%d", r.IntN(24), r.IntN(60), 1+r.IntN(5), 1+r.IntN(24))
	if r.IntN(2) == 0 {
		text += fmt.Sprintf(" / daily %02d:%02d Europe/Berlin %dh min=%d", r.IntN(24), r.IntN(60), 1+r.IntN(5), 1+r.IntN(24))
	}
	return text
}

// parameters draws the stack's parameters.
func parameters(r *rand.Rand) scaling.Layer {
	l := scaling.Layer{}
	switch r.IntN(4) {
	case 0:
		l["max-shards"] = []string{"4", "8", "40"}[r.IntN(3)]
	case 1:
		l["scale-up-threshold"] = []string{"0.5", "0.9"}[r.IntN(2)]
	case 2:
		l["policy"] = string(scaling.TargetTracking)
	}
	return l
}
