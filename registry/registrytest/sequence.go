package registrytest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// sequences makes random calls, some on old reads, and compares each answer with the model's.
func sequences(t *testing.T, open Open) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{clock: start(), streams: map[string]ledger.Item{}, entries: map[string]ledger.Entry{}, held: map[string]ledger.Item{}}
		subject := open(t, func() time.Time { return m.clock })
		m.Registry, m.override = subject.Registry, subject.Override
		rt.Repeat(map[string]func(*rapid.T){
			"":         func(*rapid.T) {},
			"load":     m.load,
			"save":     m.save,
			"claim":    m.claim,
			"settle":   m.settle,
			"override": m.edit,
			"due":      m.due,
			"history":  m.history,
			"wait":     m.wait,
		})
	})
}

// machine is the registry under test, the model of it, and what a caller holds.
type machine struct {
	Registry
	override func(name string, overrides scaling.Layer) error
	clock    time.Time
	claims   int

	// The model: maps, and the rules in a line each.
	streams map[string]ledger.Item
	entries map[string]ledger.Entry // by stream, time and id

	held map[string]ledger.Item // what a caller last saw; it may be old
}

func (m *machine) name(t *rapid.T) string {
	return rapid.SampledFrom([]string{"orders", "payments"}).Draw(t, "stream")
}

// seen is what a caller holds of a stream: a new one when it never saw it.
func (m *machine) seen(t *rapid.T) ledger.Item {
	name := m.name(t)
	if s, known := m.held[name]; known {
		return s.Clone()
	}
	return newStream(name)
}

func (m *machine) put(s ledger.Item, entries ...ledger.Entry) {
	s.Revision++
	s.UpdatedAt = m.clock
	kept := s.Clone()
	kept.Overrides = m.streams[s.Name].Overrides
	m.streams[s.Name], m.held[s.Name] = kept, s
	for _, e := range entries {
		m.entries[fmt.Sprint(e.Stream, e.At.UnixMilli(), e.ID)] = e
	}
}

func (m *machine) load(t *rapid.T) {
	name := m.name(t)
	got, err := m.Load(t.Context(), name)
	want, known := m.streams[name]
	if !known {
		same(t, "error", errors.Is(err, ledger.ErrNotEnrolled), true)
		return
	}
	same(t, "error", err, nil)
	same(t, "loaded", got, want)
	m.held[name] = got
}

func (m *machine) save(t *rapid.T) {
	s := m.seen(t)
	if s.Settings.Mode == scaling.ModeDisabled { // an item with overrides only
		s = newStream(s.Name)
	}
	s.Status = rapid.SampledFrom([]ledger.Enrollment{ledger.Enrolled, ledger.Enrolled, ledger.Enrolled, ledger.Suspended, ledger.Unenrolled}).Draw(t, "status")
	s.OpenShards = rapid.IntRange(0, 9).Draw(t, "open")
	s.Settings.MinShards = rapid.IntRange(1, 3).Draw(t, "min")
	s.DueAt = time.Time{}
	if minutes := rapid.IntRange(-1, 60).Draw(t, "due in minutes"); minutes >= 0 {
		s.DueAt = m.clock.Add(time.Duration(minutes) * time.Minute)
	}
	var entries []ledger.Entry
	for i := range rapid.IntRange(0, 3).Draw(t, "entries") {
		e := entryOf(s.Name, m.clock.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "hours"))*time.Hour), fmt.Sprint(i))
		e.Kind = rapid.SampledFrom(ledger.Kinds()).Draw(t, "kind")
		entries = append(entries, e)
	}
	m.write(t, s, entries...)
}

// write saves, and expects what the revision says.
func (m *machine) write(t *rapid.T, s ledger.Item, entries ...ledger.Entry) {
	got, err := m.Save(t.Context(), s, entries...)
	if m.streams[s.Name].Revision != s.Revision {
		same(t, "conflict", errors.Is(err, ledger.ErrConflict), true)
		return
	}
	same(t, "error", err, nil)
	m.put(s, entries...)
	same(t, "saved", got, m.held[s.Name])
}

func (m *machine) claim(t *rapid.T) {
	s := m.seen(t)
	m.claims++
	dir := rapid.SampledFrom([]scaling.Direction{scaling.Up, scaling.Down}).Draw(t, "direction")
	ask := claim(dir, m.clock)
	ask.Asked = rapid.SampledFrom([]scaling.Direction{scaling.Hold, scaling.Up, scaling.Down}).Draw(t, "asked")
	ask.Owner = fmt.Sprintf("scaler/%d", m.claims)
	ask.TransitionAt = m.clock.Add(time.Duration(rapid.IntRange(-10, 0).Draw(t, "transition minutes")) * time.Minute)
	granted, entry, want := s.Claim(ask)
	current, known := m.streams[s.Name]
	switch {
	case want != nil:
	case !known:
		want = ledger.ErrNotEnrolled
	case current.Revision != s.Revision:
		if _, _, want = current.Claim(ask); want == nil {
			want = ledger.ErrConflict
		}
	}
	got, err := m.Claim(t.Context(), s, ask)
	if want != nil {
		same(t, "refusal", kindOf(err), kindOf(want))
		return
	}
	same(t, "error", err, nil)
	m.put(granted, entry)
	same(t, "granted", got, m.held[s.Name])
}

