// Package notification tells people and programs outside what happened to streams. [Event] is the stable form of
// it, [Sender] the use case that sends what the registry has kept.
package notification

import (
	"strings"
	"time"
	"unicode"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Version is the version of the form of [Event]. It is raised when a field is taken away or changes its meaning,
// not when one is added.
const Version = 1

// Severity says who should care, from a closed set.
type Severity string

// The severities, the least first.
const (
	Info    Severity = "info"    // for the record: nobody needs to do anything
	Warning Severity = "warning" // somebody should look into it if it goes on
	Error   Severity = "error"   // somebody must do something, or the stream stays too small or is not scaled
)

// Severities returns all severities, the least first.
func Severities() []Severity { return []Severity{Info, Warning, Error} }

// Event is what is sent, as JSON. Fields that are empty are left out.
type Event struct {
	Version   int              `json:"version"`
	ID        string           `json:"id"` // the same thing always has the same; who gets it twice may drop the second
	Kind      ledger.EventKind `json:"kind"`
	Severity  Severity         `json:"severity"`
	Summary   string           `json:"summary"` // one sentence for people
	Stream    string           `json:"stream,omitempty"`
	StreamARN string           `json:"stream_arn,omitempty"`
	Region    string           `json:"region"`
	Account   string           `json:"account"`
	At        time.Time        `json:"at"` // UTC, to the millisecond

	Direction string   `json:"direction,omitempty"`
	From      int      `json:"from_shards,omitempty"`
	To        int      `json:"to_shards,omitempty"`
	Who       string   `json:"who,omitempty"` // a function of Shardkeeper, or a person's or role's ARN
	Why       []Reason `json:"why,omitempty"`
	Outcome   string   `json:"outcome,omitempty"`
	Seconds   float64  `json:"duration_seconds,omitempty"` // of an operation, from the call to ACTIVE as seen
	Detail    string   `json:"detail,omitempty"`
}

// Reason is a step of the decision that led to the event.
type Reason struct {
	Code   scaling.ReasonCode `json:"code"`
	Detail string             `json:"detail,omitempty"`
}

// Place is where the streams are.
type Place struct {
	Region  string
	Account string
}

// FormOf returns the form of an event in which it is sent. Text that came from outside is cut to a thousand
// characters, and line breaks and what cannot be printed in it become spaces.
func FormOf(e ledger.Event, place Place) Event {
	entry := e.Entry
	form := Event{
		Version: Version, ID: e.ID, Kind: e.Kind, Severity: SeverityOf(e.Kind), Stream: entry.Stream, StreamARN: e.ARN,
		Region: place.Region, Account: place.Account, At: entry.At.UTC().Truncate(time.Millisecond), From: entry.From, To: entry.To,
		Who: plain(entry.Actor), Outcome: string(entry.Outcome), Seconds: entry.Duration.Seconds(), Detail: plain(entry.Detail),
	}
	if entry.Direction != scaling.Hold {
		form.Direction = entry.Direction.String()
	}
	for _, reason := range entry.Reasons {
		form.Why = append(form.Why, Reason{Code: reason.Code, Detail: plain(reason.Detail)})
	}
	form.Summary = form.summary(entry.HoldsStream())
	return form
}

// SeverityOf says who should care about a kind of event.
func SeverityOf(kind ledger.EventKind) Severity {
	switch kind {
	case ledger.EventCompleted, ledger.EventEnrolled, ledger.EventResumed, ledger.EventUnenrolled, ledger.EventStreamGone, ledger.EventPauseEnded:
		return Info
	case ledger.EventNotApplied, ledger.EventSuperseded, ledger.EventExternal, ledger.EventRefused, ledger.EventLagHolds, ledger.EventPaused, ledger.EventFailure:
		return Warning
	case ledger.EventAtMaximum, ledger.EventOutOfBudget, ledger.EventShardQuota, ledger.EventHotKey, ledger.EventBadSettings,
		ledger.EventSuspended, ledger.EventSetBack:
		return Error
	}
	return Warning // of a later version's
}

// AtLeast reports whether a severity is another or more. What is none of the three is as much as Warning.
func (s Severity) AtLeast(least Severity) bool { return s.rank() >= least.rank() }

func (s Severity) rank() int {
	switch s {
	case Info:
		return 0
	case Error:
		return 2
	case Warning:
	}
	return 1
}

// maxText is how much of a text from outside is told.
const maxText = 1000

// plain returns a text in one line, without what cannot be printed, and not too long.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxText {
		return string(runes[:maxText]) + "..."
	}
	return text
}
