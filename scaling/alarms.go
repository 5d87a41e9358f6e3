package scaling

import (
	"strings"
	"time"
)

// Suffixes of the two alarms' names. They are the predecessor's, so that its users can move over
// in place.
const (
	upSuffix   = "-scale-up"
	downSuffix = "-scale-down"
)

// AlarmName is the name of a stream's alarm for a direction; empty for Hold.
func AlarmName(stream string, dir Direction) string {
	switch dir {
	case Up:
		return stream + upSuffix
	case Down:
		return stream + downSuffix
	case Hold:
	}
	return ""
}

// ParseAlarmName takes an alarm's name apart. It reports whether the name is one that AlarmName
// gives for a name that a stream can have.
func ParseAlarmName(name string) (stream string, dir Direction, ok bool) {
	if stream, ok = strings.CutSuffix(name, upSuffix); ok {
		dir = Up
	} else if stream, ok = strings.CutSuffix(name, downSuffix); ok {
		dir = Down
	}
	if !ok || !ValidStreamName(stream) {
		return "", Hold, false
	}
	return stream, dir, true
}

// ValidStreamName reports whether a stream can have this name: 1 to 128 letters, digits, '_',
// '.' and '-' (CreateStream, read 2026-11).
func ValidStreamName(name string) bool {
	return name != "" && len(name) <= 128 && strings.IndexFunc(name, func(r rune) bool { return !isNameRune(r) }) < 0
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r)
}

// AlarmState is the state of a CloudWatch alarm.
type AlarmState string

// The states of an alarm.
const (
	StateOK               AlarmState = "OK"
	StateAlarm            AlarmState = "ALARM"
	StateInsufficientData AlarmState = "INSUFFICIENT_DATA"
)

// AlarmStatus is what CloudWatch holds for one alarm. The zero value: there is no such alarm.
type AlarmStatus struct {
	Exists    bool
	Foreign   bool // whether it is somebody else's, with a name of ours: it is neither changed nor deleted
	InSync    bool // whether it is defined as the stream's open shards and settings want it
	State     AlarmState
	ChangedAt time.Time // when it last changed its state
	Evaluated Evaluation
	Watched   bool // whether people or programs of theirs hear of it too: it has actions besides ours
}

// Deaf reports whether an alarm's actions are disabled: whatever its state, it tells nobody.
func (s AlarmStatus) Deaf() bool { return s.Exists && !s.Foreign && s.ChangedAt.IsZero() }

// Evaluation is what CloudWatch last found when it looked at an alarm's metrics, as the alarm itself
// tells it. The zero value: it does not tell, as after a state that somebody has set.
type Evaluation struct {
	At     time.Time // when CloudWatch looked
	Beyond int       // datapoints that it found beyond the alarm's threshold
}

// AlarmPair is the status of a stream's two alarms.
type AlarmPair struct {
	Up, Down AlarmStatus
}

// Of returns the status of the alarm for a direction.
func (p AlarmPair) Of(dir Direction) AlarmStatus {
	if dir == Down {
		return p.Down
	}
	return p.Up
}

// Foreign returns the directions whose alarm is somebody else's.
func (p AlarmPair) Foreign() []Direction {
	var found []Direction
	if p.Up.Foreign {
		found = append(found, Up)
	}
	if p.Down.Foreign {
		found = append(found, Down)
	}
	return found
}
