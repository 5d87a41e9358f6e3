package reconciler_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Whatever goes wrong in a few calls, ten minutes later all is in order: alarms hold the true
// shard count and can speak, nothing is stuck, slots are neither lost nor taken twice.
func TestAfterFaultsAllComesInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		open := rapid.SampledFrom([]int{1, 3, 4, 8}).Draw(t, "open shards")
		load := float64(open) * rapid.SampledFrom([]float64{0, 0.05, 0.5, 0.9, 1.7}).Draw(t, "load for each")
		w.stream(orders, open, load,
			"shardkeeper:max-shards", rapid.SampledFrom([]string{"2", "4", "6", "10000"}).Draw(t, "max shards"),
			"shardkeeper:consumer", "reader")
		last := 0
		for range rapid.IntRange(0, 3).Draw(t, "faults") {
			at := rapid.IntRange(0, 150).Draw(t, "in call")
			w.failAt[at] = faultKinds()[rapid.SampledFrom(kindNames()).Draw(t, "goes wrong")]
			last = max(last, at)
		}
		deaf := rapid.IntRange(-1, 3).Draw(t, "lost notification")
		w.lose = func(string) bool { deaf--; return deaf == -1 }
		twist := rapid.SampledFrom(twistNames()).Draw(t, "twist")
		when := rapid.IntRange(1, 12).Draw(t, "in minute")

		w.event("CreateStream")
		for minute := 1; minute <= when || len(w.calls) <= last || deaf >= 0 && minute < 20; minute++ {
			if minute == when {
				twists()[twist](w)
			}
			w.minute()
		}
		w.minutes(12) // ten, and a resharding
		w.inOrder()
		w.minutes(60)
		w.inOrder()
		w.sized()
	})
}

// faultKinds are what can go wrong in a call.
func faultKinds() map[string]fault {
	return map[string]fault{
		"throttled":                {err: scaling.ErrThrottled},
		"refused":                  {err: scaling.ErrRefused},
		"lost on the way":          {err: scaling.ErrOutcomeUnknown},
		"answer lost":              {err: scaling.ErrOutcomeUnknown, effect: true},
		"dies before":              {die: true},
		"dies after":               {die: true, effect: true},
		"another writer was first": {err: ledger.ErrConflict},
	}
}

func kindNames() []string {
	return []string{"throttled", "refused", "lost on the way", "answer lost", "dies before", "dies after", "another writer was first"}
}

// twists are what people do to a stream meanwhile.
func twists() map[string]func(*world) {
	return map[string]func(*world){
		"none": func(*world) {},
		"untagged": func(w *world) {
			w.streams[orders].tags = nil
			w.event("RemoveTagsFromStream")
		},
		"deleted": func(w *world) {
			delete(w.streams, orders)
			w.event("DeleteStream")
		},
		"deleted without an event": func(w *world) { delete(w.streams, orders) },
		"made again": func(w *world) {
			s := w.streams[orders]
			s.CreatedAt, s.Status, s.OpenShards, s.target = w.now.Add(10*time.Second), scaling.StatusActive, 2, 2
		},
		"on-demand": func(w *world) { w.streams[orders].Mode = scaling.ModeOnDemand },
		"untagged and tagged again": func(w *world) {
			s := w.streams[orders]
			tags := s.tags
			s.tags = nil
			w.event("RemoveTagsFromStream")
			s.tags = tags
			w.event("AddTagsToStream")
		},
		"resharded by somebody else": func(w *world) {
			s := w.streams[orders]
			if s.Status != scaling.StatusActive {
				return
			}
			s.reshard(7, w.now.Add(2*time.Minute)) // a size that nobody else chooses
			op := scaling.Operation{At: w.now, To: s.target, Actor: "somebody"}
			w.deliver(message{handle: func() error {
				_, err := w.enroller().Handle(context.Background(), enroller.Change{Stream: orders, EventID: "event", Call: "UpdateShardCount", Reshard: &op})
				return err
			}})
		},
		"a stack update reset the alarms": func(w *world) {
			for _, a := range w.alarms {
				a.want.OpenShards = 1
			}
		},
		"alarms deleted by hand": func(w *world) { clear(w.alarms) },
	}
}

func twistNames() []string {
	return []string{
		"none", "untagged", "deleted", "deleted without an event", "made again", "on-demand", "untagged and tagged again",
		"resharded by somebody else", "a stack update reset the alarms", "alarms deleted by hand",
	}
}

