package reconciler_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// lease returns the reconciler's lease as it is kept.
func (w *world) lease() ledger.Lease {
	w.Helper()
	l, err := w.kept.Lease(context.Background())
	if err != nil {
		w.Fatalf("lease: %v", err)
	}
	return l
}

// A run that begins while another works ends at once, says so, and does nothing.
func TestOneRunWorksAtATime(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.due()
	var second []report.Report
	w.steps["Due"] = func() {
		before := len(w.calls)
		var err error
		if second, err = w.reconciler().Run(t.Context()); err != nil {
			t.Error(err)
		}
		if made := w.calls[before:]; len(made) != 1 || made[0] != "Lease" {
			t.Errorf("the second run calls %v", made)
		}
	}
	reports := w.run()
	if len(second) != 1 || second[0].Event != report.Ignored || second[0].Detail == "" {
		t.Errorf("the second run says %+v", second)
	}
	if reports[orders].Event != report.Checked || !w.lease().Until.IsZero() {
		t.Errorf("reports %+v, lease %+v", reports, w.lease())
	}
}

// Of two that read the lease at one time, one takes it.
func TestTwoRunsReadTheLeaseTogether(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.due()
	w.steps["SaveLease"] = func() { w.run() }
	if r := w.run()[""]; r.Event != report.Ignored {
		t.Errorf("report %+v", r)
	}
	if looks := w.called("Describe"); len(looks) != 1 {
		t.Errorf("looks %v", looks)
	}
}

// A killed run's lease is over by the next minute; a lease that no run can hold does not count.
func TestTheNextMinuteTakesOver(t *testing.T) {
	for _, until := range []time.Duration{0, 55 * time.Second, 1000 * time.Hour} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.due()
		if _, err := w.kept.SaveLease(t.Context(), ledger.Lease{Owner: "killed", Until: w.now.Add(until), Revision: w.lease().Revision}); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Minute)
		if r := w.run()[orders]; r.Event != report.Checked {
			t.Errorf("%s: %+v", until, r)
		}
	}
}

// A run that was frozen while another went on with the sweep does not set it back.
func TestTheSweepsProgressNeverGoesBack(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.stream(name, 4, 2)
	}
	w.steps["SaveFleet"] = func() {
		f := w.fleet()
		f.Swept, f.SweepAfter = w.now.Add(-time.Minute), "b"
		if err := w.kept.SaveFleet(t.Context(), f); err != nil {
			t.Error(err)
		}
	}
	if r := w.run()[""]; r.Event != report.Ignored {
		t.Errorf("report %+v", r)
	}
	if f := w.fleet(); f.SweepAfter != "b" {
		t.Errorf("fleet %+v", f)
	}
}

// A lease that cannot be given back is told, and what the run did stands.
func TestALeaseThatCannotBeReturned(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.due()
	down := errors.New("the table does not answer")
	w.steps["Due"] = func() { w.breaks("SaveLease", down) }
	reports := w.run()
	if r := reports[""]; r.Event != report.Failed || !errors.Is(r.Faults[0], down) || reports[orders].Event != report.Checked {
		t.Errorf("reports %+v", reports)
	}
}
