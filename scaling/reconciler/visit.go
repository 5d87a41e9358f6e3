package reconciler

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// visit is one look at one stream: what was found, what was changed, what is left.
type visit struct {
	name       string
	now        time.Time
	stream     ledger.Item
	held       ledger.ConsumerHeld // what the registry holds of the consumer
	seenBefore time.Time           // when the stream was last looked at before
	summary    scaling.Summary
	wanted     scaling.AlarmWant // what its alarms are to be made for, if it needs some
	entries    []ledger.Entry
	drains     []ledger.Entry // of an operation that ended earlier, with what it cost the consumers: nothing new to tell
	mended     []ledger.Entry // of entries, those of what was done and what no later look finds any more
	settled    bool           // an operation ended in this look
	err        error          // the stream could not be looked at; nothing is saved
	faults     []error
	failed     []string // the id of each fault's entry
	throttled  bool     // a quota is used up: begin nothing more that needs it
	postponed  bool     // the alarms were not looked at, for lack of quota or time
	soon       bool     // a fault may be gone in a minute
	rarely     bool     // the account has no alarms left: that will not be otherwise in a minute
	lookAgain  bool     // the alarms were deleted: see later that they stayed away
	repaired   bool
	paused     bool // all resharding is: no alarm is asked to speak up
}

// hasMended adds entries of what somebody else had undone and what is right again: no later look finds it.
func (v *visit) hasMended(entries ...ledger.Entry) {
	v.entries, v.mended = append(v.entries, entries...), append(v.mended, entries...)
}

// needsAlarms reports whether the stream's alarms and consumer are to be looked at: only when
// nothing is in flight, since they follow the shards that are there.
func (v *visit) needsAlarms() bool {
	return v.err == nil && (v.stream.Status == ledger.Enrolled || v.waitsForNames()) && v.stream.InFlight == nil &&
		v.summary.Status == scaling.StatusActive && v.stream.OpenShards > 0
}

// waitsForNames reports whether the stream is suspended for an alarm of somebody else. Only the alarms tell
// when that is over.
func (v *visit) waitsForNames() bool {
	return v.stream.Status == ledger.Suspended && v.stream.StatusReason == ledger.SuspendedAlarm
}

// sharesPerRun is how many streams' alarms one run writes anew for a moved share alone. All other writes of alarms come
// first: at two and a half a second these take 16 seconds of the run's, and those of 10,000 streams eight hours.
const sharesPerRun = 20

// want is what the stream's alarms are to be made for. Once a run has written enough of them anew for a moved share, the
// others keep theirs until another look.
func (v *visit) want(o *outing) scaling.AlarmWant {
	want := v.stream.AlarmWant(v.now)
	if v.stream.ShareMoved(v.now) {
		if o.shares++; o.shares > sharesPerRun {
			want = v.stream.AlarmKept()
		}
	}
	want.Stream = v.name
	return want
}

// wantsNoAlarms reports whether the stream is to have no alarms. They are deleted even if none
// are known: one may have been made just before the writer died.
func (v *visit) wantsNoAlarms() bool {
	return v.err == nil && v.stream.Status != ledger.Enrolled && !v.waitsForNames() && v.stream.InFlight == nil
}
