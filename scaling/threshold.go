package scaling

import "fmt"

// Nominal says which of a stream's two thresholds are shares of its nominal capacity: 1 MiB and 1,000 records
// a second and shard. The others are shares of what the stream can use of it.
type Nominal string

// The values of the setting "nominal-thresholds".
const (
	NominalNone Nominal = "none"
	NominalUp   Nominal = "scale-up"
	NominalDown Nominal = "scale-down"
	NominalBoth Nominal = "both"
)

func nominals() []Nominal { return []Nominal{NominalNone, NominalUp, NominalDown, NominalBoth} }

// Covers reports whether the threshold of a direction's alarm is a share of the nominal capacity.
func (n Nominal) Covers(dir Direction) bool {
	return n == NominalBoth || n == NominalUp && dir == Up || n == NominalDown && dir == Down
}

// nominalIf is the value for thresholds that are nominal where they are set.
func nominalIf(up, down bool) Nominal {
	switch {
	case up && down:
		return NominalBoth
	case up:
		return NominalUp
	case down:
		return NominalDown
	}
	return NominalNone
}

// thresholds returns the utilization of the nominal capacity from which the scale-up alarm counts a datapoint, and
// that below which the scale-down alarm does. A stream whose alarms hold a usable share is judged by
// that: it may be a little older than what is known by now, but it is what the alarms spoke up by.
func thresholds(s Settings, o Observation) (up, down float64) {
	usable := usableByAlarms(s, o)
	return s.threshold(Up, usable), s.threshold(Down, usable)
}

// threshold returns what part of the nominal capacity a direction's threshold is, where the stream can use so much of it.
func (s Settings) threshold(dir Direction, usable float64) float64 {
	set := s.ScaleUpThreshold
	if dir == Down {
		set = s.ScaleDownThreshold
	}
	if s.NominalThresholds.Covers(dir) {
		return set
	}
	return set * usable
}

// fullAt is the utilization of the nominal capacity, at the size that the stream has, that would set off the scale-up alarm at a
// smaller one. A scale-down threshold above it leads to a doubling: one of the two thresholds may be nominal and the other not.
func fullAt(s Settings, o Observation, smaller int) float64 {
	return upAt(s, o, smaller) * float64(smaller) / float64(o.Stream.OpenShards)
}

// upAt is the utilization of the nominal capacity of so many shards that sets off the scale-up alarm.
func upAt(s Settings, o Observation, shards int) float64 {
	return s.threshold(Up, s.Usable(o.Usable, float64(shards)))
}

// usableByAlarms is what part of its nominal capacity the alarms take the stream to use, as thresholds tells.
func usableByAlarms(s Settings, o Observation) float64 {
	if o.Alarmed > 0 {
		return o.Alarmed
	}
	return s.Usable(o.Usable, float64(o.Stream.OpenShards))
}

// usableNote is what the trail adds to a direction's threshold that is a share of what the stream can use, where that is
// not all; else empty.
func usableNote(s Settings, o Observation, dir Direction) string {
	usable := usableByAlarms(s, o)
	if s.NominalThresholds.Covers(dir) || usable == 1 {
		return ""
	}
	return fmt.Sprintf(", usable %.2f", usable)
}
