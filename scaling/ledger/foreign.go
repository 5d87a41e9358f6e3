package ledger

import (
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// AlarmsLookedAt returns the stream after somebody's alarms were found under names of ours, or none any
// more, and its history entries: none where this is known already. Such a stream is suspended until the
// names are free, since without its alarms nothing tells of its load.
func (s Item) AlarmsLookedAt(foreign []scaling.Direction, now time.Time, actor string) (Item, []Entry) {
	known := s.Status == Suspended && s.StatusReason == SuspendedAlarm
	if known == (len(foreign) > 0) || s.Status != Enrolled && !known {
		return s, nil
	}
	c := change{now: now, actor: actor, before: s.Status}
	if known {
		s.Status, s.StatusReason = Enrolled, ""
		s.Up.RetryAt, s.Down.RetryAt = now, now
		c.add(&s, KindEnrollment, string(Enrolled), "enrolled: the alarms' names are free")
		return s, c.entries
	}
	var names []string
	for _, dir := range foreign {
		names = append(names, scaling.AlarmName(s.Name, dir))
	}
	s.Status, s.StatusReason, s.Alarms = Suspended, SuspendedAlarm, AlarmsHeld{}
	s.DueBy(now)
	c.add(&s, KindEnrollment, "suspended: "+SuspendedAlarm, fmt.Sprintf(
		"suspended: %s: %s is not Shardkeeper's, and stays as it is. Delete or rename it, or add Shardkeeper's topic to its actions to hand it over; scaling then resumes by itself",
		SuspendedAlarm, strings.Join(names, " and ")))
	return s, c.entries
}
