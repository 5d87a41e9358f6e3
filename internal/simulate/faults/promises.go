package faults

// Promise is one of the things that hold whatever fails. Those of calls are in calls.go, of decisions in decisions.go, of events
// in outbox.go; here are the rest.
type Promise string

// The promises that are checked at every write, at every accepted call and every minute.
const (
	OneOperationAtATime     Promise = "never two operations of ours at a time on a stream"
	TenCallsADay            Promise = "never more calls in 24 hours than the limit, known calls of others included"
	WithinTheBounds         Promise = "within double and half, minimum and maximum, as they were when claimed"
	WithinTheQuota          Promise = "within the account's shards, as they were known"
	TheFenceRises           Promise = "the fence rises by one with each claim and never falls"
	HistoryComesFirst       Promise = "each accepted call has its history item before it is made"
	OneHistoryItem          Promise = "each accepted call has exactly one history item, in the end with its outcome"
	EveryDecisionHasAReason Promise = "no decision without a reason"
	SlotsAreExact           Promise = "slots of the rolling 24 hours neither leak nor double"
	OneClaimPerTransition   Promise = "a transition of an alarm acts once"
	ArmedWhenActive         Promise = "an alarm is armed only by who has seen its stream ACTIVE"
	PausesAreKept           Promise = "nothing is claimed while it is paused"
	ClocksAreRight          Promise = "who has a clock that is off by minutes or hours changes nothing"
)

// The promises of the phase of health.
const (
	EnrolledAsTagged   Promise = "enrolled as it is tagged"
	SettingsInForce    Promise = "the settings in force are those of the parameters, tags and overrides"
	ShardsKnown        Promise = "the registry holds the true shard count"
	AlarmsHoldTheTruth Promise = "both alarms hold the true shard count"
	AlarmsAreArmed     Promise = "both alarms are armed, or a reason is stated"
	NoClaimIsStuck     Promise = "no claim is stuck"
	ConsumerFits       Promise = "the consumer's concurrency fits"
	NoAlarmsLeft       Promise = "a stream that is not enrolled has no alarms"
	OthersAreNoticed   Promise = "a call by somebody else whose result was seen is counted"
	DemandIsMet        Promise = "demand above capacity leads to a scale-up, or a reason is stated"
)
