package registrytest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// racers is how many claim the same stream at the same time.
const racers = 50

// race lets racers claim what they all read before, each with an alarm transition of its own.
// Half of them lose their read's freshness to the winner at once, half read just before.
func race(t *testing.T, open Open, rounds int) {
	t.Helper()
	b := newBench(t, open)
	for round := range rounds {
		seen := b.enrolled(fmt.Sprintf("orders-%d", round))
		winners := make([]*ledger.Item, racers)
		failures := make([]error, racers)
		var ready, done sync.WaitGroup
		ready.Add(racers)
		begin := make(chan struct{})
		for i := range racers {
			done.Go(func() {
				ready.Done()
				<-begin
				winners[i], failures[i] = runOnce(t.Context(), b.Registry, seen, i)
			})
		}
		ready.Wait()
		close(begin)
		done.Wait()
		judge(b.in(t), round, seen, winners, failures)
		if t.Failed() {
			return
		}
	}
}

// runOnce claims as the racer with a number: on seen, or on a read of its own.
func runOnce(ctx context.Context, r Registry, seen ledger.Item, number int) (*ledger.Item, error) {
	if number%2 == 1 {
		own, err := r.Load(ctx, seen.Name)
		if err != nil {
			return nil, err
		}
		seen = own
	}
	granted, err := r.Claim(ctx, seen, claim(scaling.Up, start().Add(time.Duration(number)*time.Millisecond)))
	if err != nil {
		return nil, err
	}
	return &granted, nil
}

// judge wants one winner, whose claim is what the registry holds, and expected refusals.
func judge(b *bench, round int, seen ledger.Item, winners []*ledger.Item, failures []error) {
	b.Helper()
	var won []ledger.Item
	for i, winner := range winners {
		if winner != nil {
			won = append(won, *winner)
		} else if err := failures[i]; !errors.Is(err, ledger.ErrConflict) && !errors.Is(err, ledger.ErrHandled) {
			b.Errorf("round %d: racer %d: %v", round, i, err)
		}
	}
	if len(won) != 1 {
		b.Fatalf("round %d: %d winners, want 1", round, len(won))
	}
	b.want("loaded", b.load(seen.Name), won[0])
	b.want("fence", won[0].Fence, seen.Fence+1)
	entries := b.history(ledger.Query{Stream: seen.Name, To: start().Add(time.Hour)}).Entries
	b.want("history", entries, []ledger.Entry{*won[0].InFlight})
}
