// Package deadletter reads what lands in the dead-letter queues, and hands it to its function
// again. A message is deleted only after Lambda took the event, and an event may be handed over
// twice: the functions know what they have handled.
package deadletter

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Message is one message of a dead-letter queue.
type Message struct {
	ID         string
	Receipt    string // of this receipt; deleting and releasing need it
	SentAt     time.Time
	Body       string
	Attributes map[string]string // those that the sender set
}

// Kind says what an event is about, and with that which function it is for.
type Kind string

// The kinds.
const (
	KindAlarm  Kind = "alarm"  // an alarm went to another state: for the scaler
	KindChange Kind = "change" // a stream was made, tagged, deleted or resharded: for the enroller
	KindRun    Kind = "run"    // the schedule of every minute: for the reconciler
)

// Letter is an event as it was found in a dead-letter queue.
type Letter struct {
	Kind     Kind
	Event    string // what happened, for people
	Cause    string // why the event is here, as the service that put it here says
	Function string // name of the function that was to have it; empty if the message does not say
	Payload  []byte // what the function is invoked with
}

// record is what Lambda sends to a destination when all tries of an asynchronous invocation
// failed, or the event grew too old.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html (read 2026-11)
type record struct {
	RequestContext *struct {
		FunctionARN string `json:"functionArn"` // with a version: ...:function:NAME:$LATEST
		Condition   string `json:"condition"`
		Tries       int    `json:"approximateInvokeCount"`
	} `json:"requestContext"`
	RequestPayload  json.RawMessage `json:"requestPayload"`
	ResponsePayload json.RawMessage `json:"responsePayload"` // what the function returned; its error has errorMessage
}

// notification is what SNS sends to the queue of a subscription when it could not deliver: the
// same as it sends to subscribed queues, not what it would have sent to the function.
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html and
// https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html (read 2026-11)
type notification struct {
	Type      string `json:"Type"`
	MessageID string `json:"MessageId"`
	TopicARN  string `json:"TopicArn"`
	Subject   string `json:"Subject,omitempty"`
	Message   string `json:"Message"`
	Timestamp string `json:"Timestamp"`
}

// The attributes in which SNS, and Lambda for a function's own dead-letter queue, say why.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html (read 2026-11)
const (
	attrErrorCode    = "ErrorCode"
	attrErrorMessage = "ErrorMessage"
)

// The attributes that EventBridge adds to an event that it could not deliver. The body is the
// event itself.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html (read 2026-11)
const (
	attrTargetARN     = "TARGET_ARN"
	attrRuleErrorCode = "ERROR_CODE"
	attrRuleErrorText = "ERROR_MESSAGE"
)

// Decode reads a message, whoever put it into the queue: Lambda, SNS or EventBridge. The error
// says why it is none of theirs.
func Decode(m Message) (Letter, error) {
	var shape struct {
		record
		notification
	}
	if err := json.Unmarshal([]byte(m.Body), &shape); err != nil {
		return Letter{}, fmt.Errorf("the body is no JSON object of a known shape: %w", err)
	}
	var letter Letter
	switch {
	case shape.RequestContext != nil:
		letter.Payload = shape.RequestPayload
		letter.Function = functionName(shape.RequestContext.FunctionARN)
		letter.Cause = shape.cause()
	case shape.Type == "Notification":
		payload, err := delivered(shape.notification)
		if err != nil {
			return Letter{}, err
		}
		letter.Payload, letter.Cause = payload, joined(m.Attributes[attrErrorCode], m.Attributes[attrErrorMessage])
	default:
		letter.Payload = []byte(m.Body)
		letter.Function = functionName(m.Attributes[attrTargetARN])
		letter.Cause = joined(
			cmp.Or(m.Attributes[attrRuleErrorCode], m.Attributes[attrErrorCode]),
			cmp.Or(m.Attributes[attrRuleErrorText], m.Attributes[attrErrorMessage]),
		)
	}
	var err error
	letter.Kind, letter.Event, err = told(letter.Payload)
	return letter, err
}

// cause is such as "RetriesExhausted (tries: 3): load orders: timeout".
func (r record) cause() string {
	var failed struct {
		ErrorMessage string `json:"errorMessage"`
	}
	_ = json.Unmarshal(r.ResponsePayload, &failed) // an answer of another shape tells nothing more
	condition := r.RequestContext.Condition
	if tries := r.RequestContext.Tries; tries > 0 {
		condition = fmt.Sprintf("%s (tries: %d)", condition, tries)
	}
	return joined(condition, failed.ErrorMessage)
}

func joined(code, text string) string {
	if code == "" || text == "" {
		return code + text
	}
	return code + ": " + text
}

// functionName takes the name out of arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME, with or
// without a version behind it. Empty for anything else.
func functionName(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 7 || len(parts) > 8 || parts[0] != "arn" || parts[2] != "lambda" || parts[5] != "function" {
		return ""
	}
	return parts[6]
}

// delivered makes of a notification the event that SNS would have invoked the function with.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html (read 2026-11)
func delivered(n notification) ([]byte, error) {
	type one struct {
		EventSource  string       `json:"EventSource"`
		EventVersion string       `json:"EventVersion"`
		SNS          notification `json:"Sns"`
	}
	payload, err := json.Marshal(map[string][]one{"Records": {{EventSource: "aws:sns", EventVersion: "1.0", SNS: n}}})
	if err != nil {
		return nil, fmt.Errorf("write the notification %q as an event: %w", n.MessageID, err)
	}
	return payload, nil
}

// errNoEvent means that a payload is of none of the functions.
var errNoEvent = errors.New("neither alarms by SNS, nor a change by EventBridge, nor a run of the schedule")
