package registrytest

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func claimGranted(b *bench) {
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		name := "orders-" + dir.String()
		seen := b.enrolled(name, func(s *ledger.Item) {
			s.Operations = operations(6, start()) // seven may be used, the one that asks included, to scale down
			s.Up.RetryAt, s.Down.RetryAt = start(), start()
			s.LeaseOwner, s.LeaseUntil = "somebody", start() // over
			s.Fence = 41
		})
		ask := claim(dir, start())
		want, entry, err := seen.Claim(ask)
		b.wantErr(err, nil)
		want.Revision++
		granted, err := b.Claim(b.Context(), seen, ask)
		b.wantErr(err, nil)
		b.want("granted", granted, want)
		b.want("loaded", b.load(name), want)
		b.want("fence", granted.Fence, int64(42))
		b.want("history", b.history(ledger.Query{Stream: name, To: start().Add(time.Hour)}).Entries, []ledger.Entry{entry})
	}
}

// refusals are what can stand in a claim's way, and with which error.
func refusals() []refusal {
	return []refusal{
		{"suspended", scaling.Up, ledger.ErrNotEnrolled, func(s *ledger.Item) { s.Status = ledger.Suspended }},
		{"unenrolled", scaling.Down, ledger.ErrNotEnrolled, func(s *ledger.Item) { s.Status = ledger.Unenrolled }},
		{"operation in flight", scaling.Up, ledger.ErrConflict, func(s *ledger.Item) {
			s.InFlight = &ledger.Entry{Stream: s.Name, At: start(), ID: "op-1", Fence: 1, Kind: ledger.KindOperation}
			s.Fence = 1
		}},
		{"live lease", scaling.Up, ledger.ErrConflict, func(s *ledger.Item) {
			s.LeaseOwner, s.LeaseUntil = "somebody", start().Add(time.Millisecond)
		}},
		{"up handled", scaling.Up, ledger.ErrHandled, func(s *ledger.Item) { s.Up.Handled = start() }},
		{"down handled since", scaling.Down, ledger.ErrHandled, func(s *ledger.Item) { s.Down.Handled = start().Add(time.Second) }},
		{"budget", scaling.Up, ledger.ErrBudget, func(s *ledger.Item) { s.Operations = operations(10, start()) }},
		{"reserve", scaling.Down, ledger.ErrBudget, func(s *ledger.Item) { s.Operations = operations(7, start()) }},
		{"small limit", scaling.Up, ledger.ErrBudget, func(s *ledger.Item) {
			s.Settings.OperationLimit, s.Settings.ScaleUpReserve = 1, 0
			s.Operations = operations(1, start())
		}},
	}
}

type refusal struct {
	name      string
	direction scaling.Direction
	err       error
	cause     func(*ledger.Item)
}

func claimRefused(b *bench) {
	for _, r := range refusals() {
		b.Run(r.name, func(t *testing.T) {
			b := b.in(t)
			seen := b.enrolled(t.Name(), r.cause)
			_, err := b.Claim(b.Context(), seen, claim(r.direction, start()))
			b.wantErr(err, r.err)
			b.unchanged(seen)
		})
	}
}

// claimOtherWay claims to shrink a stream above its maximum after its scale-up alarm: the budget
// is that of the way it goes, the transition that of the alarm that asked.
func claimOtherWay(b *bench) {
	ask := claim(scaling.Down, start())
	ask.Asked = scaling.Up
	for _, step := range []struct {
		name  string
		cause func(*ledger.Item)
		err   error
	}{
		{"down handled since", func(s *ledger.Item) { s.Down.Handled = start().Add(time.Hour) }, nil},
		{"up handled", func(s *ledger.Item) { s.Up.Handled = start() }, ledger.ErrHandled},
		{"reserve", func(s *ledger.Item) { s.Operations = operations(7, start()) }, ledger.ErrBudget},
	} {
		b.Run(step.name, func(t *testing.T) {
			b := b.in(t)
			seen := b.enrolled(t.Name(), step.cause)
			granted, err := b.Claim(b.Context(), seen, ask)
			b.wantErr(err, step.err)
			if err == nil {
				b.want("up handled", granted.Up.Handled, ask.TransitionAt)
				b.want("down handled", granted.Down.Handled, seen.Down.Handled)
			}
		})
	}
}

