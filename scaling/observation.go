package scaling

import (
	"slices"
	"time"
)

// StreamStatus is the status of a stream as DescribeStreamSummary gives it.
type StreamStatus string

// The statuses of a stream. Only an active stream can be resharded.
const (
	StatusCreating StreamStatus = "CREATING"
	StatusActive   StreamStatus = "ACTIVE"
	StatusUpdating StreamStatus = "UPDATING"
	StatusDeleting StreamStatus = "DELETING"
)

// CapacityMode is how a stream is billed and sized.
type CapacityMode string

// The capacity modes. Only a provisioned stream can be resharded.
const (
	ModeProvisioned CapacityMode = "PROVISIONED"
	ModeOnDemand    CapacityMode = "ON_DEMAND"
)

// Summary is what the service says of a stream at one moment.
type Summary struct {
	Name       string
	ARN        string
	Status     StreamStatus
	Mode       CapacityMode
	OpenShards int
	CreatedAt  time.Time // zero when the service did not say
}

// Sample is a stream's traffic in one minute, per second, as CloudWatch counts it.
type Sample struct {
	At          time.Time // start of the minute
	Bytes       float64   // bytes accepted per second
	Records     float64   // records accepted per second
	Throttled   float64   // records refused per second
	IteratorAge time.Duration
}

// Utilization is the larger share of the two write limits that the sample uses, for a stream
// of open shards. A minute in which at least throttledShare of the records were refused counts
// as full, since Bytes and Records show only what got in.
func (s Sample) Utilization(open int, throttledShare float64) float64 {
	u, _ := utilizationOf(&s, open)
	if s.Throttled > 0 && s.Throttled >= throttledShare*(plausible(s.Records)+s.Throttled) {
		return max(u, 1)
	}
	return u
}

// Limit names one of the two write limits of a shard.
type Limit string

// The write limits of a shard.
const (
	LimitBytes   Limit = "bytes"
	LimitRecords Limit = "records"
)

// utilizationOf is the larger share of the two write limits that a sample uses of so many open shards, and which one that is. Some
// ten thousand samples are read for a decision, so none is copied.
func utilizationOf(s *Sample, open int) (float64, Limit) {
	if open < 1 {
		return 0, LimitBytes
	}
	bytes := plausible(s.Bytes) / (BytesPerShard * float64(open))
	records := plausible(s.Records) / (RecordsPerShard * float64(open))
	if records > bytes {
		return records, LimitRecords
	}
	return bytes, LimitBytes
}

// plausible turns NaN and negative values, which no metric has, into 0.
func plausible(v float64) float64 {
	if v > 0 {
		return v
	}
	return 0
}

// Traffic is a stream's recent samples. The zero value is unknown: it was not read.
type Traffic struct {
	Known   bool      // whether CloudWatch answered; it may have answered with no samples
	From    time.Time // start of what was asked for
	To      time.Time // end of what was asked for
	Samples []Sample  // oldest first; a minute without a sample is absent
}

// Since returns the samples from a time on.
func (t Traffic) Since(from time.Time) []Sample {
	return t.Samples[firstFrom(t.Samples, from):]
}

// firstFrom returns the index of the first of samples, oldest first, that is not before a time.
func firstFrom(samples []Sample, from time.Time) int {
	i, _ := slices.BinarySearchFunc(samples, from, func(s Sample, at time.Time) int { return s.At.Compare(at) })
	return i
}

// Observation is what was measured of one stream, and which alarm asked.
type Observation struct {
	Alarm   Direction // the alarm that went to ALARM; Hold when nobody asks
	Stream  Summary
	Traffic Traffic
	Account Account
	Status  AlarmStatus // of the scale-up alarm that asks; read only where CloudWatch gave no traffic
	Usable  UsableShare // what the stream can use of its nominal capacity
	HotKey  HotKey      // whether growing lowers what it refuses
	Alarmed float64     // the usable share that its alarms hold; 0: that of Usable
}
