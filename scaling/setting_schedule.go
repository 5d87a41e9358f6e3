package scaling

import (
	"strings"

	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

// timetable is a schedule, as package schedule reads it. The default is none.
type timetable struct{ field func(*Settings) *string }

func (k timetable) reset(s *Settings)        { *k.field(s) = "" }
func (k timetable) write(s *Settings) string { return *k.field(s) }
func (k timetable) bounds() string {
	return "entries of DAYS TIME ZONE LENGTH min=SHARDS with / between"
}

func (k timetable) read(s *Settings, text string) error {
	if _, err := schedule.Parse(text); err != nil {
		return err
	}
	*k.field(s) = strings.Join(strings.Fields(text), " ")
	return nil
}

func (k timetable) fault(s *Settings) string {
	if _, err := schedule.Parse(*k.field(s)); err != nil {
		return err.Error()
	}
	return ""
}
