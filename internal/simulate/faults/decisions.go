package faults

// The auditor's own numbers, beside the product's: what a claim may be for, by the load that the stream truly
// has and by the calls that Kinesis truly took.

import (
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The promises of decisions.
const (
	DryRunNeverActs    Promise = "a dry run never reshards"
	CooldownIsKept     Promise = "the cooldown since the last operation is kept"
	NeverTooSmall      Promise = "never fewer shards than the load fills"
	NoGrowthOfNothing  Promise = "shards do not grow without load"
	NotWhileTheyLag    Promise = "no scale-down while consumers lag"
	NotInTheDark       Promise = "no scale-down while the metrics of a busy stream are missing"
	NoFutureTransition Promise = "no transition of the future is believed"
	SettingsAreWhole   Promise = "settings change as a whole, and only to ones that can be used"
	SlotFromAcceptance Promise = "a slot counts from the service's own acceptance"
)

// Numbers of the auditor. They are written down here again, so that a mistake in the product's is seen.
const (
	window        = 24 * time.Hour // of the limit of operations
	future        = 5 * time.Minute
	remembered    = 30 // minutes of each stream
	withoutLoad   = 20 // so many minutes at less than half of the shards show none
	tooSmall      = 8  // so many minutes that each fill more than the target
	lagging       = 6  // so many minutes with an iterator age beyond the limit
	publishedLate = 5  // minutes after which metrics that are silent are missing
)

// decided checks a claim against the truth.
func (a *auditor) decided(c simulate.Call, b *book, op ledger.Entry) {
	s := b.item.Settings
	if s.Mode == scaling.ModeDryRun {
		a.broken(DryRunNeverActs, c.Stream, "%s claims operation %d", c.Request, op.Fence)
	}
	if ahead := op.TransitionAt.Sub(a.world.Now()); ahead > future+a.plan.clockMargin() {
		a.broken(NoFutureTransition, c.Stream, "%s claims operation %d for a transition %s ahead", c.Request, op.Fence, ahead)
	}
	a.cooledDown(c, b, op)
	if b.since < remembered { // a new stream, or one that was made again
		return
	}
	if op.Direction == scaling.Up {
		// A load of other days may be ahead, and one key may need more than its shard has.
		ahead := slices.ContainsFunc(op.Reasons, func(r scaling.Reason) bool { return r.Code == scaling.ScaledAhead })
		hot := a.plan.hotKey(c.Stream) != nil
		if op.From >= s.MinShards && !ahead && !hot && b.all(withoutLoad, func(m minute) bool { return 2*m.Shards < float64(min(op.From, m.OpenShards)) }) {
			a.broken(NoGrowthOfNothing, c.Stream, "from %d to %d, and %.1f shards are filled: %s", op.From, op.To, b.minutes[len(b.minutes)-1].Shards, op.Reasons)
		}
		return
	}
	takes := a.plan.takes(c.Stream)
	if op.From <= s.MaxShards && b.all(tooSmall, func(m minute) bool { return takes(m.Shards) > 1.02*float64(op.To) && m.Shards > 0 && !m.lost }) {
		a.broken(NeverTooSmall, c.Stream, "from %d to %d, and %.1f shards are filled: %s", op.From, op.To, b.minutes[len(b.minutes)-1].Shards, op.Reasons)
	}
	limit := time.Duration(s.IteratorAgeMinutes) * time.Minute
	if limit > 0 && b.all(lagging, func(m minute) bool { return m.IteratorAge > limit+time.Minute && !m.lost }) {
		a.broken(NotWhileTheyLag, c.Stream, "from %d to %d, and the consumers are %s behind: %s", op.From, op.To, b.minutes[len(b.minutes)-1].IteratorAge, op.Reasons)
	}
	if dark, busy := b.darkness(s.ScaleDownThreshold); busy && dark > publishedLate && time.Duration(dark+3)*time.Minute < s.ScaleDownAlarm.Length() {
		a.broken(NotInTheDark, c.Stream, "from %d to %d, and there are no metrics for %d minutes, before which it was busy: %s", op.From, op.To, dark, op.Reasons)
	}
}

// cooledDown checks the time since the last call that Kinesis took, of which the registry knows.
func (a *auditor) cooledDown(c simulate.Call, b *book, op ledger.Entry) {
	cooldown := b.item.Settings.ScaleUpCooldown
	if op.Direction == scaling.Down {
		cooldown = b.item.Settings.ScaleDownCooldown
	}
	var last time.Time
	for _, o := range b.ours {
		if !b.reshardedBack(o) && o.counts.After(last) && !b.forgets(o.At) {
			last = o.counts
		}
	}
	for _, o := range b.others {
		if o.known && o.At.After(last) && !o.undone {
			last = o.At
		}
	}
	if rested := op.At.Sub(last); rested < cooldown-a.plan.clockMargin() {
		a.broken(CooldownIsKept, c.Stream, "%s claims a scale-%s %s after the last operation, and the cooldown is %s", c.Request, op.Direction, rested, cooldown)
	}
}

// minute is what a stream went through, and whether CloudWatch lost it.
type minute struct {
	simulate.Minute

	lost bool
}

// remember keeps a minute of a stream.
func (b *book) remember(m simulate.Minute) {
	lost := m.At.Before(b.lostUntil)
	if len(b.minutes) > 0 && b.minutes[len(b.minutes)-1].Status == scaling.StatusDeleting {
		b.since = 0
	}
	b.since++
	b.minutes = append(b.minutes, minute{m, lost})
	if len(b.minutes) > remembered {
		b.minutes = b.minutes[len(b.minutes)-remembered:]
	}
}

// all reports whether the newest minutes are all of a kind.
func (b *book) all(newest int, kind func(minute) bool) bool {
	if len(b.minutes) < newest {
		return false
	}
	for _, m := range b.minutes[len(b.minutes)-newest:] {
		if !kind(m) {
			return false
		}
	}
	return true
}

// darkness is for how many minutes, up to now, metrics were lost, and whether the stream was surely above a
// threshold in the minute before, and has had no other size since.
func (b *book) darkness(threshold float64) (minutes int, busy bool) {
	for _, m := range slices.Backward(b.minutes) {
		if !m.lost {
			return minutes, m.Shards > 1.1*threshold*float64(m.OpenShards) && m.OpenShards == b.minutes[len(b.minutes)-1].OpenShards
		}
		minutes++
	}
	return minutes, false
}

// whole checks how the settings of an item changed.
func (a *auditor) whole(c simulate.Call, before, after ledger.Item) {
	if a.world.Now().Sub(a.book(c.Stream).editedAt) < justNow { // who read the item before an edit by hand writes over it
		return
	}
	if before.Settings == after.Settings || after.SettingsRevision == 0 { // there were never any that can be used
		return
	}
	if before.SettingsRevision == after.SettingsRevision {
		a.broken(SettingsAreWhole, c.Stream, "%s changes them under revision %d; fault: %q", c.Request, after.SettingsRevision, after.SettingsFault)
	}
	none := scaling.Settings{}
	timed := len(after.Timed) > 0 || before.Untimed != none || after.Untimed != none // what is timed begins and ends beside a fault
	settings := after.Settings                                                       // a pause, and a ceiling that was lowered, count beside a fault too
	settings.Pause = before.Settings.Pause
	if ceiling := a.plan.Rules.MaxShardsCeiling; ceiling > 0 && settings.MaxShards == min(ceiling, before.Settings.MaxShards) {
		settings.MaxShards, settings.MinShards = before.Settings.MaxShards, before.Settings.MinShards
	}
	_, usable := a.plan.Rules.Effective(after, a.world.Now()) // what is above a ceiling, or of a schedule, is cut, and all else is in force
	if !usable && before.SettingsRevision > 0 && !timed && settings != before.Settings {
		a.broken(SettingsAreWhole, c.Stream, "%s changes them though they cannot be used: %s", c.Request, after.SettingsFault)
	}
	if err := after.Settings.Validate(); err != nil {
		a.broken(SettingsAreWhole, c.Stream, "%s puts settings in force that cannot be used: %v", c.Request, err)
	}
}

// handled checks what transitions an item says were handled.
func (a *auditor) handled(c simulate.Call, before, item ledger.Item) {
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		if ahead := item.Watch(dir).Handled.Sub(a.world.Now()); ahead > future+a.plan.clockMargin() && item.Watch(dir).Handled != before.Watch(dir).Handled {
			a.broken(NoFutureTransition, c.Stream, "%s has handled one %s ahead", c.Request, ahead)
		}
	}
}

// slotTime checks from when the slot of an operation counts that the registry knows as accepted.
func (a *auditor) slotTime(b *book) {
	op := b.item.InFlight
	if op == nil || op.Outcome != ledger.OutcomeAccepted || len(b.ours) == 0 {
		return
	}
	call := &b.ours[len(b.ours)-1]
	if call.fence != op.Fence {
		return
	}
	call.counts = call.At
	for _, slot := range b.item.Operations {
		if slot.Fence == op.Fence && slot.At.Before(call.At.Add(-a.plan.clockMargin())) {
			a.broken(SlotFromAcceptance, b.item.Name, "operation %d was accepted %s, and its slot counts from %s", op.Fence, call.At.Format(time.TimeOnly), slot.At.Format(time.TimeOnly))
		}
	}
}
