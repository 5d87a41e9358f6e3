package deadletter

// What an event tells, for people: only what is needed to know it by. The functions decode it
// again, and check it.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// scheduleSource is what the template's schedule sends.
const scheduleSource = "shardkeeper.schedule"

// payload is the part of the three kinds of events by which they are known.
type payload struct {
	Records []struct {
		SNS *struct {
			Message string `json:"Message"`
		} `json:"Sns"`
	} `json:"Records"`

	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// told says of which kind a payload is, and what it tells.
func told(text []byte) (Kind, string, error) {
	var p payload
	if err := json.Unmarshal(text, &p); err != nil {
		return "", "", fmt.Errorf("%w: %w", errNoEvent, err)
	}
	switch {
	case len(p.Records) > 0:
		alarms := make([]string, len(p.Records))
		for i, r := range p.Records {
			if r.SNS == nil {
				return "", "", errNoEvent
			}
			alarms[i] = alarmTold(r.SNS.Message)
		}
		return KindAlarm, strings.Join(alarms, "; "), nil
	case p.Source != "" && p.DetailType != "":
		return KindChange, p.changeTold(), nil
	case p.Source == scheduleSource:
		return KindRun, "a run of the schedule", nil
	}
	return "", "", errNoEvent
}

// alarmTold is such as "orders-scale-up to ALARM at 2026-11-02T09:15:42.123+0000".
func alarmTold(message string) string {
	var alarm struct {
		AlarmName       string
		NewStateValue   string
		StateChangeTime string
	}
	if err := json.Unmarshal([]byte(message), &alarm); err != nil || alarm.AlarmName == "" {
		return "a message that is no alarm"
	}
	return fmt.Sprintf("%s to %s at %s", alarm.AlarmName, alarm.NewStateValue, alarm.StateChangeTime)
}

// changeTold is such as "UpdateShardCount of orders at 2026-11-02T09:10:05Z".
func (p payload) changeTold() string {
	var call struct {
		EventName         string `json:"eventName"`
		EventTime         string `json:"eventTime"`
		RequestParameters struct {
			StreamName  string   `json:"streamName"`
			StreamARN   string   `json:"streamARN"`
			ResourceARN string   `json:"resourceARN"`
			Resources   []string `json:"resourceARNList"`
		} `json:"requestParameters"`
	}
	_ = json.Unmarshal(p.Detail, &call) // of other details only the type is told
	about := call.RequestParameters
	what := cmp.Or(call.EventName, p.DetailType)
	if of := cmp.Or(about.StreamName, about.StreamARN, about.ResourceARN, strings.Join(append(about.Resources, p.Resources...), ", ")); of != "" {
		what += " of " + of
	}
	if call.EventTime != "" {
		what += " at " + call.EventTime
	}
	return what
}
