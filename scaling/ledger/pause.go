package ledger

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Pause stops all resharding of a stack: while one is in force, no claim is granted. The zero value is no
// pause.
type Pause struct {
	InForce bool
	At      time.Time // since when
	Who     string    // the ARN of the person or role
	Why     string
}

// String says since when, by whom and why, such as "since 2026-11-26T08:00:00Z by arn:...: an incident".
func (p Pause) String() string {
	return fmt.Sprintf("since %s by %s: %s", p.At.UTC().Format(time.RFC3339), p.Who, p.Why)
}

// entryPaused is the id of the entry that tells of a pause.
const entryPaused = "paused"

// Begun is the history entry of a pause. It is of no single stream.
func (p Pause) Begun() Entry {
	return Entry{At: p.At, ID: entryPaused, Kind: KindPause, Actor: p.Who, Detail: "all resharding is paused: " + p.Why}
}

// Ended is the history entry of a pause's end. It is of no single stream.
func (p Pause) Ended(now time.Time, who string) Entry {
	return Entry{At: now, ID: "resumed", Kind: KindPause, Actor: who, Detail: "all resharding goes on; it was paused " + p.String()}
}

// Hold holds a decision to act because of the pause. Its alarm is armed again after the pause has ended.
func (p Pause) Hold(d scaling.Decision) scaling.Decision {
	return d.Held(d.At.Add(scaling.BusyRetry), scaling.HoldPaused, p.String())
}

// Check returns nil, or an error that says what is missing for the pause to be understood by others.
func (p Pause) Check() error {
	switch {
	case p.At.IsZero():
		return errors.New("a pause needs a time")
	case strings.TrimSpace(p.Who) == "":
		return errors.New("a pause needs somebody who asks for it")
	case strings.TrimSpace(p.Why) == "":
		return errors.New("a pause needs a reason")
	case len(p.Why) > maxReason:
		return fmt.Errorf("the reason of a pause has %d bytes, at most %d can be", len(p.Why), maxReason)
	}
	return nil
}

// maxReason keeps a pause's reason, which every held decision repeats, to a few lines.
const maxReason = 500

// PausedError means that a claim was not granted because all resharding is paused.
type PausedError struct {
	Stream string
	Pause  Pause
}

// Error says who paused, since when and why.
func (e *PausedError) Error() string {
	return fmt.Sprintf("claim %s: all resharding is paused %s", e.Stream, e.Pause)
}
