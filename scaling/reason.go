package scaling

import "strings"

// ReasonCode is one step of a decision, from a closed set. Logs, history, dashboards and
// `shardkeeper history` show the same codes.
type ReasonCode string

// Reasons that explain a size.
const (
	UtilizationMeasured ReasonCode = "utilization_measured"  // what the newest samples show
	AlarmTrusted        ReasonCode = "alarm_trusted"         // CloudWatch gave no samples; the datapoints that the alarm itself holds are high
	Doubled             ReasonCode = "doubled"               // double-halve, up
	Halved              ReasonCode = "halved"                // double-halve, down
	SizedToLoad         ReasonCode = "sized_to_load"         // target-tracking: for the load of the last minutes
	SizedToForecast     ReasonCode = "sized_to_forecast"     // target-tracking: by plan, for what past days like today say is ahead
	SizedToGrowth       ReasonCode = "sized_to_growth"       // target-tracking: for growth that the operations left could not follow
	GrownToJudge        ReasonCode = "grown_to_judge"        // target-tracking: full only by refusals, so grown far enough to see whether that helps
	ScaledAhead         ReasonCode = "scaled_ahead"          // target-tracking: up on the scale-down alarm, for a load that comes soon
	RoundedToQuarter    ReasonCode = "rounded_to_quarter"    // target-tracking: to a multiple of 25 %, which is faster
	BelowMinShards      ReasonCode = "below_min_shards"      // the stream has fewer than its minimum
	AboveMaxShards      ReasonCode = "above_max_shards"      // the stream has more than its maximum
	CappedAtDouble      ReasonCode = "capped_at_double"      // the service takes at most double
	CappedAtHalf        ReasonCode = "capped_at_half"        // the service takes at least half
	CappedAtMaxShards   ReasonCode = "capped_at_max_shards"  // the stream's own maximum
	CappedAtMinShards   ReasonCode = "capped_at_min_shards"  // the stream's own minimum
	CappedAtQuota       ReasonCode = "capped_at_shard_quota" // what the account has left
)

// Reasons that hold a stream as it is. The last reason of a decision that holds is one of these.
const (
	HoldNoAlarm            ReasonCode = "no_alarm"             // nobody asks and nothing is out of bounds
	HoldDisabled           ReasonCode = "disabled"             // mode disabled
	HoldSuspended          ReasonCode = "suspended"            // known, but not scaled: on-demand, its tags cannot be used, or an alarm of that name is somebody else's
	HoldOnDemand           ReasonCode = "on_demand"            // the service sizes on-demand streams itself
	HoldStreamBusy         ReasonCode = "stream_busy"          // not ACTIVE
	HoldOperationInFlight  ReasonCode = "operation_in_flight"  // an operation of ours is not settled
	HoldNoOpenShards       ReasonCode = "no_open_shards"       // the service reported none
	HoldAtMinShards        ReasonCode = "at_min_shards"        // cannot shrink further
	HoldAtMaxShards        ReasonCode = "at_max_shards"        // may not grow further
	HoldShardQuota         ReasonCode = "shard_quota"          // the account has no shards left
	HoldAccountStale       ReasonCode = "account_stale"        // what the account has left is little, and was read long ago
	HoldRightSize          ReasonCode = "right_size"           // the policy wants the size it has
	HoldNotCalm            ReasonCode = "not_calm_yet"         // the load was high a short while ago, or may soon be again: see calmEnough and first_day.go
	HoldSmallSaving        ReasonCode = "saving_too_small"     // target-tracking: an operation would save too little
	HoldTakesBack          ReasonCode = "takes_back"           // it would take back an operation that helped: see take_back.go
	HoldCooldown           ReasonCode = "cooldown"             // too soon after the last operation
	HoldBudgetExhausted    ReasonCode = "budget_exhausted"     // the rolling 24 hours are used up
	HoldReserveKept        ReasonCode = "reserve_kept"         // what is left is kept for scale-ups
	HoldStreamIsNew        ReasonCode = "stream_is_new"        // younger than the scale-down window
	HoldMetricsGap         ReasonCode = "metrics_gap"          // a busy stream's metrics stopped
	HoldMetricsUnavailable ReasonCode = "metrics_unavailable"  // CloudWatch did not answer
	HoldNoSamples          ReasonCode = "no_samples"           // CloudWatch answered, with no samples at all: nothing shows a load
	HoldConsumersLag       ReasonCode = "consumers_lag"        // consumers are behind
	HoldNotDrained         ReasonCode = "not_drained"          // consumers are further behind than before the last operation
	HoldUtilizationLow     ReasonCode = "utilization_not_high" // the newest samples do not confirm the scale-up alarm
	HoldHotKey             ReasonCode = "hot_key_suspected"    // it refuses records, and more shards do not help, or would not: see hot_key.go
	HoldUnjudged           ReasonCode = "growth_not_judged"    // it was full by what it refused at another size: no minute of this one is measured
	HoldUtilizationHigh    ReasonCode = "utilization_not_low"  // the samples do not confirm the scale-down alarm
	HoldPaused             ReasonCode = "paused"               // somebody has paused all resharding, or that of the stream
	HoldSetBack            ReasonCode = "set_back"             // somebody's tool has set the size back after ours
	HoldDryRun             ReasonCode = "dry_run"              // decided, recorded, not acted on
	HoldServiceRefused     ReasonCode = "service_refused"      // UpdateShardCount was refused; its slot is given back
)

// Reason is one step of a decision: a code, and the numbers that went into it as short text.
type Reason struct {
	Code   ReasonCode
	Detail string
}

// String returns "code (detail)", or the code alone.
func (r Reason) String() string {
	if r.Detail == "" {
		return string(r.Code)
	}
	return string(r.Code) + " (" + r.Detail + ")"
}

// Trail is the steps of a decision in the order they were taken.
type Trail []Reason

// String joins the steps with "; ".
func (t Trail) String() string {
	steps := make([]string, len(t))
	for i, r := range t {
		steps[i] = r.String()
	}
	return strings.Join(steps, "; ")
}

// Last returns the code that settled the decision; empty for an empty trail.
func (t Trail) Last() ReasonCode {
	if len(t) == 0 {
		return ""
	}
	return t[len(t)-1].Code
}
