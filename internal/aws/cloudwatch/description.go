package cloudwatch

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Our sentences in an alarm's description begin and end with these, so that they can be found
// again and what people wrote around them stays. The end names the table, which says whose alarm it is.
const (
	descriptionStart = "Shardkeeper scales "
	descriptionEnd   = "Shardkeeper (table %s) keeps this formula up to date: to change it, change the stream's tags."
)

// sentences finds our sentences, those of versions too that did not name the table, and the table's name.
func sentences() *regexp.Regexp {
	return regexp.MustCompile(`(?s)Shardkeeper scales .*?Shardkeeper(?: \(table ([^()]*)\))? keeps this formula up to date: to change it, change the stream's tags\.`)
}

// tableOf returns the table that a description names as the one whose alarm it is; empty for none.
func tableOf(description string) string {
	if found := sentences().FindStringSubmatch(description); found != nil {
		return found[1]
	}
	return ""
}

// maxDescription is the most characters a description may have (PutMetricAlarm, read 2026-11).
const maxDescription = 1024

// Description tells people what the alarm of a stream for a direction is, and of which table; empty for Hold.
func Description(want scaling.AlarmWant, dir scaling.Direction, table string) string {
	s, when := want.Settings, ""
	switch dir {
	case scaling.Hold:
		return ""
	case scaling.Up:
		when = fmt.Sprintf("when %s are at %s utilization or above%s", datapoints(lookingBack(s.ScaleUpAlarm)), decimal(s.ScaleUpThreshold), ofUsable(want, dir))
		if want.HotKey {
			when += ", whatever it refuses, since a hot key is suspected, which more shards do not help"
		}
		if want.OpenShards < s.MinShards {
			when = fmt.Sprintf("to its minimum of %d", s.MinShards)
		}
	case scaling.Down:
		when = fmt.Sprintf("when %s are below %s utilization%s", datapoints(s.ScaleDownAlarm), decimal(s.ScaleDownThreshold), ofUsable(want, dir))
		if want.OpenShards > s.MaxShards {
			when = fmt.Sprintf("to its maximum of %d", s.MaxShards)
		} else if want.OpenShards <= max(s.MinShards, 1) {
			when = fmt.Sprintf("no further, since its minimum is %d", max(s.MinShards, 1))
		}
	}
	return fmt.Sprintf("%s%s the Kinesis data stream %s (open shards: %d) %s. %s",
		descriptionStart, dir, want.Stream, want.OpenShards, when, fmt.Sprintf(descriptionEnd, table))
}

// ofUsable says what the utilizations are of, where that is not all.
func ofUsable(want scaling.AlarmWant, dir scaling.Direction) string {
	if want.Usable <= 0 || want.Usable >= 1 || want.Settings.NominalThresholds.Covers(dir) {
		return ""
	}
	return fmt.Sprintf(" of what it can use, %s of its nominal capacity", decimal(want.Usable))
}

func datapoints(w scaling.AlarmWindow) string {
	return fmt.Sprintf("%d of %d datapoints of %d min", w.DatapointsToAlarm, w.EvaluationPeriods, w.PeriodMinutes)
}

// described returns the description that an alarm should have, given the one it has: our
// sentences in place of older ones of ours, and all that people wrote. A description without
// ours is somebody's own, and stays.
func described(existing, ours string) string {
	place := sentences().FindStringIndex(existing)
	switch {
	case strings.TrimSpace(existing) == "":
		return ours
	case place == nil || len(existing)-(place[1]-place[0])+len(ours) > maxDescription:
		return existing
	}
	return existing[:place[0]] + ours + existing[place[1]:]
}
