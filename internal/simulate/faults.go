package simulate

import "time"

// Faults are the seam through which things go wrong. They are asked in a fixed order, so that
// faults drawn from a seed repeat. The zero value: nothing goes wrong.
type Faults struct {
	// Before is asked before a call reaches its service.
	Before func(Call) Fault
	// After is asked when a call had its effect, or the service refused it with an error, before the
	// caller hears of it.
	After func(Call, error) Fault
	// Route says how long each copy of a message takes, beyond Numbers. Nil or one zero: one
	// copy, at once. No copy: the message is dropped. Different delays put messages out of order.
	Route func(Message) []time.Duration
	// Runs says how late each delivery of the schedule's minute starts the reconciler. Nil or one zero: one
	// run, at once. EventBridge Scheduler keeps to the minute only, and may deliver twice.
	Runs func(at time.Time) []time.Duration
	// Skew is how far an invocation's clock is ahead of the services'.
	Skew func(function, request string) time.Duration
}

// Call is one request of an invocation to a service.
type Call struct {
	At       time.Time
	Function string // Scaler, Enroller or Reconciler
	Request  string // unique to the invocation
	Service  Service
	API      string // as the service names it: "UpdateShardCount"; of DynamoDB the registry's method: "Claim"
	About    string // the alarm's direction or the function that the call is about; empty for most
	Stream   string // empty when the call is about no single stream
}

// Service is one that the use cases call.
type Service string

// The services that can be called.
const (
	DynamoDB   Service = "dynamodb"
	Kinesis    Service = "kinesis"
	CloudWatch Service = "cloudwatch"
	Lambda     Service = "lambda"
	Tagging    Service = "tagging"
)

// Fault is what goes wrong with one call. The zero value: nothing.
type Fault struct {
	Err   error         // what the caller gets instead of the answer
	Delay time.Duration // how much longer the call takes
	Kill  bool          // the invocation ends here: it hears no answer and makes no further call
	Late  time.Duration // with Err, before an UpdateShardCount: the request is on its way, and is heard so much later
}

// Message is a notification of an alarm, or an event of a stream, on its way to a function.
type Message struct {
	Kind   MessageKind
	Name   string // of the alarm, or of the API call that the event tells of
	Stream string
	SentAt time.Time
}

// MessageKind tells the two ways to a function apart.
type MessageKind string

// The kinds of messages.
const (
	AlarmNotification MessageKind = "alarm"  // CloudWatch, SNS, scaler
	StreamEvent       MessageKind = "stream" // CloudTrail, EventBridge, enroller
)

func (f *Faults) before(c *Call) Fault {
	if f.Before == nil {
		return Fault{}
	}
	return f.Before(*c)
}

func (f *Faults) after(c *Call, err error) Fault {
	if f.After == nil {
		return Fault{}
	}
	return f.After(*c, err)
}

func (f *Faults) route(m Message) []time.Duration {
	if f.Route == nil {
		return []time.Duration{0}
	}
	return f.Route(m)
}

func (f *Faults) runs(at time.Time) []time.Duration {
	if f.Runs == nil {
		return []time.Duration{0}
	}
	return f.Runs(at)
}

func (f *Faults) skew(function, request string) time.Duration {
	if f.Skew == nil {
		return 0
	}
	return f.Skew(function, request)
}
