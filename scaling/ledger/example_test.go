package ledger_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Two scalers decide on one stream at the same time. The registry stores what the first claim
// returns, so the second is made on an item that has an operation in flight.
func ExampleItem_Claim() {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	item := ledger.Item{Name: "orders", Status: ledger.Enrolled, OpenShards: 4, Fence: 7, Settings: scaling.Defaults(scaling.DoubleHalve)}
	claim := ledger.Claim{
		Decision:     scaling.Decision{At: now, Direction: scaling.Up, From: 4, Target: 8},
		Asked:        scaling.Up,
		Alarm:        "orders-scale-up",
		TransitionAt: now.Add(-time.Minute),
		Owner:        "scaler/1",
		LeaseUntil:   now.Add(70 * time.Second),
	}

	claimed, entry, err := item.Claim(claim)
	fmt.Println(entry.Kind, entry.From, "->", entry.To, entry.Outcome, "under fence", claimed.Fence, err)

	_, _, err = claimed.Claim(claim)
	fmt.Println(errors.Is(err, ledger.ErrConflict), err)
	// Output:
	// operation 4 -> 8 intended under fence 8 <nil>
	// true claim orders: operation 8 is in flight: another writer was first
}
