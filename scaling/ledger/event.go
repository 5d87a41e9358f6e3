package ledger

import "github.com/shardkeeper/shardkeeper/scaling"

// EventOf names the most telling thing among the entries that a step on an item gave, and returns its
// entry. Settings that cannot be used come first, since somebody must mend them; a plain change of the
// settings comes last; of the others the last one counts. Without such an entry the event is
// [scaling.EventChecked], and the entry the last there is.
func EventOf(s Item, entries []Entry) (scaling.ReportEvent, Entry) {
	event, telling := scaling.EventChecked, Entry{}
	for _, entry := range entries {
		found := eventOf(s, entry)
		if found == scaling.EventBadSettings {
			return found, entry
		}
		weak := found == scaling.EventChecked || found == scaling.EventSettings
		if !weak || event == scaling.EventChecked {
			event, telling = found, entry
		}
	}
	return event, telling
}

// eventOf names what one entry of an item tells of.
func eventOf(s Item, entry Entry) scaling.ReportEvent {
	switch entry.Kind {
	case KindOperation:
		return scaling.EventSettled
	case KindExternal:
		return scaling.EventExternal
	case KindSettings:
		if s.SettingsFault != "" {
			return scaling.EventBadSettings
		}
		return scaling.EventSettings
	case KindEnrollment:
		switch s.Status {
		case Enrolled:
			return scaling.EventEnrolled
		case Suspended:
			return scaling.EventSuspended
		case Unenrolled:
			return scaling.EventUnenrolled
		}
	case KindHold, KindFailure:
	}
	return scaling.EventChecked
}
