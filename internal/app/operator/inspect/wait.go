package inspect

import (
	"cmp"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Wait is something that keeps a stream from being scaled, or from being scaled well.
type Wait struct {
	Code   scaling.ReasonCode // that the history has for it; docs/reasons.md tells what to do
	Detail string
	Until  time.Time // when it ends by itself; zero: not known, or never
}

// Waits returns what the registry knows that a stream waits for at a time, the most important first. What only the
// service or CloudWatch know is not among it.
func Waits(s ledger.Item, pause ledger.Pause, now time.Time) []Wait {
	var all []Wait
	add := func(is bool, code scaling.ReasonCode, until time.Time, format string, args ...any) {
		if is {
			all = append(all, Wait{Code: code, Detail: fmt.Sprintf(format, args...), Until: until})
		}
	}
	add(pause.InForce, scaling.HoldPaused, time.Time{}, "all resharding is paused %s", pause)
	add(s.Status == ledger.Suspended, scaling.HoldSuspended, time.Time{}, "suspended: %s", s.StatusReason)
	kept := ", the last good ones stay"
	if s.Settings.Policy == "" {
		kept = ""
	}
	add(s.SettingsFault != "", scaling.HoldSuspended, time.Time{}, "its settings cannot be used%s: %s", kept, s.SettingsFault)
	if s.InFlight != nil {
		add(true, scaling.HoldOperationInFlight, time.Time{}, "from %d to %d shards, %s since %s", s.InFlight.From, s.InFlight.To,
			cmp.Or(s.InFlight.Outcome, ledger.OutcomeIntended), s.InFlight.At.UTC().Format(time.RFC3339))
	}
	if until := s.DrainUntil(); until.After(now) {
		add(true, scaling.HoldNotDrained, until, "its consumers are not back yet after the operation from %d to %d shards; a scale down waits", s.Draining.From, s.Draining.To)
	}
	add(s.Opposed.HeldUntil.After(now), scaling.HoldSetBack, s.Opposed.HeldUntil, "its size was set back twice, last by %s", s.Opposed.By)
	add(s.Settings.Mode == scaling.ModeDryRun, scaling.HoldDryRun, time.Time{}, "tagged %s: decided, and not acted on", scaling.ModeDryRun)
	settings := s.SettingsAt(now)
	add(settings.Pause != scaling.PausedNone && settings.Pause != "", scaling.HoldPaused, time.Time{}, "the setting pause is %s", settings.Pause)
	add(atItsMaximum(s), scaling.HoldAtMaxShards, time.Time{}, "full at its maximum of %d shards", s.Settings.MaxShards)
	add(s.HotKey.AskedAgain(now).Suspected(), scaling.HoldHotKey, s.HotKey.AskAt, "%s", s.HotKey)
	if used := s.Operations.Used(now); used >= s.Settings.Allowed(scaling.Up) && s.Settings.OperationLimit > 0 {
		add(true, scaling.HoldBudgetExhausted, s.Operations.FreeAt(now, s.Settings.Allowed(scaling.Up)), "%d of %d operations of the last 24 hours are used", used, s.Settings.OperationLimit)
	}
	add(s.FailedClaims > 1 && (s.Up.RetryAt.After(now) || s.Down.RetryAt.After(now)), scaling.HoldServiceRefused, time.Time{}, "%s", FailedClaims(s.FailedClaims))
	if s.Status != ledger.Enrolled { // it has no alarms
		return all
	}
	why := ""
	if len(all) == 0 { // the item does not say why
		why = ", and shardkeeper explain " + s.Name + " says why"
	}
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		if retry := s.Watch(dir).RetryAt; retry.After(now) {
			all = append(all, Wait{Detail: fmt.Sprintf("a scale %s is held%s; the alarm is asked again", dir, why), Until: retry})
		}
	}
	return all
}

// FailedClaims says how many claims in a row led to no operation: Kinesis refused the call, or took it and did nothing.
func FailedClaims(n int64) string {
	if n == 1 {
		return "the last claim led to no operation"
	}
	return fmt.Sprintf("the last %d claims led to no operation", n)
}

// atItsMaximum reports whether a stream was full when it was last decided on, and may not grow.
func atItsMaximum(s ledger.Item) bool {
	return s.Settings.MaxShards > 0 && s.OpenShards >= s.Settings.MaxShards && s.Measured.Utilization >= runsAtMax
}

// String says what is waited for, and until when.
func (w Wait) String() string {
	if w.Until.IsZero() {
		return w.Detail
	}
	return w.Detail + ", until " + w.Until.UTC().Format("2006-01-02 15:04")
}
