package ledger_test

import (
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// check holds the item against what really happened.
func (w *world) check(t *rapid.T) {
	ops := w.item.Operations
	fences := map[int64]bool{}
	for i, op := range ops {
		if i > 0 && op.At.After(ops[i-1].At) {
			t.Fatalf("operations are not newest first: %v", ops)
		}
		if op.Fence != 0 && (fences[op.Fence] || op.Fence > w.item.Fence) {
			t.Fatalf("fence %d has two slots, or none gave it: %v", op.Fence, ops)
		}
		fences[op.Fence] = true
	}
	for i, c := range w.service.calls {
		if c.fence == 0 || w.now.Sub(c.at) >= 24*time.Hour || fences[c.fence] {
			continue
		}
		// The one way to lose a slot: the answer was lost, nobody wrote down that the call was
		// taken, and somebody resharded the stream back, or made it again, before it was looked at.
		if w.told[c.fence] == ledger.OutcomeAccepted || !w.disturbedAfter(i) {
			t.Fatalf("the accepted call of fence %d has no slot: %v", c.fence, ops)
		}
	}
	for fence, outcome := range w.told {
		if outcome == ledger.OutcomeRefused && fences[fence] {
			t.Fatalf("the refused call of fence %d has a slot: %v", fence, ops)
		}
	}
	if f := w.item.InFlight; f != nil && (f.Fence != w.item.Fence || !fences[f.Fence]) {
		t.Fatalf("in flight without the newest fence or a slot: %+v", f)
	}
	w.checkHistory(t)
}

// disturbedAfter reports whether somebody else's call came soon after call i.
func (w *world) disturbedAfter(i int) bool {
	if i+1 == w.service.own {
		return true
	}
	return i+1 < len(w.service.calls) && w.service.calls[i+1].fence == 0 && w.service.calls[i+1].at.Sub(w.service.calls[i].at) < 15*time.Minute
}

// checkHistory holds the history against what owners were told.
func (w *world) checkHistory(t *rapid.T) {
	outcomes := map[int64]ledger.Outcome{}
	for _, e := range w.history {
		if e.Kind != ledger.KindOperation {
			continue
		}
		if _, twice := outcomes[e.Fence]; twice {
			t.Fatalf("fence %d has two entries", e.Fence)
		}
		if len(e.Reasons) == 0 {
			t.Fatalf("an operation without a reason: %+v", e)
		}
		outcomes[e.Fence] = e.Outcome
	}
	if len(outcomes) != int(w.item.Fence) {
		t.Fatalf("%d claims have %d entries", w.item.Fence, len(outcomes))
	}
	for fence, outcome := range outcomes {
		inFlight := w.item.InFlightUnder(fence)
		switch outcome {
		case ledger.OutcomeIntended, ledger.OutcomeUnknown, ledger.OutcomeAccepted:
			if !inFlight {
				t.Fatalf("fence %d is %s and nothing is in flight under it", fence, outcome)
			}
		case ledger.OutcomeRefused, ledger.OutcomeNotApplied:
			if told := w.told[fence]; told == ledger.OutcomeAccepted || inFlight {
				t.Fatalf("fence %d was %s and is %s", fence, told, outcome)
			}
		case ledger.OutcomeCompleted, ledger.OutcomeSuperseded, ledger.OutcomeStreamGone:
			if w.told[fence] == ledger.OutcomeRefused || inFlight {
				t.Fatalf("fence %d was refused and is %s", fence, outcome)
			}
		}
	}
}

// rest lets everything come to an end and checks that it does.
func (w *world) rest(t *rapid.T) {
	w.owners, w.tags = nil, tagged()
	w.pass(time.Hour) // no update and no lease takes longer
	for range 3 {
		w.reconcile(t)
		w.pass(16 * time.Minute)
	}
	if w.item.InFlight != nil || w.item.Status != ledger.Enrolled || w.item.OpenShards != w.service.sum.OpenShards {
		t.Fatalf("an hour later: in flight %+v, %s, %d open shards of %d", w.item.InFlight, w.item.Status, w.item.OpenShards, w.service.sum.OpenShards)
	}
	before := w.item.Clone()
	w.reconcile(t)
	before.Revision = w.item.Revision
	if diff := cmp.Diff(before, w.item, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Revision" }, cmp.Ignore())); diff != "" {
		t.Fatalf("the reconciler finds something to do each time:\n%s", diff)
	}
}
