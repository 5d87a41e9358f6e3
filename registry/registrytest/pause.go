package registrytest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func newPause(at time.Time) ledger.Pause {
	return ledger.Pause{InForce: true, At: at, Who: "arn:aws:iam::123456789012:user/ana", Why: "the producers are being moved"}
}

// pauseHoldsClaims claims for more streams than any table has copies of a pause.
func pauseHoldsClaims(b *bench) {
	var seen []ledger.Item
	for i := range 40 {
		seen = append(seen, b.enrolled(fmt.Sprintf("orders-%d", i)))
	}
	p := newPause(start())
	b.wantErr(b.Pause(b.Context(), p), nil)
	for _, s := range seen {
		_, err := b.Claim(b.Context(), s, claim(scaling.Up, start()))
		paused, is := errors.AsType[*ledger.PausedError](err)
		if !is {
			b.Fatalf("claim %s: %v, want it to be paused", s.Name, err)
		}
		b.want("pause", *paused, ledger.PausedError{Stream: s.Name, Pause: p})
		b.unchanged(s)
	}
	old := seen[0].Clone()
	old.Up.Handled = start()
	_, err := b.Claim(b.Context(), b.save(old), claim(scaling.Up, start()))
	b.wantErr(err, ledger.ErrHandled) // what the item says comes first
	_, err = b.Resume(b.Context(), start().Add(time.Hour), "bo")
	b.wantErr(err, nil)
	for _, s := range seen[1:] {
		_, err := b.Claim(b.Context(), s, claim(scaling.Up, start()))
		b.wantErr(err, nil)
	}
}

func pauseOnce(b *bench) {
	none, err := b.Paused(b.Context())
	b.wantErr(err, nil)
	b.want("before", none, ledger.Pause{})
	_, err = b.Resume(b.Context(), start(), "bo")
	b.wantErr(err, ledger.ErrConflict)
	p, now := newPause(start()), start().Add(time.Hour)
	b.wantErr(b.Pause(b.Context(), p), nil)
	second := newPause(now)
	second.Why = "something else"
	b.wantErr(b.Pause(b.Context(), second), ledger.ErrConflict)
	if err := b.Pause(b.Context(), ledger.Pause{At: now, Who: "ana"}); err == nil || errors.Is(err, ledger.ErrConflict) {
		b.Errorf("a pause without a reason: %v", err)
	}
	got, err := b.Paused(b.Context())
	b.wantErr(err, nil)
	b.want("in force", got, p)
	got, err = b.Resume(b.Context(), now, "bo")
	b.wantErr(err, nil)
	b.want("ended", got, p)
	none, err = b.Paused(b.Context())
	b.wantErr(err, nil)
	b.want("after", none, ledger.Pause{})
	_, err = b.Resume(b.Context(), now, "bo")
	b.wantErr(err, ledger.ErrConflict)
	b.want("history", b.history(ledger.Query{To: now.Add(time.Hour), Kind: ledger.KindPause}).Entries, []ledger.Entry{p.Ended(now, "bo"), p.Begun()})
	again := newPause(now.Add(time.Minute))
	b.wantErr(b.Pause(b.Context(), again), nil)
}

func pauseHistory(b *bench) {
	var want []ledger.Entry
	for i := range 6 {
		at := start().Add(time.Duration(i) * time.Minute)
		entry := ledger.Entry{Stream: "orders", At: at, ID: "x", Kind: ledger.KindFailure}
		b.save(b.loadOrNew("orders"), entry)
		p := newPause(at.Add(time.Second))
		b.wantErr(b.Pause(b.Context(), p), nil)
		_, err := b.Resume(b.Context(), at.Add(2*time.Second), "bo")
		b.wantErr(err, nil)
		want = append([]ledger.Entry{p.Ended(at.Add(2*time.Second), "bo"), p.Begun(), entry}, want...)
	}
	for limit := 1; limit <= 4; limit++ {
		var got []ledger.Entry
		q := ledger.Query{To: start().Add(time.Hour), Limit: limit}
		for {
			page := b.history(q)
			got = append(got, page.Entries...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		b.want(fmt.Sprintf("pages of %d", limit), got, want)
	}
}

func (b *bench) loadOrNew(name string) ledger.Item {
	b.Helper()
	s, err := b.Load(b.Context(), name)
	if errors.Is(err, ledger.ErrNotEnrolled) {
		return newStream(name)
	}
	b.wantErr(err, nil)
	return s
}

// pauseRace begins a pause in the midst of claims. One that begins after Pause has returned is not granted.
func pauseRace(b *bench) {
	var seen []ledger.Item
	for i := range 30 {
		seen = append(seen, b.enrolled(fmt.Sprintf("orders-%d", i)))
	}
	granted, refused := make([]error, len(seen)), make([]error, len(seen))
	var writers sync.WaitGroup
	for i, s := range seen[:20] {
		writers.Go(func() { _, granted[i] = b.Claim(b.Context(), s, claim(scaling.Up, start())) })
	}
	writers.Go(func() {
		if err := b.Pause(b.Context(), newPause(start())); err != nil {
			b.Errorf("pause: %v", err)
		}
		for i, s := range seen[20:] {
			_, refused[20+i] = b.Claim(b.Context(), s, claim(scaling.Up, start()))
		}
	})
	writers.Wait()
	for i, err := range granted[:20] {
		if _, paused := errors.AsType[*ledger.PausedError](err); err != nil && !paused && !errors.Is(err, ledger.ErrConflict) {
			b.Errorf("claim %d: %v", i, err)
		}
	}
	for i, err := range refused[20:] {
		if _, paused := errors.AsType[*ledger.PausedError](err); !paused {
			b.Errorf("claim %d after the pause: %v", 20+i, err)
		}
	}
}
