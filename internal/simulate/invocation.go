package simulate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// invocation is one run of a use case in a Lambda function. It is a coroutine: while it waits for
// a service, others run. So two invocations interleave at each call, as they do in life, and in
// the same way each time.
type invocation struct {
	world    *World
	function *function
	request  string
	deadline time.Duration // when Lambda ends it
	skew     time.Duration
	gone     bool // killed, or beyond its deadline: its calls have no effect any more

	coroutine *coroutine
	body      work
	ended     func(error) // what is done when it is over, with errGone if it was killed
}

// errGone is what a call of an invocation that has ended returns. It is never reported.
var errGone = errors.New("the invocation has ended")

// work is what an invocation does.
type work func(ctx context.Context, inv *invocation) error

// run starts an invocation.
func (w *World) run(f *function, request string, body work, ended func(error)) {
	inv := &invocation{
		world: w, function: f, request: request, coroutine: w.coroutines.take(), body: body, ended: ended,
		deadline: w.clock.elapsed + f.timeout, skew: w.faults.skew(f.name, request),
	}
	inv.coroutine.invocation = inv
	inv.resume()
}

// work does what the invocation is for, up to its end.
func (inv *invocation) work() error { return inv.body(virtual{inv}, inv) }

// resume lets the invocation run until it waits or ends.
func (inv *invocation) resume() {
	if !inv.coroutine.resume() {
		return
	}
	inv.world.coroutines.free(inv.coroutine)
	if inv.gone {
		inv.ended(errGone)
	} else {
		inv.ended(inv.coroutine.result)
	}
}

// wait lets virtual time pass for this invocation. If nobody else has anything to do meanwhile,
// the clock just moves on.
func (inv *invocation) wait(d time.Duration) {
	if inv.gone {
		return
	}
	clock := &inv.world.clock
	until := min(clock.elapsed+d, inv.deadline)
	if clock.idleUntil(until) {
		clock.elapsed = until
	} else {
		clock.plan(until, inv.resume)
		if !inv.coroutine.pause() {
			inv.gone = true // the world was closed
		}
	}
	inv.gone = inv.gone || clock.elapsed >= inv.deadline
}

// waitFor is wait for the use cases.
func (inv *invocation) waitFor(ctx context.Context, d time.Duration) error {
	inv.wait(d)
	return ctx.Err()
}

// now is the invocation's own clock.
func (inv *invocation) now() time.Time { return inv.world.clock.time().Add(inv.skew) }

// none is the answer of a call that returns only an error.
type none = struct{}

// call makes one request to a service: it takes time, may meet a fault, counts against the API's
// quota, and does what do does. As the SDK's clients do, it tries again when it was throttled.
func call[T any](inv *invocation, service Service, api, stream string, do func() (T, error)) (T, error) {
	return callAbout(inv, &Call{Service: service, API: api, Stream: stream}, do)
}

func callAbout[T any](inv *invocation, c *Call, do func() (T, error)) (answer T, err error) {
	if err := inv.takeTurn(c); err != nil {
		return answer, err
	}
	for attempt := 1; ; attempt++ {
		answer, err = attemptCall(inv, c, do, nil)
		if !errors.Is(err, scaling.ErrThrottled) || attempt >= inv.attempts(c) {
			return answer, err
		}
		inv.wait(inv.world.backoff(attempt))
	}
}

// attempts is how often a call is tried when it is throttled. What scaler and enroller may ask of
// CloudWatch's alarms only a few times a second they try once, and leave the rest to the reconciler. The enroller is
// patient with Kinesis, since nothing else but the sweep of the hour finds what it could not read.
func (inv *invocation) attempts(c *Call) int {
	switch n := inv.world.numbers; {
	case inv.function != inv.world.reconciler && (c.API == "DescribeAlarms" || c.API == "PutMetricAlarm"):
		return 1
	case inv.function == inv.world.enroller && c.Service == Kinesis:
		return n.PatientAttempts
	default:
		return n.Attempts
	}
}

