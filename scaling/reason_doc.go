package scaling

import "slices"

// ReasonDoc is what a reason code means to people. docs/reasons.md is made of these.
type ReasonDoc struct {
	Code  ReasonCode
	Means string // in one sentence without a full stop
	Do    string // what a person can do about it; empty: nothing needs to be done
}

// Doc returns what a code means; the zero value for one that there is not.
func (c ReasonCode) Doc() ReasonDoc {
	all := AllReasons()
	if i := slices.IndexFunc(all, func(d ReasonDoc) bool { return d.Code == c }); i >= 0 {
		return all[i]
	}
	return ReasonDoc{}
}

// AllReasons returns what every code means: first those that explain a size, then those that hold a stream.
func AllReasons() []ReasonDoc { return slices.Concat(sizeReasons(), holdReasons()) }

// sizeReasons are the codes that explain a size.
func sizeReasons() []ReasonDoc {
	return []ReasonDoc{
		{UtilizationMeasured, "the highest utilization of the newest five minutes, and the write limit that it is of", ""},
		{AlarmTrusted, "CloudWatch gave no samples, but the alarm itself holds enough datapoints that are high", ""},
		{Doubled, "double-halve: twice the shards", ""},
		{Halved, "double-halve: half the shards", ""},
		{SizedToLoad, "target-tracking: as many shards as the load of the last minutes needs", ""},
		{SizedToForecast, "target-tracking: as many shards as past days like today say will be needed soon", ""},
		{SizedToGrowth, "target-tracking: room for growth that the operations left could not follow", ""},
		{GrownToJudge, "target-tracking: the stream is full only because it refuses records, so it is grown far enough to see whether that helps", "if it happens often, look for a hot key: docs/policies.md"},
		{ScaledAhead, "target-tracking: the scale-down alarm asked, but a load comes soon that needs more shards", ""},
		{RoundedToQuarter, "target-tracking: rounded to a multiple of 25 %, which Kinesis does faster", ""},
		{BelowMinShards, "the stream has fewer shards than its minimum", ""},
		{AboveMaxShards, "the stream has more shards than its maximum", "raise max-shards, if the size was meant"},
		{CappedAtDouble, "Kinesis takes at most double the open shards in one operation", ""},
		{CappedAtHalf, "Kinesis takes at least half of the open shards in one operation", ""},
		{CappedAtMaxShards, "more shards were wanted than the stream's maximum", "raise max-shards, if the stream stays full"},
		{CappedAtMinShards, "fewer shards were wanted than the stream's minimum", ""},
		{CappedAtQuota, "more shards were wanted than the account has left", "ask AWS for a higher shard quota of the Region"},
	}
}

// holdReasons are the codes that a hold ends with.
func holdReasons() []ReasonDoc {
	return []ReasonDoc{
		{HoldNoAlarm, "no alarm asks, and the stream is within its bounds", ""},
		{HoldDisabled, "the stream's mode is disabled, or it is not enrolled", "tag it shardkeeper=enabled to have it scaled"},
		{HoldSuspended, "the stream is known, but not scaled: it is on-demand, its tags cannot be used, or an alarm of that name is somebody else's", "shardkeeper show STREAM says which, and docs/runbook.md what to do"},
		{HoldOnDemand, "Kinesis sizes on-demand streams itself", "switch it to provisioned, or take the tag away"},
		{HoldStreamBusy, "the stream is not ACTIVE, so Kinesis takes no operation", ""},
		{HoldOperationInFlight, "an operation of ours is not settled yet", "nothing for half an hour; after that see docs/runbook.md, an operation does not end"},
		{HoldNoOpenShards, "Kinesis reported no open shards, which cannot be", "if it stays, look at the stream with aws kinesis describe-stream-summary"},
		{HoldAtMinShards, "fewer shards would be enough, but the stream is at its minimum", "lower min-shards, to save money"},
		{HoldAtMaxShards, "more shards are needed, but the stream is at its maximum", "raise max-shards: the stream may be refusing records"},
		{HoldShardQuota, "the account has no shards left in the Region", "ask AWS for a higher shard quota"},
		{HoldAccountStale, "the account had too few shards left when that was last read, which is long ago; it may have more by now", "mend what keeps the reconciler from calling DescribeLimits: its log says what"},
		{HoldRightSize, "the policy wants the size that the stream has", ""},
		{HoldNotCalm, "double-halve: the stream is neither nearly idle nor calm for long enough to halve it; target-tracking: less than a day is known, and the stream has had its size for less than three hours", ""},
		{HoldSmallSaving, "target-tracking: fewer shards would save too little for an operation", ""},
		{HoldTakesBack, "it would take back an operation that helped. target-tracking: the plan changed within half an hour of the last operation, and the load did not ask for that. double-halve: a load took such a halving back within two hours, less than a day ago, and the stream is not nearly idle. Both: the stream left that size within a day since it refused records there, and its load is what it was; or the scale-up alarm would go off at that size, by the minutes that it still looks at", ""},
		{HoldCooldown, "the last operation was too short a time ago", "shorten the cooldown, if it holds too long"},
		{HoldBudgetExhausted, "the operations of the rolling 24 hours are used up; Kinesis takes ten", "no UpdateShardCount works before the time in the detail; if it refuses records now, split full shards by hand (SplitShard), move producers or switch it to on-demand. A higher min-shards takes fewer operations from then on"},
		{HoldReserveKept, "a scale-down would take an operation that is kept for scale-ups; double-halve keeps as many as lead back to the highest load of the last day", "lower scale-up-reserve, if that is too careful; 0 keeps none"},
		{HoldStreamIsNew, "the stream is younger than what a scale-down looks at", ""},
		{HoldMetricsGap, "the metrics stopped while the stream was busy, so silence does not mean that it is idle", "see whether producers still write"},
		{HoldMetricsUnavailable, "CloudWatch did not answer", "see the AWS Health Dashboard, and the rights to GetMetricData"},
		{HoldNoSamples, "CloudWatch answered with no samples, so nothing shows a load", ""},
		{HoldConsumersLag, "consumers are behind; fewer shards would make them slower", "look at the consumers' errors and concurrency"},
		{HoldNotDrained, "the consumers are further behind than before the last operation; at most for an hour after it", "look at the consumers' errors and concurrency, if it happens often"},
		{HoldUtilizationLow, "the newest minutes that are shown do not confirm the scale-up alarm, with the true number of shards: the load has fallen since, or the alarm holds another number", ""},
		{HoldHotKey, "the stream refuses records, and either more shards did not help or it fills less than three quarters of what it can use: one key seems to take more than a shard can", Advice},
		{HoldUnjudged, "the stream refused records before it had its present size; no minute shows yet whether that helped", ""},
		{HoldUtilizationHigh, "the samples do not confirm the scale-down alarm", ""},
		{HoldPaused, "somebody has paused all resharding, or that of this stream; the detail says which", "when the reason is over: shardkeeper resume --all, or for this stream shardkeeper resume STREAM; where a tag pauses it, take the tag shardkeeper:pause away"},
		{HoldSetBack, "somebody's tool has set the size back after ours", "mend the tool (docs/terraform.md), then shardkeeper resume STREAM"},
		{HoldDryRun, "it was decided and recorded, and not acted on, as the tag says", "tag the stream shardkeeper=enabled to have it acted on"},
		{HoldServiceRefused, "Kinesis refused the call; its slot was given back", "the entry has Kinesis' own words"},
	}
}