// claimStale claims on a read that is too old to see what is in the way.
func claimStale(b *bench) {
	harmless := refusal{"something else", scaling.Up, ledger.ErrConflict, func(s *ledger.Item) { s.OpenShards++ }}
	for _, r := range append(refusals(), harmless) {
		b.Run(r.name, func(t *testing.T) {
			b := b.in(t)
			seen := b.enrolled(t.Name())
			newer := seen.Clone()
			r.cause(&newer)
			newer = b.save(newer)
			_, err := b.Claim(b.Context(), seen, claim(r.direction, start()))
			b.wantErr(err, r.err)
			b.unchanged(newer)
		})
	}
}

func claimWithoutItem(b *bench) {
	_, err := b.Claim(b.Context(), newStream("orders"), claim(scaling.Up, start()))
	b.wantErr(err, ledger.ErrNotEnrolled)
	_, err = b.Load(b.Context(), "orders")
	b.wantErr(err, ledger.ErrNotEnrolled)
	b.want("history", b.history(ledger.Query{To: start().Add(time.Hour)}), ledger.Page{})
}

// in is the bench of a subtest.
func (b *bench) in(t *testing.T) *bench {
	t.Helper()
	inner := *b
	inner.T = t
	return &inner
}

// unchanged reports a stream that is not as it was, or has history.
func (b *bench) unchanged(was ledger.Item) {
	b.Helper()
	b.want("loaded after a refusal", b.load(was.Name), was)
	page := b.history(ledger.Query{To: start().Add(time.Hour), Limit: 1000})
	for _, e := range page.Entries {
		if e.Stream == was.Name {
			b.Errorf("a refusal wrote history: %+v", e)
		}
	}
}

func claimWindow(b *bench) {
	now := start()
	edge := scaling.WindowStart(now) // an operation at this time is just outside
	for _, step := range []struct {
		name      string
		direction scaling.Direction
		used      int       // operations surely inside
		oldest    time.Time // of one more
		err       error
	}{
		{"the tenth at the edge is outside", scaling.Up, 9, edge, nil},
		{"the tenth a millisecond inside counts", scaling.Up, 9, edge.Add(time.Millisecond), ledger.ErrBudget},
		{"the tenth 24 hours ago counts", scaling.Up, 9, now.Add(-24 * time.Hour), ledger.ErrBudget},
		{"the tenth two days ago is outside", scaling.Up, 9, now.Add(-48 * time.Hour), nil},
		{"the ninth is free", scaling.Up, 8, now.Add(-23 * time.Hour), nil},
		{"the seventh at the edge is outside of the reserve", scaling.Down, 6, edge, nil},
		{"the seventh a millisecond inside keeps the reserve", scaling.Down, 6, edge.Add(time.Millisecond), ledger.ErrBudget},
		{"the eighth of a scale-up may use the reserve", scaling.Up, 7, edge.Add(time.Millisecond), nil},
	} {
		b.Run(step.name, func(t *testing.T) {
			b := b.in(t)
			seen := b.enrolled(t.Name(), func(s *ledger.Item) {
				s.Operations = append(operations(step.used, now), scaling.Operation{At: step.oldest, Direction: scaling.Up, From: 1, To: 2})
			})
			_, err := b.Claim(b.Context(), seen, claim(step.direction, now))
			b.wantErr(err, step.err)
		})
	}
}

func claimFraction(b *bench) {
	ask := claim(scaling.Up, start())
	ask.TransitionAt = start().Add(300 * time.Microsecond)
	granted, err := b.Claim(b.Context(), b.enrolled("orders"), ask)
	b.wantErr(err, nil)
	settled, entry := granted.Settled(ledger.OutcomeCompleted, "", start().Add(time.Minute))
	settled = b.save(settled, entry)
	ask.Decision.At = start().Add(2 * time.Minute)
	_, err = b.Claim(b.Context(), settled, ask)
	b.wantErr(err, ledger.ErrHandled)
	ask.TransitionAt = ask.TransitionAt.Add(time.Millisecond)
	_, err = b.Claim(b.Context(), settled, ask)
	b.wantErr(err, nil)
}

