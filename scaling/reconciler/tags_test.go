package reconciler_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// sweepAt runs the sweep of a time, and returns the streams that it asked for their tags.
func (w *world) sweepAt(at time.Time) []string {
	w.Helper()
	w.now, w.calls = at, nil
	w.run()
	if f := w.fleet(); !f.SweepStarted.IsZero() || at.Sub(f.Swept) > time.Minute {
		w.Errorf("no sweep has ended at %v: %+v", at, f)
	}
	asked := map[string]bool{}
	for _, call := range w.called("Tags ") {
		asked[call[len("Tags "):]] = true
	}
	return slices.Sorted(maps.Keys(asked))
}

// swept is a fleet of streams that a sweep has just seen, at a time at which it is nobody's turn to be asked.
func swept(t *testing.T, streams int) *world {
	t.Helper()
	w := newWorld(t)
	w.fleetOf(streams)
	for hour := 1; hour < 48; hour++ {
		if len(w.sweepAt(noon().Add(time.Duration(hour)*time.Hour))) == 0 {
			return w
		}
	}
	t.Fatal("in each sweep somebody is asked")
	return nil
}

// Of a large fleet only the streams are asked whose tags seem to differ from what the registry holds.
func TestTheSweepAsksWhatDiffers(t *testing.T) {
	w := swept(t, 5)
	w.page = 2
	w.streams["s-1"].tags = nil
	w.streams["s-3"].tags["shardkeeper:max-shards"] = "9"
	w.stream("new", 4, 2)
	w.stream("untagged", 4, 2).tags = nil
	asked := w.sweepAt(w.now.Add(time.Hour))
	if diff := cmp.Diff([]string{"new", "s-1", "s-3"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if pages := len(w.called("Tagged")); pages != 3 { // of the five streams with tags
		t.Errorf("%d pages of tags", pages)
	}
	if w.itemOf("new").Status != ledger.Enrolled || w.itemOf("s-1").Status != ledger.Unenrolled || w.itemOf("s-3").Settings.MaxShards != 9 {
		t.Errorf("new %s, s-1 %s, s-3 %+v", w.itemOf("new").Status, w.itemOf("s-1").Status, w.itemOf("s-3").Settings)
	}
}

// What the tagging service tells may be old. Nothing is enrolled, unenrolled or changed but by the word of the stream.
func TestTheSweepActsOnTheStreamsWord(t *testing.T) {
	w := swept(t, 3)
	w.stream("not-any-more", 4, 2).tags = nil
	w.toldTags["not-any-more"] = map[string]string{"shardkeeper": "enabled"}
	w.toldTags["s-0"] = map[string]string{}
	w.toldTags["s-1"] = map[string]string{"shardkeeper": "enabled", "shardkeeper:max-shards": "9"}
	w.toldTags["deleted"] = map[string]string{"shardkeeper": "enabled"}
	before := w.itemOf("s-1").Settings
	asked := w.sweepAt(w.now.Add(time.Hour))
	if diff := cmp.Diff([]string{"not-any-more", "s-0", "s-1"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if w.itemOf("s-0").Status != ledger.Enrolled || w.itemOf("s-1").Settings != before {
		t.Errorf("s-0 %s, s-1 %+v", w.itemOf("s-0").Status, w.itemOf("s-1").Settings)
	}
	for _, name := range []string{"not-any-more", "deleted"} {
		if _, err := w.kept.Load(t.Context(), name); !errors.Is(err, ledger.ErrNotEnrolled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The tagging service may be wrong for ever: then the stream is asked within a day.
func TestTheSweepAsksEachStreamOnceADay(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(40)
	w.sweepAt(w.now)
	for i := range 40 {
		name := fmt.Sprintf("s-%d", i)
		w.toldTags[name] = maps.Clone(w.streams[name].tags)
		w.streams[name].tags["shardkeeper:max-shards"] = "9"
	}
	most := 0
	for range 24 {
		asked := w.sweepAt(w.now.Add(time.Hour))
		for _, name := range asked {
			w.toldTags[name]["shardkeeper:max-shards"] = "9" // else the difference would have it asked again
		}
		most = max(most, len(asked))
	}
	for i := range 40 {
		if s := w.itemOf(fmt.Sprintf("s-%d", i)); s.Settings.MaxShards != 9 {
			t.Errorf("%s still has max-shards %d after a day", s.Name, s.Settings.MaxShards)
		}
	}
	if most > 10 {
		t.Errorf("%d of 40 asked in one sweep: they are not spread over the day", most)
	}
}

// Without the tagging service the sweep is slower, and finds all the same. That is reported, once a run.
func TestWithoutTheTaggingServiceAllAreAsked(t *testing.T) {
	for _, err := range []error{scaling.ErrRefused, scaling.ErrThrottled, scaling.ErrOutcomeUnknown} {
		w := swept(t, 3)
		w.streams["s-2"].tags = nil
		w.breaks("Tagged", err)
		w.now, w.calls = w.now.Add(time.Hour), nil
		reports := w.run()
		if r := reports[""]; r.Event != report.Failed || len(r.Faults) != 1 || !errors.Is(r.Faults[0], err) {
			t.Errorf("reported %+v", r)
		}
		if len(w.called("Tagged")) != 1 || len(w.called("Tags ")) < 3 || w.itemOf("s-2").Status != ledger.Unenrolled {
			t.Errorf("calls %v, s-2 is %s", w.calls, w.itemOf("s-2").Status)
		}
	}
}

// A service that tells of no stream at all is not believed.
func TestATaggingServiceThatTellsOfNoStreamIsNotBelieved(t *testing.T) {
	w := swept(t, 3)
	w.streams["s-2"].tags = nil
	for name := range w.streams {
		w.toldTags[name] = nil
	}
	w.now, w.calls = w.now.Add(time.Hour), nil
	if told, failed := w.run()[""]; failed {
		t.Errorf("told %+v", told)
	}
	if len(w.called("Tags ")) < 3 || w.itemOf("s-2").Status != ledger.Unenrolled {
		t.Errorf("calls %v, s-2 is %s", w.calls, w.itemOf("s-2").Status)
	}
}

// With EnrollMode all, streams that never had a tag are found by their names.
func TestTheSweepFindsStreamsWithoutTags(t *testing.T) {
	w := newWorld(t)
	w.rules.EnrollAll = true
	w.stream("untagged", 4, 2).tags = nil
	w.stream("not-wanted", 4, 2).tags = map[string]string{"shardkeeper": "disabled"}
	w.run()
	if s, err := w.kept.Load(t.Context(), "untagged"); err != nil || s.Status != ledger.Enrolled {
		t.Errorf("untagged: %s, %v", s.Status, err)
	}
	if _, err := w.kept.Load(t.Context(), "not-wanted"); !errors.Is(err, ledger.ErrNotEnrolled) {
		t.Errorf("not-wanted: %v", err)
	}
}

// Items that cannot be read end the sweep's run, not the sweep.
func TestTheSweepWaitsForTheRegistry(t *testing.T) {
	w := swept(t, 3)
	w.streams["s-2"].tags = nil
	w.breaks("Items", errors.New("the table does not answer"))
	w.now = w.now.Add(time.Hour)
	told := w.run()
	if faults := len(told[""].Faults); faults != 1 || w.fleet().SweepStarted.IsZero() {
		t.Errorf("told %+v, fleet %+v", told, w.fleet())
	}
	if asked := w.sweepAt(w.now.Add(time.Minute)); !slices.Equal(asked, []string{"s-2"}) {
		t.Errorf("asked %v", asked)
	}
}
