package faults_test

// The checks can fail: each of these mistakes, made in the real use cases by a registry or a service
// that does not do its part, breaks a promise within a few seeds.

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/faults"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// noFence is a registry whose claim does not ask whether the item is still as it was read.
type noFence struct{ scaler.Registry }

func (r noFence) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	for {
		now, err := r.Load(ctx, s.Name)
		if err != nil {
			return s, err
		}
		s.Revision, s.Fence = now.Revision, now.Fence
		claimed, err := r.Registry.Claim(ctx, s, c)
		if fresh, _ := r.Load(ctx, s.Name); fresh.Revision == s.Revision || !errors.Is(err, ledger.ErrConflict) {
			return claimed, err
		}
	}
}

// keptSlot is a registry that does not take back the slot of an operation that was not made.
type keptSlot struct{ scaler.Registry }

func (r keptSlot) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	for _, e := range entries {
		if e.Outcome == ledger.OutcomeRefused || e.Outcome == ledger.OutcomeNotApplied {
			s.Operations = append(scaling.Operations{{At: e.At, Direction: e.Direction, From: e.From, To: e.To, Fence: e.Fence, Actor: e.Actor}}, s.Operations...)
		}
	}
	return r.Registry.Save(ctx, s, entries...)
}

// armedEarly arms the alarms again as soon as they have the new shard count, like the predecessor.
type armedEarly struct {
	scaler.Alarms

	all reconciler.Alarms
}

func (a armedEarly) Update(ctx context.Context, want scaling.AlarmWant) error {
	err := a.Alarms.Update(ctx, want)
	return errors.Join(err,
		a.all.Rearm(ctx, want.Stream, scaling.Up, "scaled"), a.all.Rearm(ctx, want.Stream, scaling.Down, "scaled"))
}

// lateHistory is a registry whose claim leaves the history to the write after the call.
type lateHistory struct{ scaler.Registry }

func (r lateHistory) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	claimed, _, err := s.Claim(c)
	if err != nil {
		return s, err
	}
	return r.Save(ctx, claimed)
}

// forgetful is a registry that does not know which transitions were handled.
type forgetful struct{ scaler.Registry }

func (r forgetful) Load(ctx context.Context, stream string) (ledger.Item, error) {
	s, err := r.Registry.Load(ctx, stream)
	s.Up.Handled, s.Down.Handled = s.EnrolledAt, s.EnrolledAt
	return s, err
}

// oursAlone is a registry that shows no calls of others, but for the newest call: the cooldown counts from that.
type oursAlone struct{ scaler.Registry }

func (r oursAlone) Load(ctx context.Context, stream string) (ledger.Item, error) {
	s, err := r.Registry.Load(ctx, stream)
	var ours scaling.Operations
	for i, op := range s.Operations {
		if op.Fence != 0 || i == 0 {
			ours = append(ours, op)
		}
	}
	s.Operations = ours
	return s, err
}

// mutant is a mistake, the seeds within which it must be noticed, and the promise that notices it.
type mutant struct {
	altered simulate.Altered
	seeds   int // from 1 on
	noticed faults.Promise
}