// backoff is how long the SDK's standard retryer waits after an attempt: at random, within a bound
// that doubles.
func (w *World) backoff(attempt int) time.Duration {
	most := min(w.numbers.Backoff<<(attempt-1), w.numbers.MaxBackoff)
	return time.Duration(w.random.Float64() * float64(most))
}

// takeTurn waits until the reconciler may make a call, at the pace that its clients keep. A turn
// that does not come before the invocation's end counts as throttled.
func (inv *invocation) takeTurn(c *Call) error {
	w := inv.world
	if inv.function != w.reconciler || c.Service == DynamoDB {
		return nil
	}
	for !inv.gone {
		d := w.paces.take(c.API, w.clock.elapsed)
		switch {
		case d == 0:
			return nil
		case w.clock.elapsed+d >= inv.deadline:
			return fmt.Errorf("no turn left for %s: %w", c.API, scaling.ErrThrottled)
		}
		inv.wait(d)
	}
	return errGone
}

// attemptCall makes one try of a call. late is what the service does when it hears of it after the caller has given up; nil
// for a call that is never so late.
func attemptCall[T any](inv *invocation, c *Call, do func() (T, error), late func()) (answer T, err error) {
	w := inv.world
	latency := w.numbers.Latency
	if c.Service == DynamoDB {
		latency = w.numbers.RegistryLatency
	}
	inv.wait(latency)
	if inv.gone {
		return answer, errGone
	}
	c.At, c.Function, c.Request = w.clock.time(), inv.function.name, inv.request
	fault := w.faults.before(c)
	if fault.Late > 0 && late != nil {
		w.clock.plan(w.clock.elapsed+fault.Late, late)
	}
	if stopped, err := inv.meet(fault); stopped {
		return answer, err
	}
	if err = w.meter(c); err == nil {
		answer, err = do()
	}
	var none T
	if stopped, fault := inv.meet(w.faults.after(c, err)); stopped {
		return none, fault
	}
	if inv.skew.Abs() > scaling.MaxClockError { // the clients compare their clock with that of each answer
		return none, fmt.Errorf("%s: the clock is off by %s", c.API, inv.skew)
	}
	return answer, err
}

// meter counts a call against the account's quota. Too many in a second are ErrThrottled;
// UpdateShardCount has its own word for it: "TPS over 10 will trigger the LimitExceededException". Calls to DynamoDB are
// not limited.
func (w *World) meter(c *Call) error {
	name := c.API
	switch c.Service {
	case DynamoDB:
		return nil
	case Lambda:
		name = lambdaControl
	case Kinesis, CloudWatch, Tagging:
	}
	if w.quotas.take(name, w.clock.elapsed) == 0 {
		return nil
	}
	kind := scaling.ErrThrottled
	if c.API == "UpdateShardCount" {
		kind = scaling.ErrLimitExceeded
	}
	return fmt.Errorf("%s: more than %v calls in a second: %w", c.API, w.quotas[name].PerSecond, kind)
}

// meet applies a fault to the invocation, and reports whether the call ends with that.
func (inv *invocation) meet(f Fault) (bool, error) {
	inv.gone = inv.gone || f.Kill
	if f.Delay > 0 && !inv.gone {
		inv.wait(f.Delay)
	}
	if inv.gone {
		return true, errGone
	}
	return f.Err != nil, f.Err
}

// left is how long an invocation may still run.
func (inv *invocation) left(context.Context) time.Duration {
	return inv.deadline - inv.world.clock.elapsed
}

// virtual is the context of an invocation, which ends by virtual time.
type virtual struct{ inv *invocation }

// Deadline gives none: a deadline is on the real clock, and this invocation's is not.
func (virtual) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done never closes: nobody in here waits for real.
func (virtual) Done() <-chan struct{} { return nil }

// Value has none.
func (virtual) Value(any) any { return nil }

// Err returns an error from the invocation's deadline on.
func (v virtual) Err() error {
	if v.inv.gone || v.inv.left(v) <= 0 {
		return context.DeadlineExceeded
	}
	return nil
}

var _ context.Context = virtual{}
