package faults

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// How many minutes of health something may stay unfinished.
const (
	soon = 10
	// A lost event of a tag is found by the sweep of the hour; what follows from it takes as long again.
	afterASweep = 62 + tellsTags + soon
	// Alarms for which the account had no room are tried again within half an hour.
	afterAQuota = 30 + soon
	// An accepted call that does not show on the stream, because somebody undid it by hand, is waited
	// for as long as the service might need to show it: appearDelay in package ledger.
	notShown = 15 + soon
	// The alarms ask after five minutes at the defaults. Then the notification, or the look that finds
	// it lost, has its ten.
	asks = 5 + soon
)

// healthy checks a minute of the phase of health, counted from 0.
func (a *auditor) healthy(minute int) {
	for _, spec := range a.plan.Streams {
		a.healthyStream(spec.Name, minute)
	}
}

// truth is how a stream should be, by Kinesis and by what people set.
type truth struct {
	summary  scaling.Summary
	tags     scaling.Layer
	enrolled bool // wanted, and of a kind that can be scaled
	settings scaling.Settings
	usable   bool // whether the settings are
}

func (a *auditor) truth(name string, item ledger.Item) truth {
	summary, err := a.world.Describe(name)
	if errors.Is(err, scaling.ErrStreamNotFound) || summary.Status == scaling.StatusDeleting {
		return truth{}
	}
	tags, _ := a.world.Tags(name)
	t := truth{summary: summary, tags: scaling.TagLayer(tags)}
	item.Tags = t.tags
	t.settings, t.usable = a.plan.Rules.Effective(item, a.world.Now())
	// With tags that cannot be used from the first day on, a stream stays suspended.
	t.enrolled = a.plan.Rules.Wants(t.tags) && summary.Mode != scaling.ModeOnDemand && (t.usable || item.SettingsRevision > 0)
	return t
}

func (a *auditor) healthyStream(name string, minute int) {
	b := a.book(name)
	item, err := a.table.load(name)
	if err != nil && !errors.Is(err, ledger.ErrNotEnrolled) {
		return
	}
	b.item = item
	t := a.truth(name, item)
	if t.summary.Name == "" && !a.replanned[name].Equal(b.unplanned) {
		return // the sweep finds streams by Kinesis' list, and this one is gone: see what is not promised
	}
	patience := soon
	if t.summary.Name != "" && !maps.Equal(t.tags, item.Tags) && (a.plan.Rules.Wants(t.tags) || item.Status == ledger.Enrolled) || b.bad[EnrolledAsTagged] > 0 {
		patience = afterASweep // only the sweep finds it; what depends on it takes as long
	}
	is := func(p Promise, within int, good bool, format string, args ...any) {
		if b.bad[p]++; good {
			b.bad[p] = 0
		}
		if b.bad[p] > within+a.plan.quota {
			a.broken(p, name, "for %d minutes of health, at minute %d: "+format, append([]any{b.bad[p], minute}, args...)...)
		}
	}
	if start().Add(time.Duration(a.plan.Trouble)*time.Minute).Sub(b.swept) < 3*time.Hour {
		patience = afterASweep
	}
	pair := a.world.Alarms(wanted(name, item, t.summary.OpenShards))
	is(EnrolledAsTagged, patience, t.enrolled == (item.Status == ledger.Enrolled), "enrolled should be %t, the item says %q %q", t.enrolled, item.Status, item.StatusReason)
	is(NoAlarmsLeft, patience, err != nil || t.enrolled || // without an item nobody knows of them
		!pair.Up.Exists && !pair.Down.Exists, "alarms %v", pair)
	settling := notShown
	if item.InFlight == nil || item.InFlight.Outcome != ledger.OutcomeAccepted {
		settling = soon
	}
	if start().Add(time.Duration(a.plan.Trouble)*time.Minute).Sub(b.noAlarms) < afterAQuota*time.Minute {
		patience = max(patience, afterAQuota)
	}
	if a.unplannedOf(b) {
		patience, settling = afterASweep, afterASweep // the sweep plans it again; in trouble it may fail for hours
	}
	is(ItemsStaySmall, patience, item.Status != ledger.Enrolled || textOf(item) <= mostText, "its texts have %d bytes", textOf(item))
	resharding := t.summary.Status != scaling.StatusActive && t.summary.Name != ""
	is(NoClaimIsStuck, settling, item.InFlight == nil || resharding, "%s", inFlight(item))
	a.unnoticed(b, item, t)
	if !t.enrolled || resharding || item.InFlight != nil {
		for _, p := range []Promise{SettingsInForce, ShardsKnown, AlarmsHoldTheTruth, AlarmsAreArmed, ConsumerFits} {
			b.bad[p] = 0
		}
		return
	}
	is(SettingsInForce, patience, !t.usable || t.settings == item.Settings, "tags %v, overrides %v, fault %q", t.tags, item.Overrides, item.SettingsFault)
	is(ShardsKnown, patience, item.OpenShards == t.summary.OpenShards, "%d open shards, the item says %d", t.summary.OpenShards, item.OpenShards)
	is(AlarmsHoldTheTruth, patience, pair.Up.InSync && pair.Down.InSync, "%d open shards, alarms %+v", t.summary.OpenShards, pair)
	is(AlarmsAreArmed, patience, a.armed(item, scaling.Up, pair.Up) && a.armed(item, scaling.Down, pair.Down), "%+v, up %+v, down %+v", pair, item.Up, item.Down)
	is(ConsumerFits, patience+int(consumerLags/time.Minute), a.fits(item, t), "%s", a.concurrency(item, t))
}