func mutants() map[string]mutant {
	claims := func(wrap func(scaler.Registry) scaler.Registry) simulate.Altered {
		return simulate.Altered{Scaler: func(s *scaler.Scaler) { s.Registry = wrap(s.Registry) }}
	}
	all := func(wrap func(scaler.Registry) scaler.Registry) simulate.Altered {
		a := claims(wrap)
		a.Enroller = func(e *enroller.Enroller) {
			if r, ok := e.Registry.(scaler.Registry); ok {
				e.Registry = wrap(r)
			}
		}
		a.Reconciler = func(r *reconciler.Reconciler) { r.Registry = whole{r.Registry, wrap} }
		return a
	}
	return map[string]mutant{
		"no fence in the condition": {
			claims(func(r scaler.Registry) scaler.Registry { return noFence{r} }),
			60, faults.OneOperationAtATime,
		},
		"slot not given back": {
			all(func(r scaler.Registry) scaler.Registry { return keptSlot{r} }),
			60, faults.SlotsAreExact,
		},
		"alarm armed before ACTIVE": {
			simulate.Altered{Scaler: func(s *scaler.Scaler) {
				if alarms, ok := s.Alarms.(reconciler.Alarms); ok {
					s.Alarms = armedEarly{s.Alarms, alarms}
				}
			}},
			10, faults.ArmedWhenActive,
		},
		"history written after the act": {
			claims(func(r scaler.Registry) scaler.Registry { return lateHistory{r} }),
			10, faults.HistoryComesFirst,
		},
		"duplicate transition accepted": {
			claims(func(r scaler.Registry) scaler.Registry { return forgetful{r} }),
			60, faults.OneClaimPerTransition,
		},
		"budget without the calls of others": {
			claims(func(r scaler.Registry) scaler.Registry { return oursAlone{r} }),
			200, faults.TenCallsADay,
		},
	}
}

// whole is the reconciler's registry with its writes made wrong.
type whole struct {
	reconciler.Registry

	wrap func(scaler.Registry) scaler.Registry
}

func (r whole) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if inner, ok := r.Registry.(scaler.Registry); ok {
		return r.wrap(inner).Save(ctx, s, entries...)
	}
	return r.Registry.Save(ctx, s, entries...)
}

func TestMistakesAreNoticed(t *testing.T) {
	race.SkipLong(t)
	for name, m := range mutants() {
		t.Run(name, func(t *testing.T) {
			others := map[faults.Promise]int{} // one mistake may break several promises
			for seed := uint64(1); seed <= uint64(m.seeds); seed++ {
				result, err := faults.Run(t.Context(), faults.NewPlan(seed), faults.Options{Altered: m.altered})
				switch {
				case err != nil:
					t.Fatal(err)
				case result.Violation == nil:
				case result.Violation.Promise == m.noticed:
					t.Logf("seed %d: %v", seed, result.Violation)
					return
				default:
					others[result.Violation.Promise]++
				}
			}
			t.Errorf("not noticed by %q in %d seeds, but by %v", m.noticed, m.seeds, others)
		})
	}
}

// A story has few faults and shows what happened, to the broken promise.
func TestShrink(t *testing.T) {
	race.SkipLong(t)
	altered := mutants()["duplicate transition accepted"].altered
	sum := runSeeds(t, 1, 60, altered)
	if len(sum.failed) == 0 {
		t.Fatal("nothing to shrink")
	}
	plan := faults.NewPlan(sum.failed[0])
	failed, err := faults.Run(t.Context(), plan, faults.Options{Altered: altered})
	if err != nil {
		t.Fatal(err)
	}
	shrunk, err := faults.Shrink(t.Context(), plan, faults.Options{Altered: altered}, failed)
	if err != nil {
		t.Fatal(err)
	}
	if shrunk.Violation == nil || shrunk.Violation.Promise != failed.Violation.Promise {
		t.Fatalf("shrunk to %v, from %v", shrunk.Violation, failed.Violation)
	}
	if 4*len(shrunk.Faults) > len(failed.Faults) {
		t.Errorf("%d faults left of %d: %q", len(shrunk.Faults), len(failed.Faults), shrunk.Faults)
	}
	told := strings.Join(shrunk.Story, "\n")
	for _, part := range []string{"KINESIS ACCEPTS", string(shrunk.Violation.Promise)} {
		if !strings.Contains(told, part) {
			t.Errorf("the story has no %q:\n%s", part, told)
		}
	}
}

// The same seed gives the same story, and another seed another.
func TestRunsRepeat(t *testing.T) {
	tell := func(seed uint64) string {
		result, err := faults.Run(t.Context(), faults.NewPlan(seed), faults.Options{Story: true})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(result.Story, "\n")
	}
	if once, again := tell(7), tell(7); once != again {
		t.Error("seed 7 gives two stories")
	}
	if tell(7) == tell(8) {
		t.Error("seeds 7 and 8 give one story")
	}
}
