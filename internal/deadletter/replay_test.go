package deadletter_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

// box is a queue and the functions of its account.
type box struct {
	messages []deadletter.Message // in the queue
	hidden   map[string]bool
	batch    int
	invoked  []string // functions, in order
	did      []string // what was done, in order
	fail     map[string]error
}

func boxOf(bodies ...string) *box {
	b := &box{hidden: map[string]bool{}, batch: 10, fail: map[string]error{}}
	for i, text := range bodies {
		b.messages = append(b.messages, deadletter.Message{ID: fmt.Sprint("m", i), Body: text})
	}
	return b
}

func (b *box) note(what string) error {
	b.did = append(b.did, what)
	return b.fail[what]
}

func (b *box) Receive(context.Context) ([]deadletter.Message, error) {
	var got []deadletter.Message
	for _, m := range b.messages {
		if !b.hidden[m.ID] && len(got) < b.batch {
			b.hidden[m.ID] = true
			got = append(got, m)
		}
	}
	return got, b.fail["receive"]
}

func (b *box) Delete(_ context.Context, m deadletter.Message) error {
	if err := b.note("delete " + m.ID); err != nil {
		return err
	}
	b.messages = slices.DeleteFunc(b.messages, func(other deadletter.Message) bool { return other.ID == m.ID })
	return nil
}

func (b *box) Release(_ context.Context, m deadletter.Message) error {
	b.hidden[m.ID] = false
	return b.note("release " + m.ID)
}

func (b *box) Invoke(_ context.Context, function string, _ []byte) error {
	b.invoked = append(b.invoked, function)
	return b.note("invoke " + function)
}

// run replays a box and returns what became of the messages, by id.
func (b *box) run(t *testing.T, change func(*deadletter.Replayer)) (map[string]deadletter.Result, error) {
	t.Helper()
	r := deadletter.Replayer{Queue: b, Functions: b, Targets: deadletter.Targets{Scaler: "shardkeeper-scaler", Enroller: "shardkeeper-enroller"}}
	if change != nil {
		change(&r)
	}
	results := map[string]deadletter.Result{}
	err := r.Run(t.Context(), func(result deadletter.Result) error {
		if _, twice := results[result.Message.ID]; twice {
			t.Errorf("message %s is shown twice", result.Message.ID)
		}
		results[result.Message.ID] = result
		return nil
	})
	return results, err
}

// A message is deleted only after its event was taken.
func TestReplay(t *testing.T) {
	b := boxOf(body(t, "record-alarm.json"), body(t, "event-change.json"), body(t, "record-run.json"), "gossip")
	results, err := b.run(t, nil)
	if err != nil || len(results) != 4 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	want := []string{"invoke shardkeeper-scaler", "delete m0", "invoke shardkeeper-enroller", "delete m1", "delete m2", "release m3"}
	if diff := cmp.Diff(want, b.did); diff != "" {
		t.Error(diff)
	}
	if len(b.messages) != 1 || results["m3"].Done || results["m3"].Step.Why == "" {
		t.Errorf("left %+v, of which is said %+v", b.messages, results["m3"])
	}
}

func TestAnEventThatIsNotTakenStays(t *testing.T) {
	b := boxOf(body(t, "record-alarm.json"), body(t, "event-change.json"))
	b.fail["invoke shardkeeper-scaler"] = errors.New("access denied")
	results, err := b.run(t, nil)
	if err != nil || results["m0"].Err == nil || results["m0"].Done || !results["m1"].Done {
		t.Errorf("%+v, %v", results, err)
	}
	if len(b.messages) != 1 || b.messages[0].ID != "m0" || b.hidden["m0"] {
		t.Errorf("in the queue: %+v, hidden %v", b.messages, b.hidden)
	}
}

