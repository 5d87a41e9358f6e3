package report

import (
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Event names what happened to a stream in an invocation, from a closed set.
type Event string

// What can happen to a stream in an invocation.
const (
	Operation   Event = "operation"    // the service accepted UpdateShardCount
	Hold        Event = "hold"         // decided not to act
	DryRun      Event = "dry_run"      // would have acted
	Refused     Event = "refused"      // the service refused UpdateShardCount
	Unknown     Event = "unknown"      // UpdateShardCount's outcome is unknown
	Duplicate   Event = "duplicate"    // handled before, or another invocation is handling it
	NotEnrolled Event = "not_enrolled" // an alarm or event of a stream that is not enrolled
	Ignored     Event = "ignored"      // nothing to do: an OK transition, an unknown event
	BadInput    Event = "bad_input"    // cannot be understood; it is not tried again
	Enrolled    Event = "enrolled"
	Unenrolled  Event = "unenrolled"
	Suspended   Event = "suspended"
	Settings    Event = "settings"         // effective settings changed
	BadSettings Event = "invalid_settings" // tags or overrides cannot be used
	External    Event = "external"         // resharded by somebody else
	SetBack     Event = "set_back"         // resharded by somebody else, back to the size before ours
	Settled     Event = "completed"        // an operation ended; the history says how
	Repaired    Event = "repaired"         // alarms or concurrency were put right
	Checked     Event = "checked"          // looked at; all is well
	Paused      Event = "paused"           // all resharding is paused
	AccountOld  Event = "account_stale"    // what the account has left could not be read for long
	Failed      Event = "failed"           // left for later because of a fault
)

// EventOf names the most telling thing among the entries that a step on an item gave, and returns its
// entry. Settings that cannot be used come first, since somebody must mend them; a plain change of the
// settings comes last; of the others the last one counts. Without such an entry the event is
// [Checked], and the entry the last there is.
func EventOf(s ledger.Item, entries []ledger.Entry) (Event, ledger.Entry) {
	event, telling := Checked, ledger.Entry{}
	for _, entry := range entries {
		found := eventOf(s, entry)
		if found == BadSettings {
			return found, entry
		}
		weak := found == Checked || found == Settings
		if !weak || event == Checked {
			event, telling = found, entry
		}
	}
	return event, telling
}

// eventOf names what one entry of an item tells of.
func eventOf(s ledger.Item, entry ledger.Entry) Event {
	switch entry.Kind {
	case ledger.KindOperation:
		return Settled
	case ledger.KindExternal:
		if entry.Reasons.Last() == scaling.HoldSetBack {
			return SetBack
		}
		return External
	case ledger.KindSettings:
		if s.SettingsFault != "" {
			return BadSettings
		}
		return Settings
	case ledger.KindEnrollment:
		switch s.Status {
		case ledger.Enrolled:
			return Enrolled
		case ledger.Suspended:
			return Suspended
		case ledger.Unenrolled:
			return Unenrolled
		}
	case ledger.KindHold, ledger.KindFailure, ledger.KindPause:
	}
	return Checked
}
