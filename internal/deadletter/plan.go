package deadletter

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Targets are the names of the functions that events are handed to. An empty one is not known.
type Targets struct {
	Scaler   string
	Enroller string
}

// queueSuffix is how the template ends the names of dead-letter queues: STACK-scaler is the
// function of STACK-scaler-dead-letters.
const queueSuffix = "-dead-letters"

// TargetsOf returns the function whose events a queue of the template takes, by the queue's name.
// The zero value for a queue of another name.
func TargetsOf(queueURL string) Targets {
	parsed, err := url.Parse(queueURL)
	if err != nil {
		return Targets{}
	}
	function, ours := strings.CutSuffix(path.Base(parsed.Path), queueSuffix)
	switch {
	case ours && strings.HasSuffix(function, "-scaler"):
		return Targets{Scaler: function}
	case ours && strings.HasSuffix(function, "-enroller"):
		return Targets{Enroller: function}
	}
	return Targets{}
}

// Action is what is done with a message.
type Action string

// The actions.
const (
	Replay Action = "replay" // invoke the function with the event, then delete the message
	Drop   Action = "drop"   // delete the message: its event is of no use any more
	Leave  Action = "leave"  // keep the message in the queue
)

// Step is what is to be done with a letter.
type Step struct {
	Action   Action
	Function string // that Replay invokes
	Why      string // of Drop and Leave
}

// Plan says what to do with a letter. Which function is invoked is told by the operator and the
// queue, never by the message alone: who can write to the queue must not choose what is invoked
// with the operator's rights.
func (t Targets) Plan(l Letter) Step {
	switch l.Kind {
	case KindAlarm:
		return plan(l, t.Scaler, "--scaler")
	case KindChange:
		return plan(l, t.Enroller, "--enroller")
	case KindRun:
		return Step{Action: Drop, Why: "the reconciler runs every minute, and its event holds nothing"}
	}
	return Step{Action: Leave, Why: fmt.Sprintf("its kind %q is not known", l.Kind)}
}

func plan(l Letter, function, flag string) Step {
	switch {
	case function == "":
		return Step{Action: Leave, Why: "the queue's name does not tell the function; name it with " + flag}
	case l.Function != "" && l.Function != function:
		return Step{Action: Leave, Why: fmt.Sprintf("it was for function %q, not for %q; if that is right, name it with %s", l.Function, function, flag)}
	}
	return Step{Action: Replay, Function: function}
}