// armed reports whether an alarm will notify, or has notified and it is written why nothing follows: the
// item has a time at which it is armed again, or its newest transition has a decision that waits for
// nothing.
func (a *auditor) armed(item ledger.Item, dir scaling.Direction, status scaling.AlarmStatus) bool {
	watch := item.Watch(dir)
	switch {
	case !status.Exists:
		return false
	case status.State != scaling.StateAlarm, status.ChangedAt.IsZero(): // or somebody took its actions away
		return true
	case !watch.RetryAt.IsZero():
		return watch.RetryAt.After(a.world.Now())
	}
	if status.ChangedAt.After(watch.Handled.Add(time.Minute)) {
		return false
	}
	return a.stated(item, dir) != ""
}

// stated is the reason of the newest decision of a direction that holds; empty: none is known.
func (a *auditor) stated(item ledger.Item, dir scaling.Direction) scaling.ReasonCode {
	for _, e := range a.history(item.Name, ledger.KindHold, begin()) {
		if e.Alarm == scaling.AlarmName(item.Name, dir) && e.TransitionAt.Equal(item.Watch(dir).Handled) {
			return e.Reasons.Last()
		}
	}
	return ""
}

// fits reports whether the consumer has the concurrency that the open shards want, or all that the
// account has left.
func (a *auditor) fits(item ledger.Item, t truth) bool {
	s := item.Settings
	if s.Consumer == "" || s.Mode == scaling.ModeDryRun {
		return true
	}
	reserved, set := a.world.Reserved(s.Consumer)
	want := s.ConsumerConcurrency(t.summary.OpenShards)
	switch {
	case !set: // all or nothing
		return a.unreserved()-want < scaling.UnreservedConcurrency
	case reserved == 0: // stopped
		return true
	case reserved < want:
		return a.unreserved() <= scaling.UnreservedConcurrency
	case reserved > want: // not lowered before it has caught up
		lag, known := a.world.Lag(item.Name, s)
		return !known || lag >= mostLag
	}
	return true
}

// mostLag is the lag with which a consumer has caught up, whatever else.
const mostLag = time.Minute

func (a *auditor) unreserved() int {
	left := a.plan.Numbers.Concurrency
	for _, spec := range a.plan.Streams {
		reserved, _ := a.world.Reserved(spec.Consumer.Function)
		left -= reserved
	}
	return left
}

func (a *auditor) concurrency(item ledger.Item, t truth) string {
	reserved, set := a.world.Reserved(item.Settings.Consumer)
	return fmt.Sprintf("%s has reserved %d (%t), wants %d, the account has %d unreserved", item.Settings.Consumer,
		reserved, set, item.Settings.ConsumerConcurrency(t.summary.OpenShards), a.unreserved())
}

// minute sees a minute of a stream's traffic.
func (a *auditor) minute(m simulate.Minute) {
	b := a.book(m.Stream)
	b.remember(m)
	trouble := m.At.Before(start().Add(time.Duration(a.plan.Trouble) * time.Minute))
	if b.over++; trouble || m.Shards <= 1.02*float64(m.OpenShards) || m.Status != scaling.StatusActive || b.bad[EnrolledAsTagged] > 0 {
		b.over = 0
		return
	}
	item, err := a.table.load(m.Stream)
	quiet := a.world.Alarms(scaling.AlarmWant{Stream: m.Stream}).Up.ChangedAt.IsZero() || a.unplannedOf(b)
	if quiet || err != nil || item.Status != ledger.Enrolled || !maps.Equal(item.Tags, a.truth(m.Stream, item).tags) {
		b.over = 0
		return
	}
	if item.Alarms.HotKey && a.plan.hotKey(m.Stream) != nil { // told, and growing does not help
		b.over = 0
		return
	}
	if item.InFlight != nil || item.Up.RetryAt.After(a.world.Now()) || b.over <= asks+a.plan.quota {
		return
	}
	if m.OpenShards >= item.Settings.MaxShards { // whatever keeps it from shrinking to that
		return
	}
	if why := a.stated(item, scaling.Up); !slices.Contains(forbids(), why) {
		a.broken(DemandIsMet, m.Stream, "%.1f shards of demand on %d for %d minutes; the newest decision says %q", m.Shards, m.OpenShards, b.over, why)
	}
}

// forbids are the reasons for which demand above the capacity may go unmet.
func forbids() []scaling.ReasonCode {
	return []scaling.ReasonCode{
		scaling.HoldAtMaxShards, scaling.HoldShardQuota, scaling.HoldAccountStale, scaling.HoldBudgetExhausted, scaling.HoldCooldown, scaling.HoldDryRun, scaling.HoldServiceRefused, scaling.HoldHotKey,
	}
}

// wanted is what the alarms must be for the shards that the stream truly has, with the usable share that the item says
// they hold.
func wanted(name string, item ledger.Item, open int) scaling.AlarmWant {
	return scaling.AlarmWant{Stream: name, OpenShards: open, Settings: item.Settings, HotKey: item.Alarms.HotKey, Usable: item.Alarms.Usable}
}
