package cloudwatch

import (
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// reasonData is the part of an alarm's StateReasonData that is used. CloudWatch writes it as it changes
// the alarm's state; SetAlarmState writes what its caller wants. The fields are those of state changes
// that the user guide shows; a datapoint that was missing has no value.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html (read 2026-11)
type reasonData struct {
	Version    string `json:"version"`
	QueryDate  string `json:"queryDate"`
	Datapoints []struct {
		Value *float64 `json:"value"`
	} `json:"evaluatedDatapoints"`
}

// reasonTime is how StateReasonData writes times, such as 2026-11-23T12:00:29.591+0000.
const reasonTime = "2006-01-02T15:04:05.000-0700"

// evaluated returns what CloudWatch found when it gave the alarm its state; zero where the alarm does not
// tell, such as after SetAlarmState with other data.
func evaluated(a types.MetricAlarm) scaling.Evaluation {
	var data reasonData
	if err := json.Unmarshal([]byte(aws.ToString(a.StateReasonData)), &data); err != nil || data.Version == "" || a.Threshold == nil {
		return scaling.Evaluation{}
	}
	at, err := time.Parse(reasonTime, data.QueryDate)
	if err != nil {
		return scaling.Evaluation{}
	}
	found := scaling.Evaluation{At: at.UTC()}
	for _, point := range data.Datapoints {
		if point.Value != nil && beyond(a.ComparisonOperator, *point.Value, *a.Threshold) {
			found.Beyond++
		}
	}
	return found
}

// beyond reports whether a value is beyond a threshold, for the two operators that our alarms have.
func beyond(operator types.ComparisonOperator, value, threshold float64) bool {
	switch operator { //nolint:exhaustive // no alarm of ours has another
	case types.ComparisonOperatorGreaterThanOrEqualToThreshold:
		return value >= threshold
	case types.ComparisonOperatorLessThanThreshold:
		return value < threshold
	}
	return false
}