func claimTwice(b *bench) {
	seen, ask := b.enrolled("orders"), claim(scaling.Up, start())
	granted, err := b.Claim(b.Context(), seen, ask)
	b.wantErr(err, nil)
	_, err = b.Claim(b.Context(), seen, ask)
	b.wantErr(err, ledger.ErrConflict)
	b.want("loaded", b.load("orders"), granted)
}

func operationCompletes(b *bench) {
	granted, err := b.Claim(b.Context(), b.enrolled("orders"), claim(scaling.Up, start()))
	b.wantErr(err, nil)
	var entry ledger.Entry
	for _, step := range []struct {
		outcome ledger.Outcome
		next    func(ledger.Item) (ledger.Item, ledger.Entry)
	}{
		{ledger.OutcomeAccepted, func(s ledger.Item) (ledger.Item, ledger.Entry) {
			return s.Accepted(start().Add(time.Second))
		}},
		{ledger.OutcomeCompleted, func(s ledger.Item) (ledger.Item, ledger.Entry) {
			s.OpenShards = 8
			return s.Settled(ledger.OutcomeCompleted, "", start().Add(31*time.Second))
		}},
	} {
		granted, entry = step.next(granted)
		granted = b.save(granted, entry)
		b.want("loaded", b.load("orders"), granted)
		b.want("history", b.history(ledger.Query{Stream: "orders", To: start().Add(time.Hour)}).Entries, []ledger.Entry{entry})
		b.want("outcome", entry.Outcome, step.outcome)
	}
	b.want("duration", entry.Duration, 31*time.Second)
	b.want("operations", len(b.load("orders").Operations), 1)
}

func slotGivenBack(b *bench) {
	s := b.enrolled("orders", func(s *ledger.Item) { s.Operations = operations(9, start()) })
	for i := range 3 { // the tenth slot is taken and given back each time
		at := start().Add(time.Duration(i) * time.Minute)
		granted, err := b.Claim(b.Context(), s, claim(scaling.Up, at))
		b.wantErr(err, nil)
		settled, entry := granted.Settled(ledger.OutcomeRefused, "LimitExceededException", at)
		s = b.save(settled, entry)
		b.want("operations", len(b.load("orders").Operations), 9)
	}
	granted, err := b.Claim(b.Context(), s, claim(scaling.Up, start().Add(time.Hour/2)))
	b.wantErr(err, nil)
	unknown, entry := granted.OutcomeIsUnknown(start().Add(time.Hour/2), "timeout")
	settled, entry2 := b.save(unknown, entry).Settled(ledger.OutcomeSuperseded, "", start().Add(40*time.Minute))
	s = b.save(settled, entry2)
	_, err = b.Claim(b.Context(), s, claim(scaling.Up, start().Add(45*time.Minute)))
	b.wantErr(err, ledger.ErrBudget)
	b.want("fence", b.load("orders").Fence, int64(4))
}

func externalOperations(b *bench) {
	s := b.enrolled("orders", func(s *ledger.Item) { s.Operations = operations(9, start()) })
	s, entry, isNew := s.External(scaling.Operation{
		At: start().Add(-time.Minute), Direction: scaling.Down, From: 8, To: 4, Actor: "arn:aws:iam::123456789012:user/ana",
	}, "event-1", "UpdateShardCount", start())
	if !isNew {
		b.Fatal("the operation is not new")
	}
	s = b.save(s, entry)
	_, err := b.Claim(b.Context(), s, claim(scaling.Up, start()))
	b.wantErr(err, ledger.ErrBudget)
	b.want("history", b.history(ledger.Query{To: start(), Kind: ledger.KindExternal}).Entries, []ledger.Entry{entry})
}
