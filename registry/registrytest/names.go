package registrytest

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func names(b *bench) {
	want := func(limit int, names ...string) {
		b.Helper()
		got, err := b.Names(b.Context(), limit)
		b.wantErr(err, nil)
		b.want(fmt.Sprintf("names, at most %d", limit), got, names)
	}
	want(10)
	for name, due := range map[string]time.Duration{"orders": -time.Hour, "clicks": 1000 * time.Hour, "payments": 0} {
		b.enrolled(name, func(s *ledger.Item) { s.DueAt = start().Add(due) })
	}
	b.wantErr(b.override("only-overrides", scaling.Layer{"min-shards": "4"}), nil)
	b.save(b.load("orders"), ledger.Entry{Stream: "orders", At: start(), ID: "e", Kind: ledger.KindEnrollment})
	want(10, "clicks", "orders", "payments")
	want(2, "orders", "payments")
	want(1, "orders")
	want(0)
	want(-1)

	s := b.load("payments")
	s.Status, s.DueAt = ledger.Unenrolled, time.Time{}
	b.save(s)
	want(10, "clicks", "orders")

	var all []string // more than one read of the index gives
	for i := range 1001 {
		name := fmt.Sprintf("many-%04d", i)
		b.enrolled(name, func(s *ledger.Item) { s.DueAt = start().Add(time.Minute) })
		all = append(all, name)
	}
	want(2000, append([]string{"clicks"}, append(all, "orders")...)...)
}

func every(b *bench) {
	want := func(names ...string) {
		b.Helper()
		told := -1
		got, err := b.Every(b.Context(), func(n int) { told = n })
		b.wantErr(err, nil)
		b.want("every stream", got, names)
		b.want("told", told, len(names))
	}
	want()
	b.enrolled("orders")
	b.enrolled("clicks")
	b.wantErr(b.override("only-overrides", scaling.Layer{"min-shards": "4"}), nil)
	b.save(b.load("orders"), ledger.Entry{Stream: "orders", At: start(), ID: "e", Kind: ledger.KindEnrollment})
	s := b.load("clicks")
	s.Status, s.DueAt = ledger.Unenrolled, time.Time{}
	b.save(s)
	want("clicks", "orders")
}
