package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Tool is what somebody made a call with, by CloudTrail's word.
type Tool string

// The tools that are told apart. CDK deploys through CloudFormation.
const (
	ToolUnknown        Tool = ""
	ToolTerraform      Tool = "Terraform"
	ToolCloudFormation Tool = "CloudFormation"
	ToolConsole        Tool = "the console"
	ToolCLI            Tool = "the AWS CLI"
)

// Mend is what keeps the tool from setting a stream's size back.
func (t Tool) Mend() string {
	switch t {
	case ToolTerraform:
		return "lifecycle { ignore_changes = [shard_count] } in the stream's resource"
	case ToolCloudFormation:
		return "leave ShardCount in the template as it is deployed, and change it no more"
	case ToolUnknown, ToolConsole, ToolCLI:
	}
	return "agree with who does it, or tag the stream shardkeeper=dry-run"
}

// hasSize reports whether the tool has the size in a file, and so sets it back each time. What a person does by hand
// is told, and may well be meant.
func (t Tool) hasSize() bool { return t == ToolTerraform || t == ToolCloudFormation }

// Opposed is how a tool sets the stream's size back after ours. The zero value: none does.
type Opposed struct {
	At        time.Time // when it was last set back
	By        string    // the tool, and who used it
	HeldUntil time.Time // the stream is held until then, since it was set back twice within a day; zero: it is not
}

// OpposedHold is how long a stream is held that was set back twice within as long.
const OpposedHold = 24 * time.Hour

// SetBack returns the stream after somebody else's call, and the call's entry. Where the call set the size back to what it
// was before a call of ours, less than a day earlier, the entry says so; another call changes nothing. The second within
// a day by a tool that has the size in a file holds the stream for a day, or until a person lets it go on: else each of
// the two sides would use up the ten operations of a day against the other.
func (s Item) SetBack(call Entry, tool Tool, now time.Time) (Item, Entry) {
	undone := slices.ContainsFunc(s.Operations, func(op scaling.Operation) bool {
		return op.Fence != 0 && op.From == call.To && op.To != call.To && op.At.Before(call.At) && call.At.Sub(op.At) < OpposedHold
	})
	if !undone || now.Sub(call.At) >= OpposedHold {
		return s, call
	}
	again := tool.hasSize() && !s.Opposed.At.IsZero() && call.At.Sub(s.Opposed.At).Abs() < OpposedHold
	if tool.hasSize() {
		s.Opposed.At, s.Opposed.By = call.At, fmt.Sprintf("%s (%s)", tool, call.Actor)
	}
	told := fmt.Sprintf("back to %d, the size before ours, by %s; to mend it: %s", call.To, cmp.Or(string(tool), "an unknown tool"), tool.Mend())
	if again {
		s.Opposed.HeldUntil = now.Add(OpposedHold)
		told += fmt.Sprintf("; %s%s or shardkeeper resume %s", nowHeld, s.Opposed.HeldUntil.UTC().Format(time.RFC3339), s.Name)
	}
	call.Reasons = append(slices.Clone(call.Reasons), scaling.Reason{Code: scaling.HoldSetBack, Detail: told})
	return s, call
}

// nowHeld is how the entry of a call says that the stream is held from then on.
const nowHeld = "twice within a day, so the stream is held until "

// HoldsStream reports whether the entry is of a call that set the stream's size back, and that holds the stream.
func (e Entry) HoldsStream() bool {
	return slices.ContainsFunc(e.Reasons, func(r scaling.Reason) bool {
		return r.Code == scaling.HoldSetBack && strings.Contains(r.Detail, nowHeld)
	})
}

// holdIfOpposed holds a decision to act on a stream that somebody keeps setting back.
func (s Item) holdIfOpposed(d scaling.Decision) scaling.Decision {
	if !s.Opposed.HeldUntil.After(d.At) {
		return d
	}
	return d.Held(s.Opposed.HeldUntil, scaling.HoldSetBack, fmt.Sprintf("twice within a day, last by %s at %s; shardkeeper resume %s lets it go on",
		s.Opposed.By, s.Opposed.At.UTC().Format(time.RFC3339), s.Name))
}

// Resumed returns the stream after a person let it go on, and its entry; no entry when it was not held.
func (s Item) Resumed(now time.Time, who string) (Item, []Entry) {
	if !s.Opposed.HeldUntil.After(now) {
		return s, nil
	}
	entry := Entry{
		Stream: s.Name, At: now, ID: "resumed", Kind: KindPause, From: s.OpenShards, To: s.OpenShards, Actor: who,
		Detail: fmt.Sprintf("goes on; it was held until %s, after it was set back by %s", s.Opposed.HeldUntil.UTC().Format(time.RFC3339), s.Opposed.By),
	}
	s.Opposed = Opposed{}
	s.Up.RetryAt, s.Down.RetryAt = now, now
	s.DueBy(now)
	return s, []Entry{entry}
}
