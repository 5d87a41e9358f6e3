package reconciler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// fleet returns the fleet's item.
func (w *world) fleet() ledger.Fleet {
	w.Helper()
	f, err := w.kept.Fleet(context.Background())
	if err != nil {
		w.Fatalf("fleet: %v", err)
	}
	return f
}

func TestTheFirstRunSweeps(t *testing.T) {
	w := newWorld(t)
	w.stream(orders, 4, 2)
	w.stream("untagged", 4, 2).tags = nil
	reports := w.run()
	if reports[orders].Event != report.Enrolled || w.item().Status != ledger.Enrolled || len(w.alarms) != 2 {
		t.Errorf("reports %+v, alarms %v", reports, w.alarms)
	}
	if _, told := reports["untagged"]; told {
		t.Errorf("reports %+v", reports)
	}
	if f := w.fleet(); !f.Swept.Equal(w.now) || !f.SweepStarted.IsZero() || f.SweepAfter != "" {
		t.Errorf("fleet %+v", f)
	}
	w.calls = nil
	w.now = w.now.Add(59 * time.Minute)
	if w.run(); len(w.called("List")) > 0 {
		t.Error("swept again within the hour")
	}
	w.now = w.now.Add(time.Minute)
	if w.run(); len(w.called("List")) != 1 || len(w.called("Tagged")) != 1 || len(w.called("Items 2")) != 1 || len(w.called("Tags")) > 0 {
		t.Errorf("calls %v", w.calls)
	}
}

// What events missed, in both directions: a tag that came, one that went, one that changed.
func TestTheSweepFindsWhatEventsMissed(t *testing.T) {
	w := newWorld(t)
	w.stream("came", 4, 2).tags = nil
	w.enrolled("went", 4, 2).tags = nil
	w.enrolled("changed", 4, 2).tags["shardkeeper:max-shards"] = "9"
	w.enrolled("disabled", 4, 2).tags["shardkeeper"] = "disabled"
	w.enrolled("same", 4, 2).tags["team"] = "checkout"
	w.run()
	w.streams["came"].tags = map[string]string{"shardkeeper": "enabled"}
	w.now = w.now.Add(time.Hour)
	reports := w.run()
	for name, want := range map[string]report.Event{
		"came": report.Enrolled, "went": report.Unenrolled, "changed": report.Settings, "disabled": report.Unenrolled,
	} {
		if reports[name].Event != want {
			t.Errorf("%s: %s, want %s", name, reports[name].Event, want)
		}
	}
	if s := w.itemOf("changed"); s.Settings.MaxShards != 9 {
		t.Errorf("settings %+v", s.Settings)
	}
	w.now = w.now.Add(time.Minute)
	w.run()
	if len(w.alarms) != 6 {
		t.Errorf("alarms %v", w.alarms)
	}
}

// Two stacks share the streams by their tag: the sweep of one takes its own, gives up what was handed over,
// and leaves the other's alone.
func TestTheSweepOfOneStackOfTwo(t *testing.T) {
	w := newWorld(t)
	w.rules.Stack = "blue"
	ours, handed := w.stream("ours", 4, 2), w.stream("handed-over", 4, 2)
	ours.tags[scaling.StackTag], handed.tags[scaling.StackTag] = "blue", "blue"
	w.stream("theirs", 4, 2).tags[scaling.StackTag] = "red"
	w.stream("of-the-plain-stack", 4, 2)
	reports := w.run()
	if len(reports) != 2 || reports["ours"].Event != report.Enrolled || reports["handed-over"].Event != report.Enrolled {
		t.Errorf("reports %+v", reports)
	}
	handed.tags[scaling.StackTag] = "red"
	w.now = w.now.Add(time.Hour)
	if reports = w.run(); reports["handed-over"].Event != report.Unenrolled {
		t.Errorf("reports %+v", reports)
	}
	w.now = w.now.Add(time.Minute)
	w.run()
	if len(w.alarms) != 2 || w.itemOf("ours").Status != ledger.Enrolled {
		t.Errorf("alarms %v", w.alarms)
	}
}

func TestASweepGoesOnOverSeveralRuns(t *testing.T) {
	for _, page := range []int{1, 3, 4, 100} {
		w := newWorld(t)
		w.page, w.pace = page, reconciler.Pace{SweepBatch: 4}
		for i := range 10 {
			w.stream(fmt.Sprintf("s-%02d", i), 4, 2)
		}
		for i, want := range []string{"s-03", "s-07", ""} {
			w.run()
			if f := w.fleet(); f.SweepAfter != want || f.SweepStarted.IsZero() != (want == "") {
				t.Errorf("page %d, run %d: fleet %+v, want to go on after %q", page, i, f, want)
			}
			w.now = w.now.Add(time.Minute)
		}
		if calls := w.called("Tags"); len(calls) != 20 { // the sweep and the enroller, once each
			t.Errorf("page %d: %d calls", page, len(calls))
		}
		for i := range 10 {
			if w.itemOf(fmt.Sprintf("s-%02d", i)).Status != ledger.Enrolled {
				t.Errorf("page %d: stream %d is not enrolled", page, i)
			}
		}
	}
}