// kindOf is which of a registry's errors err is; nil when it is another, or none.
func kindOf(err error) error {
	for _, kind := range []error{ledger.ErrNotEnrolled, ledger.ErrConflict, ledger.ErrHandled, ledger.ErrBudget} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

func (m *machine) settle(t *rapid.T) {
	s := m.seen(t)
	if s.InFlight == nil {
		t.Skip("nothing is in flight")
	}
	var entry ledger.Entry
	if rapid.Bool().Draw(t, "accepted") {
		s, entry = s.Accepted(m.clock)
	} else {
		outcomes := []ledger.Outcome{ledger.OutcomeCompleted, ledger.OutcomeRefused, ledger.OutcomeNotApplied, ledger.OutcomeSuperseded}
		s, entry = s.Settled(rapid.SampledFrom(outcomes).Draw(t, "outcome"), "", m.clock)
	}
	m.write(t, s, entry)
}

func (m *machine) edit(t *rapid.T) {
	name := m.name(t)
	s, known := m.streams[name]
	if !known {
		t.Skip("no item")
	}
	s.Overrides = scaling.Layer{"min-shards": fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "min"))}
	same(t, "error", m.override(name, s.Overrides), nil)
	m.streams[name] = s
}

func (m *machine) wait(t *rapid.T) {
	m.clock = m.clock.Add(time.Duration(rapid.Int64Range(1, int64(6*time.Hour/time.Millisecond)).Draw(t, "milliseconds")) * time.Millisecond)
}

func (m *machine) due(t *rapid.T) {
	limit := rapid.IntRange(0, 3).Draw(t, "limit")
	got, err := m.Due(t.Context(), m.clock, limit)
	same(t, "error", err, nil)
	var want []ledger.Item
	for _, s := range m.streams {
		if !s.DueAt.IsZero() && !s.DueAt.After(m.clock) {
			want = append(want, s)
		}
	}
	slices.SortFunc(want, func(x, y ledger.Item) int { return x.DueAt.Compare(y.DueAt) })
	want = want[:min(limit, len(want))]
	same(t, "number of due streams", len(got), len(want))
	for i, name := range got { // two that are due at the same time may come either way
		same(t, "due", m.streams[name].DueAt, want[i].DueAt)
	}
	same(t, "due once", len(slices.Compact(slices.Sorted(slices.Values(got)))), len(got))

	var planned []string
	for name, s := range m.streams {
		if !s.DueAt.IsZero() {
			planned = append(planned, name)
		}
	}
	slices.Sort(planned)
	all, err := m.Names(t.Context(), len(m.streams)+1)
	same(t, "error", err, nil)
	same(t, "names", all, planned)
}

func (m *machine) history(t *rapid.T) {
	q := ledger.Query{
		Stream: rapid.SampledFrom([]string{"", "orders", "payments"}).Draw(t, "stream"),
		Kind:   rapid.SampledFrom(append(ledger.Kinds(), "")).Draw(t, "kind"),
		To:     m.clock.Add(time.Duration(rapid.IntRange(-50, 1).Draw(t, "to hours")) * time.Hour),
		Limit:  rapid.IntRange(1, 5).Draw(t, "limit"),
	}
	q.From = q.To.Add(-time.Duration(rapid.IntRange(0, 80).Draw(t, "hours")) * time.Hour)
	var got []ledger.Entry
	for more := true; more; more = q.Cursor != "" {
		page, err := m.History(t.Context(), q)
		same(t, "error", err, nil)
		same(t, "a page before the last is full", page.Next == "" || len(page.Entries) == q.Limit, true)
		got, q.Cursor = append(got, page.Entries...), page.Next
	}
	want := slices.DeleteFunc(slices.Collect(maps.Values(m.entries)), func(e ledger.Entry) bool {
		return q.Stream != "" && e.Stream != q.Stream || q.Kind != "" && e.Kind != q.Kind || e.At.Before(q.From) || !e.At.Before(q.To)
	})
	newestFirst := func(x, y ledger.Entry) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(y.ID, x.ID)) }
	same(t, "newest first", slices.IsSortedFunc(got, newestFirst), true)
	byStream := func(x, y ledger.Entry) int { return cmp.Or(newestFirst(x, y), cmp.Compare(x.Stream, y.Stream)) }
	slices.SortFunc(got, byStream)
	slices.SortFunc(want, byStream)
	same(t, "history", got, want)
}

// same ends the run when got is not want. Nothing and empty are the same.
func same(t *rapid.T, what string, got, want any) {
	t.Helper()
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateErrors()); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}
