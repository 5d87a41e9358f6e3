package registrytest

import (
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// unsent are the events that a channel of the name eventbridge does not have.
func (b *bench) unsent(limit int) []ledger.Event {
	b.Helper()
	return b.unsentBy("eventbridge", limit)
}

func (b *bench) unsentBy(channel string, limit int) []ledger.Event {
	b.Helper()
	events, err := b.Unsent(b.Context(), channel, limit)
	b.wantErr(err, nil)
	return events
}

// outbox follows an operation's event from the write of its entry to its sending, first by one channel, then by all.
func outbox(b *bench) {
	granted, err := b.Claim(b.Context(), b.enrolled("orders"), claim(scaling.Up, start()))
	b.wantErr(err, nil)
	b.want("events of a claim", b.unsent(10), []ledger.Event{})
	settled, entry := granted.Settled(ledger.OutcomeCompleted, "", start().Add(time.Minute))
	b.save(settled, entry)

	events := b.unsent(10)
	b.want("the event", events, []ledger.Event{{
		ID: "orders/op-1/2026-11-23T11:59:30.123Z", Kind: ledger.EventCompleted, ARN: settled.ARN, Entry: entry,
	}})
	events[0].Sent = "eventbridge"
	b.wantErr(b.SaveSent(b.Context(), events), nil)
	b.want("of the channel that has it", b.unsent(10), []ledger.Event{})
	b.want("of another channel", b.unsentBy("sns", 10), events)

	events[0].Sent = ledger.SentToAll
	gone := ledger.Event{ID: "orders/gone", Entry: ledger.Entry{Stream: "orders"}, Sent: ledger.SentToAll}
	b.wantErr(b.SaveSent(b.Context(), append([]ledger.Event{gone}, events...)), nil)
	b.want("after all channels", b.unsentBy("sns", 10), []ledger.Event{})

	entry.Drain = time.Minute
	b.save(b.load("orders"), entry)
	b.want("what it cost the consumers", b.unsent(10), []ledger.Event{})
}

// outboxOfWhatGoesOn tells once of what is written again and again under one id, however often it was sent.
func outboxOfWhatGoesOn(b *bench) {
	failed := ledger.Entry{Stream: "orders", At: start(), ID: "failure", Kind: ledger.KindFailure, Detail: "no answer"}
	b.save(b.enrolled("orders"), failed)
	events := b.unsent(10)
	b.want("events of a failure", len(events), 1)
	gone := ledger.Event{ID: "orders/failure/gone", Kind: ledger.EventFailure, Entry: ledger.Entry{Stream: "orders"}, Sent: ledger.SentToAll}
	for i := range events {
		events[i].Sent = ledger.SentToAll
	}
	b.wantErr(b.SaveSent(b.Context(), append([]ledger.Event{gone}, events...)), nil)
	failed.At = failed.At.Add(time.Second)
	b.save(b.load("orders"), failed)
	b.want("written again after it was sent", b.unsent(10), []ledger.Event{})
}

// outboxOfWhatIsOver deletes what goes on once it is over, if all channels have it: a failure an hour after its hour, a stream at
// its maximum an hour after its day, and splits never, since the event of one may be days late.
func outboxOfWhatIsOver(b *bench) {
	entry := func(stream string, kind ledger.Kind, code scaling.ReasonCode) ledger.Entry {
		e := ledger.Entry{Stream: stream, At: start(), ID: "x", Kind: kind, From: 4, To: 5}
		if code != "" {
			e.Reasons = scaling.Trail{{Code: code}}
		}
		return e
	}
	told := []ledger.Entry{
		entry("failing", ledger.KindFailure, ""), entry("full", ledger.KindHold, scaling.HoldAtMaxShards), entry("split", ledger.KindExternal, ""),
	}
	for _, e := range told {
		b.save(b.enrolled(e.Stream), e)
	}
	events := b.unsent(10)
	for i := range events {
		events[i].Sent = ledger.SentToAll
	}
	b.wantErr(b.SaveSent(b.Context(), events), nil)
	unsent := entry("unsent", ledger.KindFailure, "")
	b.save(b.enrolled("unsent"), unsent)
	for _, step := range []struct {
		after time.Duration
		gone  []string
	}{
		{time.Hour, nil}, {2*time.Hour + time.Minute, []string{"failing"}}, {14 * time.Hour, []string{"full"}}, {48 * time.Hour, nil},
	} {
		b.wantErr(b.DeleteOver(b.Context(), start().Add(step.after), 100), nil)
		var again []string
		for _, e := range told {
			b.save(b.load(e.Stream), e)
		}
		for _, event := range b.unsent(10) {
			if i := slices.IndexFunc(told, func(e ledger.Entry) bool { return e.Stream == event.Entry.Stream }); i >= 0 {
				again, told = append(again, event.Entry.Stream), slices.Delete(told, i, i+1)
			}
		}
		b.want(fmt.Sprintf("told again %s later", step.after), again, step.gone)
	}
	b.want("what no channel has", slices.ContainsFunc(b.unsent(10), func(e ledger.Event) bool { return e.Entry.Stream == "unsent" }), true)
}

// outboxOfAStaleSave writes no event where it writes no entry.
func outboxOfAStaleSave(b *bench) {
	s := b.enrolled("orders")
	b.save(s)
	failed := ledger.Entry{Stream: "orders", At: start(), ID: "failure", Kind: ledger.KindFailure, Detail: "no answer"}
	_, err := b.Save(b.Context(), s, failed)
	b.wantErr(err, ledger.ErrConflict)
	b.want("events", b.unsent(10), []ledger.Event{})
}

// outboxOfAStorm reads the events of many streams, oldest first, and no more of them than is asked for.
func outboxOfAStorm(b *bench) {
	const streams = 30
	for i := range streams {
		s := newStream(fmt.Sprintf("orders-%02d", i))
		b.save(s, ledger.Entry{
			Stream: s.Name, At: start().Add(-time.Duration(i) * time.Second), ID: "failure", Kind: ledger.KindFailure, Detail: "no answer",
		})
	}
	all := b.unsent(streams)
	b.want("events", len(all), streams)
	for i, event := range all {
		b.want("oldest first", event.Entry.Stream, fmt.Sprintf("orders-%02d", streams-1-i))
	}
	if few := b.unsent(1); len(few) == 0 || len(few) > 8 {
		b.Errorf("%d events, want one of each of at most eight parts", len(few))
	}
}

// outboxOfAChannelThatFails gives a channel its events, however many there are that another one does not take.
func outboxOfAChannelThatFails(b *bench) {
	const streams = 30
	for i := range streams {
		s := newStream(fmt.Sprintf("orders-%02d", i))
		b.save(s, ledger.Entry{Stream: s.Name, At: start(), ID: "failure", Kind: ledger.KindFailure, Detail: "no answer"})
	}
	heard := map[string]bool{}
	for range streams {
		events := b.unsentBy("sns", 1)
		for i := range events {
			heard[events[i].Entry.Stream], events[i].Sent = true, "sns"
		}
		b.wantErr(b.SaveSent(b.Context(), events), nil)
	}
	b.want("streams that the channel heard of", len(heard), streams)
	b.want("events for the other channel", len(b.unsent(streams)), streams)
}

// outboxOfAPause tells of a pause of all streams and its end.
func outboxOfAPause(b *bench) {
	b.wantErr(b.Pause(b.Context(), ledger.Pause{At: start(), Who: "ana", Why: "an incident"}), nil)
	_, err := b.Resume(b.Context(), start().Add(time.Minute), "ana")
	b.wantErr(err, nil)
	var kinds []ledger.EventKind
	for _, event := range b.unsent(10) {
		kinds = append(kinds, event.Kind)
	}
	b.want("kinds", kinds, []ledger.EventKind{ledger.EventPaused, ledger.EventPauseEnded})
}