// inOrder fails the test where something is stuck or out of step.
func (w *world) inOrder() {
	w.Helper()
	bad := func(format string, args ...any) { w.Fatalf("%s\n%s", fmt.Sprintf(format, args...), w.show()) }
	s, exists := w.streams[orders]
	item, err := w.kept.Load(context.Background(), orders)
	if err != nil {
		if exists && len(s.tags) > 0 {
			bad("not enrolled: %v", err)
		}
		return
	}
	if item.InFlight != nil && w.now.Sub(item.InFlight.At) > 5*time.Minute {
		bad("operation %d is stuck: %s", item.InFlight.Fence, item.InFlight.Outcome)
	}
	w.slots(item, bad)
	if !exists || len(s.tags) == 0 || s.Mode == scaling.ModeOnDemand {
		if len(w.alarms) > 0 || item.Status == ledger.Enrolled {
			bad("%s with %d alarms", item.Status, len(w.alarms))
		}
		return
	}
	if item.Status != ledger.Enrolled || item.DueAt.IsZero() || item.DueAt.Before(w.now.Add(-time.Minute)) {
		bad("%s, due at %v", item.Status, item.DueAt)
	}
	if item.InFlight != nil || s.Status != scaling.StatusActive {
		return
	}
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		a := w.of(dir)
		if a == nil || a.want.OpenShards != s.OpenShards || a.want.Settings != item.Settings {
			bad("the scale-%s alarm is %+v", dir, a)
		}
		if a.state == scaling.StateAlarm && w.now.Sub(a.changed) > 7*time.Minute && item.Watch(dir).RetryAt.IsZero() && !w.heldForGood(dir) {
			bad("the scale-%s alarm will never speak again: %+v", dir, item.Watch(dir))
		}
	}
	if w.functions["reader"] != s.OpenShards {
		bad("the consumer has %d", w.functions["reader"])
	}
}

// slots fails where the slots are not those of the calls that were made, or the history does
// not have each of them once. Whether a call took effect cannot be known if the stream is gone
// or was resharded since; its slot is kept.
func (w *world) slots(item ledger.Item, bad func(string, ...any)) {
	ours, lines, unknown := 0, 0, 0
	for _, op := range item.Operations {
		if op.Fence != 0 {
			ours++
		}
	}
	for _, e := range w.history(ledger.KindOperation) {
		if e.Outcome != ledger.OutcomeRefused && e.Outcome != ledger.OutcomeNotApplied {
			lines++
		}
		if e.Outcome == ledger.OutcomeStreamGone || e.Outcome == ledger.OutcomeSuperseded {
			unknown++
		}
	}
	if item.InFlight == nil && (ours != lines || lines < w.accepted || lines > w.accepted+unknown) {
		bad("%d slots and %d lines for %d calls", ours, lines, w.accepted)
	}
	if others := len(item.Operations) - ours; others > 1 {
		bad("%d slots of somebody else", others)
	}
}

// heldForGood reports whether the newest decision on an alarm was one that only a change of the
// stream or its settings, or the alarm's own next transition, can change.
func (w *world) heldForGood(dir scaling.Direction) bool {
	h := slices.DeleteFunc(w.history(ledger.KindHold), func(e ledger.Entry) bool { return e.Alarm != scaling.AlarmName(orders, dir) })
	if len(h) == 0 {
		return false
	}
	reason := h[len(h)-1].Reasons.Last()
	return reason == scaling.HoldAtMaxShards || reason == scaling.HoldAtMinShards
}

// sized fails where the load is more than the stream takes, or a little of it, for no reason.
func (w *world) sized() {
	w.Helper()
	s, exists := w.streams[orders]
	if !exists || len(s.tags) == 0 || s.Mode == scaling.ModeOnDemand {
		return
	}
	item := w.item()
	utilization := s.load / float64(s.OpenShards)
	if s.OpenShards > item.Settings.MaxShards {
		w.Fatalf("%d open shards, at most %d\n%s", s.OpenShards, item.Settings.MaxShards, w.show())
	}
	if utilization >= item.Settings.ScaleUpThreshold && s.OpenShards < item.Settings.MaxShards && s.Status == scaling.StatusActive {
		w.Fatalf("utilization %.2f\n%s", utilization, w.show())
	}
	if entries := len(w.history("")); entries > 60 {
		w.Fatalf("%d lines of history in little more than an hour\n%s", entries, w.show())
	}
	if calls := len(w.calls); calls > 1500 {
		w.Fatalf("%d calls in little more than an hour", calls)
	}
}
