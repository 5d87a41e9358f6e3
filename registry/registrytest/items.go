package registrytest

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// items reads many streams at once.
func items(b *bench) {
	want := func(names []string, wanted ...ledger.Item) {
		b.Helper()
		got, err := b.Items(b.Context(), names...)
		b.wantErr(err, nil)
		b.want(fmt.Sprintf("items of %d names", len(names)), got, wanted)
	}
	want(nil)
	want([]string{"orders"})
	orders := b.enrolled("orders", func(s *ledger.Item) { s.Measured = ledger.Measured{At: start(), Utilization: 0.5, Limit: "bytes"} })
	clicks := b.enrolled("clicks", func(s *ledger.Item) { s.Status = ledger.Unenrolled })
	want([]string{"orders", "nobody", "clicks", "orders"}, clicks, orders)
	var names []string // more than one read gives
	var all []ledger.Item
	for i := range 101 {
		names = append(names, fmt.Sprintf("many-%04d", i))
		all = append(all, b.enrolled(names[i]))
	}
	want(names, all...)
}
