package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Finding is something that is wrong, or may be, and what mends it.
type Finding struct {
	Grave  bool   // streams are not scaled because of it, or soon will not be
	About  string // a stream, or a part of the stack
	Detail string
	Mend   string // a command, or what to do
}

// Health is what a stack is judged by.
type Health struct {
	Items   []ledger.Item
	Pause   ledger.Pause
	Fleet   ledger.Fleet
	Pairs   map[string]scaling.AlarmPair // by stream; nil: the alarms could not be read
	Synced  bool                         // whether it is known which topic the alarms are to notify
	Wiring  Wiring                       // what could not be read of it is left out
	Silent  []string                     // streams to which nobody has written for SilentFor; nil: not known, or none
	Letters map[string]int               // messages in the dead-letter queues, by function; nil: not known
}

// SilentFor is how long nobody writes to a stream that counts as silent.
const SilentFor = 24 * time.Hour

// When something that is done again and again counts as stopped.
const (
	reconcilerLate = 10 * time.Minute // a stream is due that long: the reconciler takes what is due each minute
	answerLate     = 15 * time.Minute // an alarm that nobody handled is armed again after five minutes
	sweepLate      = 3 * time.Hour    // streams are swept by their tags once an hour
	unseenLong     = time.Hour        // a healthy stream is looked at every eight minutes, in a large fleet every 45
	nearlyFull     = 0.9              // of the account's shards
	runsAtMax      = 0.95             // a stream at its maximum that is so full refuses records
)

// Findings returns what is wrong with a stack at a time, what is grave first. None: nothing that the registry, the
// alarms and the queues tell of.
func (h Health) Findings(now time.Time) []Finding {
	all := append(h.ofStack(now), h.ofWiring()...)
	for _, s := range h.Items {
		all = append(all, h.ofStream(s, now)...)
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		}
		return 1
	})
	return all
}

// ofStack is what is wrong with all streams together.
func (h Health) ofStack(now time.Time) []Finding {
	var all []Finding
	add := func(is, grave bool, about, mend, format string, args ...any) {
		if is {
			all = append(all, Finding{grave, about, fmt.Sprintf(format, args...), mend})
		}
	}
	add(h.Pause.InForce, true, "pause", "shardkeeper resume --all, when the reason is over", "all resharding is paused %s", h.Pause)
	late := 0
	for _, s := range h.Items {
		if !s.DueAt.IsZero() && now.Sub(s.DueAt) > reconcilerLate {
			late++
		}
	}
	add(late > 0, true, "reconciler", "see its log and its schedule: docs/runbook.md",
		"%d of %d streams are due for more than %s: it does not run, or cannot keep up", late, len(h.Items), reconcilerLate)
	if a := h.Fleet.Account; len(h.Items) > 0 {
		add(now.Sub(a.ShardsRead()) > scaling.AccountStale, false, "account", "see docs/runbook.md on account-stale, and the reconciler's log for DescribeLimits", "the shards of the account were last read: %s", since(a.ShardsRead(), now))
		add(now.Sub(a.At) > scaling.AccountStale, false, "account", "see docs/runbook.md on account-stale, and the reconciler's log for GetAccountSettings", "the concurrency of the account was last read: %s", since(a.At, now))
		add(a.ShardLimit > 0 && float64(a.OpenShards) >= nearlyFull*float64(a.ShardLimit), true, "account", "ask AWS for a higher shard quota of the Region",
			"%d of %d shards of the Region are used", a.OpenShards, a.ShardLimit)
		add(now.Sub(h.Fleet.Swept) > sweepLate, false, "sweep", "see the reconciler's log", "when all streams were last swept by their tags: %s", since(h.Fleet.Swept, now))
	}
	for _, function := range slices.Sorted(maps.Keys(h.Letters)) {
		add(h.Letters[function] > 0, true, function, "shardkeeper replay --stack STACK --queue "+function+" --dry-run, to see them",
			"%d messages are in its dead-letter queue", h.Letters[function])
	}
	return all
}

