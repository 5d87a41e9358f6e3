package scaling

// Reservation is the concurrency that a Lambda function has reserved. The zero value: it has reserved
// none, and may use what others leave.
type Reservation struct {
	Concurrency int
	Set         bool // with Concurrency 0: the function is stopped
}

// Stopped reports whether somebody has stopped the function: Lambda's console has a button for it.
func (r Reservation) Stopped() bool { return r.Set && r.Concurrency == 0 }

// ConsumerConcurrency is the reservation that a function with one should get for a wanted one, by the room
// that the account has left; what it has where nothing is to change.
//
//   - A stopped function stays so.
//   - A function without a reservation gets all or nothing: less than it wants would cap what it can use now.
//   - One with a reservation gets as much as there is room for, and gives back what it does not need.
//
// With unknown room the wish is tried as it is: Lambda refuses what would leave too little.
func (a Account) ConsumerConcurrency(want int, has Reservation) Reservation {
	if has.Stopped() || has.Set && want == has.Concurrency {
		return has
	}
	room := want
	if !a.At.IsZero() {
		least := a.LeastUnreserved
		if least == 0 {
			least = leastUnreserved
		}
		room = max(a.UnreservedConcurrency-least, 0)
	}
	switch {
	case !has.Set && want > room:
		return has
	case want > has.Concurrency:
		want = min(want, has.Concurrency+room)
	}
	return Reservation{Concurrency: want, Set: true}
}

// ConsumerDrift says what is done when somebody else changes the reservation of a stream's consumer.
type ConsumerDrift string

// What can be done about it.
const (
	DriftRepair ConsumerDrift = "repair" // set it back, and tell
	DriftTell   ConsumerDrift = "tell"   // leave it until the shards change, and tell
)

func consumerDrifts() []ConsumerDrift { return []ConsumerDrift{DriftRepair, DriftTell} }