func TestASweepThatIsThrottledGoesOnWhereItStopped(t *testing.T) {
	for _, call := range []string{"List", "Tags", "Describe"} {
		w := newWorld(t)
		for i := range 4 {
			w.stream(fmt.Sprintf("s-%d", i), 4, 2)
		}
		w.fail[call] = []fault{{}, {err: scaling.ErrThrottled}}
		if call == "List" {
			w.fail[call] = []fault{{err: scaling.ErrThrottled}}
		}
		reports := w.run()
		if f := w.fleet(); f.SweepStarted.IsZero() {
			t.Errorf("%s: fleet %+v: the sweep is not done", call, f)
		}
		faults := 0
		for _, r := range reports {
			faults += len(r.Faults)
		}
		if faults != 1 {
			t.Errorf("%s: reports %+v", call, reports)
		}
		w.now = w.now.Add(time.Minute)
		w.run()
		for i := range 4 {
			if s, err := w.kept.Load(t.Context(), fmt.Sprintf("s-%d", i)); err != nil || s.Status != ledger.Enrolled {
				t.Errorf("%s: stream %d is not enrolled: %v", call, i, err)
			}
		}
	}
}

// One stream that cannot be read does not keep the others from being swept.
func TestASweepPassesOverAStreamThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.stream(name, 4, 2)
	}
	w.fail["Tags"] = []fault{{}, {}, {err: scaling.ErrRefused}} // those of a, twice, then b's
	reports := w.run()
	if len(reports["b"].Faults) != 1 || reports["c"].Event != report.Enrolled || w.fleet().Swept.IsZero() {
		t.Errorf("reports %+v", reports)
	}
}

// A stream whose item cannot be read is told, and does not keep the others from being swept.
func TestASweepTellsOfAnItemThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b"} {
		w.stream(name, 4, 2)
	}
	down := errors.New("the table does not answer")
	w.fail["Load"] = []fault{{err: down}} // a's is the first
	reports := w.run()
	if a := reports["a"]; a.Event != report.Failed || len(a.Faults) != 1 || !errors.Is(a.Faults[0], down) || reports["b"].Event != report.Enrolled {
		t.Errorf("reports %+v", reports)
	}
}

func TestAStreamDeletedSinceItWasListed(t *testing.T) {
	w := newWorld(t)
	w.stream("a", 4, 2)
	w.steps["Tags"] = func() { delete(w.streams, "a") }
	if reports := w.run(); len(reports) > 0 {
		t.Errorf("reports %+v", reports)
	}
}

// A list that says there is more and shows none would keep a run busy to its end.
func TestAnEmptyPageEndsTheSweep(t *testing.T) {
	w := newWorld(t)
	r := w.reconciler()
	r.Streams = endless{kinesis{w}}
	if _, err := r.Run(t.Context()); err != nil || w.fleet().Swept.IsZero() {
		t.Errorf("fleet %+v, %v", w.fleet(), err)
	}
}

type endless struct{ kinesis }

func (endless) List(context.Context, string) ([]string, bool, error) { return nil, true, nil }

// Work that is due every minute must not keep the sweep from ever ending.
func TestASweepThatIsOverdueGoesOnFirst(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		w.stream(fmt.Sprintf("s-%d", i), 4, 2)
	}
	f := ledger.Fleet{SweepStarted: w.now.Add(-2 * time.Hour), SweepAfter: "s-1"}
	if err := w.kept.SaveFleet(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	w.run()
	if calls := w.called("List"); len(calls) == 0 || w.fleet().Swept.IsZero() {
		t.Errorf("calls %v, fleet %+v", calls, w.fleet())
	}
	isCall := func(name string) func(string) bool {
		return func(call string) bool { return strings.HasPrefix(call, name) }
	}
	if swept, attended := slices.IndexFunc(w.calls, isCall("List")), slices.IndexFunc(w.calls, isCall("Due")); swept > attended {
		t.Errorf("the sweep did not go first: %v", w.calls)
	}
}

// A next look that was lost, or is years ahead, is planned again by the sweep, and the stream is looked at.
func TestTheSweepPlansLooksThatWereLost(t *testing.T) {
	for name, due := range map[string]time.Time{"lost": {}, "far": newWorld(t).now.AddDate(5, 0, 0)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2)
			s := w.item()
			s.DueAt = due
			if _, err := w.kept.Save(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			w.now = w.now.Add(time.Hour)
			w.run()
			w.now = w.now.Add(time.Minute)
			w.run()
			if s := w.item(); s.DueAt.IsZero() || s.DueAt.After(w.now.Add(time.Hour)) || s.SeenAt.Before(w.now) {
				t.Errorf("due at %v, seen at %v, now %v", s.DueAt, s.SeenAt, w.now)
			}
		})
	}
}

// A sweep that ended in the future is one of a run with a wrong clock: the next does not wait for it.
func TestASweepOfTheFutureDoesNotCount(t *testing.T) {
	w := newWorld(t)
	w.stream(orders, 4, 2)
	if err := w.kept.SaveFleet(t.Context(), ledger.Fleet{Swept: w.now.Add(24 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if w.run(); w.item().Status != ledger.Enrolled {
		t.Errorf("not swept: %+v", w.fleet())
	}
}

// A sweep that takes long does not put off the next one: each stream's turn comes once an hour.
func TestSweepsStartAnHourApart(t *testing.T) {
	w := newWorld(t)
	for i := range 10 {
		w.stream(fmt.Sprintf("s-%02d", i), 4, 2)
	}
	w.pace = reconciler.Pace{SweepBatch: 1}
	began := w.now
	for range 55 {
		w.run()
		w.now = w.now.Add(time.Minute)
	}
	if f := w.fleet(); !f.Swept.Equal(began) || !f.SweepStarted.IsZero() {
		t.Fatalf("the sweep that began at %v has not ended: %+v", began, f)
	}
	for w.now.Before(began.Add(time.Hour)) {
		w.now = w.now.Add(time.Minute)
	}
	if w.run(); !w.fleet().SweepStarted.Equal(w.now) {
		t.Errorf("fleet %+v at %v", w.fleet(), w.now)
	}
}