// What was handed over and could not be deleted comes again, and is handed over again.
func TestAMessageThatIsNotDeletedIsReplayedTwice(t *testing.T) {
	b := boxOf(body(t, "record-alarm.json"))
	b.fail["delete m0"] = errors.New("connection reset")
	results, err := b.run(t, nil)
	if err != nil || !results["m0"].Done || results["m0"].Err == nil || len(b.messages) != 1 {
		t.Errorf("%+v, %v", results, err)
	}
	delete(b.fail, "delete m0")
	if _, err := b.run(t, nil); err != nil || len(b.messages) != 0 || len(b.invoked) != 2 {
		t.Errorf("invoked %v, in the queue %v, %v", b.invoked, b.messages, err)
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	b := boxOf(body(t, "record-alarm.json"), body(t, "record-run.json"), "gossip")
	results, err := b.run(t, func(r *deadletter.Replayer) { r.DryRun = true })
	if err != nil || len(results) != 3 || results["m0"].Step.Function != "shardkeeper-scaler" || results["m0"].Done {
		t.Errorf("%+v, %v", results, err)
	}
	slices.Sort(b.did)
	if diff := cmp.Diff([]string{"release m0", "release m1", "release m2"}, b.did); diff != "" || len(b.messages) != 3 {
		t.Errorf("%s\n%d messages", diff, len(b.messages))
	}
}

func TestTheLimitHolds(t *testing.T) {
	alarm := body(t, "record-alarm.json")
	for limit, want := range map[int]int{0: 5, 1: 1, 4: 4, 5: 5, 9: 5} {
		b := boxOf(alarm, alarm, alarm, alarm, alarm)
		b.batch = 2
		if _, err := b.run(t, func(r *deadletter.Replayer) { r.Limit = limit }); err != nil || len(b.invoked) != want {
			t.Errorf("limit %d: %d invoked, %v", limit, len(b.invoked), err)
		}
		for _, m := range b.messages {
			if b.hidden[m.ID] {
				t.Errorf("limit %d: %s stays hidden", limit, m.ID)
			}
		}
	}
}

func TestAQueueThatCannotBeReadIsTold(t *testing.T) {
	b := boxOf(body(t, "record-alarm.json"))
	b.fail["receive"] = errors.New("no such queue")
	if _, err := b.run(t, nil); !errors.Is(err, b.fail["receive"]) || len(b.invoked) > 0 {
		t.Errorf("%v, invoked %v", err, b.invoked)
	}
}

// Whatever fails when: each message is deleted or visible again, what is said of it is so, and a
// second run without faults empties the queue.
func TestNothingIsLostWhateverFails(t *testing.T) {
	bodies := []string{body(t, "record-alarm.json"), body(t, "event-change.json"), body(t, "notification-alarm.json"), body(t, "record-run.json")}
	rapid.Check(t, func(rt *rapid.T) {
		b := boxOf(rapid.SliceOfN(rapid.SampledFrom(bodies), 0, 12).Draw(rt, "bodies")...)
		b.batch = rapid.IntRange(1, 10).Draw(rt, "batch")
		total := len(b.messages)
		for i := range total {
			if rapid.Bool().Draw(rt, "delete fails") {
				b.fail[fmt.Sprint("delete m", i)] = errors.New("timeout")
			}
		}
		if rapid.Bool().Draw(rt, "the scaler is gone") {
			b.fail["invoke shardkeeper-scaler"] = errors.New("no such function")
		}
		results, err := b.run(t, nil)
		if err != nil || len(results) != total {
			rt.Fatalf("%d results of %d, %v", len(results), total, err)
		}
		for _, m := range b.messages {
			if b.hidden[m.ID] {
				rt.Errorf("%s stays hidden", m.ID)
			}
		}
		for id, result := range results {
			inQueue := slices.ContainsFunc(b.messages, func(m deadletter.Message) bool { return m.ID == id })
			if gone := result.Done && result.Err == nil; gone == inQueue {
				rt.Errorf("%s: in the queue %v, but %+v", id, inQueue, result)
			}
		}
		b.fail = map[string]error{}
		if _, err := b.run(t, nil); err != nil || len(b.messages) != 0 {
			rt.Errorf("the second run leaves %v, %v", b.messages, err)
		}
	})
}

// Somebody who ends the command leaves no message half done: the one whose event was handed over is
// deleted, the others stay.
func TestAnEndOfTheRunFinishesTheMessageThatIsBegun(t *testing.T) {
	alarm := body(t, "record-alarm.json")
	b := boxOf(alarm, alarm, alarm)
	ctx, end := context.WithCancel(t.Context())
	ending := &endingBox{b, end}
	r := deadletter.Replayer{Queue: ending, Functions: ending, Targets: deadletter.Targets{Scaler: "shardkeeper-scaler"}}
	shown := 0
	err := r.Run(ctx, func(deadletter.Result) error { shown++; return nil })
	if !errors.Is(err, context.Canceled) || shown != 1 || len(b.invoked) != 1 || len(b.messages) != 2 {
		t.Errorf("%v: %d shown, invoked %v, %d left", err, shown, b.invoked, len(b.messages))
	}
	for _, m := range b.messages {
		if b.hidden[m.ID] {
			t.Errorf("%s stays hidden", m.ID)
		}
	}
}

// endingBox ends the run while an event is handed over, and does nothing for a context that has ended.
type endingBox struct {
	*box

	end func()
}

func (e *endingBox) Invoke(ctx context.Context, function string, payload []byte) error {
	e.end()
	return errors.Join(ctx.Err(), e.box.Invoke(ctx, function, payload))
}

func (e *endingBox) Delete(ctx context.Context, m deadletter.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return e.box.Delete(ctx, m)
}
