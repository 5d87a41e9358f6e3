package registrytest

import "github.com/shardkeeper/shardkeeper/scaling/ledger"

// consumers: a function is the consumer of one stream, and who takes it over must know of whom.
func consumers(b *bench) {
	owner := func(function, want string) {
		b.Helper()
		got, err := b.ConsumerOwner(b.Context(), function)
		b.wantErr(err, nil)
		b.want("the owner of "+function, got, want)
	}
	owner("reader", "")
	b.wantErr(b.OwnConsumer(b.Context(), "reader", "orders", "payments"), ledger.ErrConflict)
	b.wantErr(b.OwnConsumer(b.Context(), "reader", "orders", ""), nil)
	owner("reader", "orders")
	owner("reader:live", "")
	b.wantErr(b.OwnConsumer(b.Context(), "reader", "payments", ""), ledger.ErrConflict)
	b.wantErr(b.OwnConsumer(b.Context(), "reader", "payments", "clicks"), ledger.ErrConflict)
	owner("reader", "orders")
	b.wantErr(b.OwnConsumer(b.Context(), "reader", "payments", "orders"), nil)
	owner("reader", "payments")
}
