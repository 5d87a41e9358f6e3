package scaling

import (
	"slices"
	"time"
)

// The policies.
const (
	DoubleHalve    Policy = "double-halve"
	TargetTracking Policy = "target-tracking"
)

// policies is the table of policies, a row for each, the default first. A new policy is a name above, a
// row here, and a file with what the row calls.
func policies() []policy {
	return []policy{
		{
			name: DoubleHalve,
			doc:  "doubles on the scale-up alarm; halves on the scale-down alarm, once the stream has been calm",

			defaults: func(*Settings) {},
			size:     doubleHalve,
			past:     pastForHalving,
			kept:     keptForWayBack,
			search:   searchDoubleHalve,

			highestDown: halfOf,
			mayShrink:   belowHalf,
		},
		{
			name: TargetTracking,
			doc:  "sizes the stream for the load that is there and forecast, and plans the operations of the day ahead",

			defaults: trackTarget,
			size:     targetTracking,
			past:     pastForPlanning,
			kept:     func(Settings, Observation, int) int { return 0 }, // its plan reckons with what is left
			search:   searchTargetTracking,

			highestDown: nineTenthsOf,
			mayShrink:   belowAny,
		},
	}
}

// policy is a row of the table of policies.
type policy struct {
	name Policy
	doc  string // what it does, in one sentence without a subject

	// defaults changes the settings' own defaults to those of the policy.
	defaults func(*Settings)
	// size returns the size that the policy wants for a stream whose alarm speaks, and puts its reasons
	// into the decision's trail. The open shard count means that it has held the decision. Bounds,
	// cooldowns, quotas and budget come after it.
	size func(now time.Time, s Settings, o Observation, ops Operations, d *Decision) int
	// past is how much traffic the policy needs to see besides what the alarm that asks looks at.
	past func(s Settings, asked Direction) time.Duration
	// kept is how many operations a scale-down to a size leaves for scale-ups, if more than the reserve.
	kept func(s Settings, o Observation, smaller int) int
	// search is which settings recommend searches, in this order.
	search func() []Axis

	// highestDown is how high a scale-down threshold that nobody has set may be beside a scale-up threshold.
	highestDown func(up float64) float64
	// mayShrink tells why a scale-down threshold that is set is too high beside a scale-up threshold; empty
	// when it is not.
	mayShrink func(down, up float64) string
}

// Policies returns all policies, the default first.
func Policies() []Policy {
	var names []Policy
	for _, p := range policies() {
		names = append(names, p.name)
	}
	return names
}

// Doc returns what the policy does, in one sentence without a subject; of the default for an unknown one.
func (p Policy) Doc() string { return policyOf(p).doc }

// Search returns what is worth a try to make the policy cheaper, in the order in which to try it; of the
// default for an unknown one.
func (p Policy) Search() []Axis { return policyOf(p).search() }

// policyOf returns a policy's row; the default's for an unknown policy.
func policyOf(name Policy) policy {
	all := policies()
	return all[max(0, slices.IndexFunc(all, func(p policy) bool { return p.name == name }))]
}

// lowerScaleDown lowers a scale-down threshold that nobody has set to where it goes with the scale-up
// threshold.
func lowerScaleDown(s *Settings) {
	if highest := policyOf(s.Policy).highestDown(s.ScaleUpThreshold); highest > 0 && highest < s.ScaleDownThreshold {
		s.ScaleDownThreshold = highest
	}
}
