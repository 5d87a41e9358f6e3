package ledger

import (
	"slices"
	"time"
)

// Elapsed returns a stream without those faults of its settings that are over because time has passed, as that of a timed
// override that was left out and has ended: nobody has mended them, so no entry says so. Timed are the timed overrides
// with those that have ended, which may be taken away already. Where people have changed anything since the stream was
// written, its faults stay as they are.
func (r Rules) Elapsed(s Item, timed []Timed, now time.Time) Item {
	if s.SettingsFault == "" {
		return s
	}
	with := s
	with.Timed = timed
	_, _, before, _ := r.effective(with, s.UpdatedAt)
	if faultOf(before) != s.SettingsFault {
		return s
	}
	_, _, after, _ := r.effective(with, now)
	if !slices.ContainsFunc(after, func(fault string) bool { return !slices.Contains(before, fault) }) {
		s.SettingsFault = faultOf(after)
	}
	return s
}