// ofStream is what is wrong with one stream.
func (h Health) ofStream(s ledger.Item, now time.Time) []Finding {
	var all []Finding
	add := func(is, grave bool, mend, format string, args ...any) {
		if is {
			all = append(all, Finding{grave, s.Name, fmt.Sprintf(format, args...), mend})
		}
	}
	add(s.SettingsFault != "", s.Status == ledger.Suspended, "mend the tag or the override", "its settings cannot be used: %s", s.SettingsFault)
	add(s.Status == ledger.Suspended, true, mendSuspended(s), "it is suspended: %s", s.StatusReason)
	add(s.Opposed.HeldUntil.After(now), true, todo(scaling.HoldSetBack, s), "%s keeps setting its size back; it is held until %s", s.Opposed.By, s.Opposed.HeldUntil.UTC().Format(time.RFC3339))
	pause := s.SettingsAt(now).Pause
	add(s.Status == ledger.Enrolled && (pause.Covers(scaling.Up) || pause.Covers(scaling.Down)), pause.Covers(scaling.Up),
		"when the reason is over: shardkeeper resume "+s.Name+"; where a tag pauses it, take the tag shardkeeper:pause away", "it is paused: the setting pause is %s", pause)
	add(h.refused(s), true, "shardkeeper history "+s.Name+" --kind operation has the service's words; then docs/runbook.md, refused", "it is full, and %s", FailedClaims(s.FailedClaims))
	add(s.HotKey.Suspected(), true, scaling.Advice, "a hot key is suspected: %s", s.HotKey)
	add(slices.Contains(h.Silent, s.Name) && now.Sub(s.EnrolledAt) > SilentFor, false, "see its producers; if nobody needs it: shardkeeper unenroll "+s.Name+", and delete it",
		"nobody has written to it for %s; it has %d shards", SilentFor, s.OpenShards)
	add(s.Trouble != "", false, "see docs/runbook.md, a consumer's concurrency cannot be set", "its consumer %s: %s", s.Settings.Consumer, s.Trouble)
	add(s.Status == ledger.Enrolled && now.Sub(s.SeenAt) > unseenLong, false, "aws kinesis describe-stream-summary --stream-name "+s.Name, "when it was last seen ACTIVE: %s", since(s.SeenAt, now))
	add(atItsMaximum(s), true, "raise max-shards",
		"it is %.0f %% full at its maximum of %d shards", 100*s.Measured.Utilization, s.Settings.MaxShards)
	used := s.Operations.Used(now)
	add(used > 0 && used >= s.Settings.OperationLimit, s.Up.RetryAt.After(now), todo(scaling.HoldBudgetExhausted, s), "all %d operations of 24 hours are used; the next comes back at %s",
		s.Settings.OperationLimit, s.Operations.FreeAt(now, s.Settings.OperationLimit).UTC().Format(time.RFC3339))
	if h.Pairs != nil && s.Status == ledger.Enrolled && s.InFlight == nil && s.OpenShards > 0 {
		all = append(all, h.ofAlarms(s, now)...)
	}
	return all
}

// nextLook says when the reconciler puts right what it finds.
const nextLook = "within ten minutes, of an idle stream in a large fleet within an hour; if not, see its log"

// todo is what docs/reasons.md says to do about a reason, with the stream's name.
func todo(code scaling.ReasonCode, s ledger.Item) string {
	return strings.ReplaceAll(code.Doc().Do, "STREAM", s.Name)
}

// mendSuspended is what ends a suspension.
func mendSuspended(s ledger.Item) string {
	switch s.StatusReason {
	case ledger.SuspendedOnDemand:
		return "switch " + s.Name + " to provisioned, or take its tag shardkeeper away"
	case ledger.SuspendedSettings:
		return "mend the tag or the override of " + s.Name + " that is named above"
	case ledger.SuspendedAlarm:
		return "delete or rename the alarm, " + scaling.AlarmName(s.Name, scaling.Up) + " or " + scaling.AlarmName(s.Name, scaling.Down) + ": docs/runbook.md"
	}
	return todo(scaling.HoldSuspended, s)
}

// ofAlarms is what is wrong with a stream's alarms.
func (h Health) ofAlarms(s ledger.Item, now time.Time) []Finding {
	var all []Finding
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		name, status := scaling.AlarmName(s.Name, dir), h.Pairs[s.Name].Of(dir)
		switch {
		case !status.Exists:
			all = append(all, Finding{true, s.Name, "its alarm " + name + " is not there", "the reconciler makes it anew " + nextLook})
		case status.Foreign:
			all = append(all, Finding{true, s.Name, "the alarm " + name + " is somebody else's", "delete or rename it"})
		case status.Deaf():
			all = append(all, Finding{true, s.Name, "the actions of its alarm " + name + " are disabled: it asks for nothing", "aws cloudwatch enable-alarm-actions --alarm-names " + name})
		case dir == scaling.Up && h.unanswered(s, status, now):
			all = append(all, Finding{
				true, s.Name, "its alarm " + name + " went off " + since(status.ChangedAt, now) + ", and nothing was decided on it since",
				"shardkeeper explain " + s.Name + "; then see the logs of the scaler and the reconciler",
			})
		case h.Synced && !status.InSync:
			all = append(all, Finding{false, s.Name, "its alarm " + name + " is not as it should be", "the reconciler writes it anew " + nextLook})
		}
	}
	return all
}

// unanswered reports whether an alarm has gone off for long, and nothing was decided, nor is to be decided later.
func (h Health) unanswered(s ledger.Item, status scaling.AlarmStatus, now time.Time) bool {
	return status.State == scaling.StateAlarm && now.Sub(status.ChangedAt) > answerLate && status.ChangedAt.After(s.Up.Handled.Add(time.Minute)) &&
		!s.Up.RetryAt.After(now) && !h.Pause.InForce
}

// refused reports whether a stream asks for more shards, and the last calls for it were in vain.
func (h Health) refused(s ledger.Item) bool {
	return s.FailedClaims > 1 && s.InFlight == nil && h.Pairs[s.Name].Up.State == scaling.StateAlarm
}

// since says how long ago something was.
func since(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return now.Sub(at).Round(time.Minute).String() + " ago"
}
