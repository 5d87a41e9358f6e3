package cloudwatch

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Predecessor is what the alarms of aws-samples/kinesis-auto-scaling say of a stream that it scales.
type Predecessor struct {
	Stream string
	// Settings are those with which our alarms fire when these do: the policy, thresholds, windows, and the age of
	// records that keeps a stream from being scaled down. What an alarm that is missing would say is left out.
	Settings scaling.Layer
	Notifies []string // whom the alarms notify, sorted: among them the predecessor's topic
}

// Predecessors returns the streams whose alarms the predecessor has made and nobody has taken over, by name, and the names
// of alarms that have a name of ours and are neither its nor ours, sorted. It reads every metric alarm of the account in
// the Region.
func (c *Client) Predecessors(ctx context.Context) (found []Predecessor, others []string, err error) {
	streams := map[string]*Predecessor{}
	err = c.every(ctx, func(a types.MetricAlarm, stream string, dir scaling.Direction) {
		switch {
		case c.wrote(a):
			return
		case tableOf(aws.ToString(a.AlarmDescription)) != "" || !isPredecessors(a, stream):
			others = append(others, aws.ToString(a.AlarmName))
			return
		case streams[stream] == nil:
			streams[stream] = &Predecessor{Stream: stream, Settings: scaling.Layer{"policy": string(scaling.DoubleHalve)}}
		}
		p := streams[stream]
		maps.Copy(p.Settings, settingsOf(a, dir))
		for _, actions := range [][]string{a.AlarmActions, a.OKActions, a.InsufficientDataActions} {
			p.Notifies = append(p.Notifies, actions...)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		p := streams[name]
		slices.Sort(p.Notifies)
		p.Notifies = slices.Compact(p.Notifies)
		found = append(found, *p)
	}
	slices.Sort(others)
	return found, others, nil
}

// settingsOf reads the settings out of one alarm. What cannot be a setting is left out.
func settingsOf(a types.MetricAlarm, dir scaling.Direction) scaling.Layer {
	layer := scaling.Layer{}
	begin := "scale-" + dir.String() + "-" // as the names of settings begin
	if share := aws.ToFloat64(a.Threshold); share > 0 && share <= 1 {
		layer[begin+"threshold"] = textOf(share)
	}
	periods := aws.ToInt32(a.EvaluationPeriods)
	toAlarm := periods // the API's default: all of them
	if a.DatapointsToAlarm != nil {
		toAlarm = *a.DatapointsToAlarm
	}
	if periods > 0 && toAlarm > 0 {
		layer[begin+"evaluation-periods"], layer[begin+"datapoints-to-alarm"] = textOf(float64(periods)), textOf(float64(toAlarm))
	}
	for _, q := range a.Metrics {
		if q.MetricStat != nil && aws.ToInt32(q.MetricStat.Period) >= 60 {
			layer[begin+"period-minutes"] = textOf(float64(aws.ToInt32(q.MetricStat.Period) / 60))
		}
	}
	if dir == scaling.Down {
		maps.Copy(layer, ageOf(a))
	}
	return layer
}

// ageOf reads from which age of records on a stream is not scaled down, and the scale-down threshold that is said with it,
// as in (FILL(m3,0)/1000/60)*(0.25/s2). For a stream of one shard the alarm's own threshold is -1.
func ageOf(a types.MetricAlarm) scaling.Layer {
	layer := scaling.Layer{}
	for _, q := range a.Metrics {
		formula := strings.ReplaceAll(aws.ToString(q.Expression), " ", "")
		if rest, is := strings.CutPrefix(formula, "(FILL(m3,0)/1000/60)*("); is {
			share, err := strconv.ParseFloat(strings.TrimSuffix(rest, "/s2)"), 64)
			if err == nil && share > 0 && share <= 1 {
				layer["scale-down-threshold"] = textOf(share)
			}
		}
		if minutes, err := strconv.Atoi(formula); err == nil && minutes > 0 && aws.ToString(q.Id) == "s2" {
			layer["iterator-age-minutes"] = strconv.Itoa(minutes)
		}
	}
	return layer
}

func textOf(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
