package registrytest

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func unfinished(b *bench) {
	now := start()
	want := func(next time.Time, names ...string) {
		b.Helper()
		due, at, err := b.Unfinished(b.Context(), now)
		b.wantErr(err, nil)
		b.want("in flight and due", due, names)
		b.want("the next", at.UnixMilli(), next.UnixMilli())
	}
	flies := func(due time.Duration) func(*ledger.Item) {
		return func(s *ledger.Item) {
			s.InFlight, s.DueAt = &ledger.Entry{At: now, From: 4, To: 8, Outcome: ledger.OutcomeAccepted}, now.Add(due)
		}
	}
	want(time.Time{})
	b.enrolled("idle", func(s *ledger.Item) { s.DueAt = now })
	b.save(b.load("idle"), ledger.Entry{Stream: "idle", At: now, ID: "e", Kind: ledger.KindEnrollment})
	b.enrolled("later", flies(time.Minute))
	b.enrolled("second", flies(0))
	b.enrolled("first", flies(-time.Minute))
	b.enrolled("alarms", func(s *ledger.Item) { // they have not followed the operation yet
		s.DueAt, s.OpenShards, s.Alarms.Shards = now.Add(-time.Second), 8, 4
		s.Operations = scaling.Operations{{At: now.Add(-time.Hour), From: 4, To: 8, Fence: 1}}
	})
	want(now.Add(time.Minute), "first", "alarms", "second")
	for _, name := range []string{"first", "alarms", "second", "later"} {
		s := b.load(name)
		s.InFlight, s.Alarms.Shards = nil, s.OpenShards
		b.save(s)
	}
	want(time.Time{})
}
