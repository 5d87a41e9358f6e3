package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// snsEvent is what SNS gives a function. Its records stay raw, so that one that cannot be read
// does not take the others with it. Other fields, and new ones, are passed over.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html (read 2026-11)
type snsEvent struct {
	Records []json.RawMessage `json:"Records"`
}

type snsRecord struct {
	SNS struct {
		MessageID app.Field[string] `json:"MessageId"`
		TopicARN  string            `json:"TopicArn"`
		Message   string            `json:"Message"`
	} `json:"Sns"`
}

// alarmMessage is the part of a CloudWatch alarm's message that is used. The rest, such as the
// alarm's metrics, is read from the registry and the services.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html (read 2026-11)
type alarmMessage struct {
	AlarmName       string `json:"AlarmName"`
	AlarmARN        string `json:"AlarmArn"`
	AWSAccountID    string `json:"AWSAccountId"`
	NewStateValue   string `json:"NewStateValue"`
	StateChangeTime string `json:"StateChangeTime"`
}

// decode returns the alarms that the records of an SNS event tell of, and a report for each
// record that is not the message of an alarm of our own account, Region and topic.
func decode(payload []byte, home app.Home) ([]scaler.Alarm, []report.Report) {
	var event snsEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, []report.Report{badInput(fmt.Errorf("no SNS event: %w", err))}
	}
	if len(event.Records) == 0 {
		return nil, []report.Report{badInput(errors.New("no SNS event: it has no records"))}
	}
	var alarms []scaler.Alarm
	var reports []report.Report
	for i, raw := range event.Records {
		alarm, err := decodeRecord(raw, home)
		if err != nil {
			reports = append(reports, badInput(fmt.Errorf("record %d: %w", i+1, err)))
			continue
		}
		alarms = append(alarms, alarm)
	}
	return alarms, reports
}

func badInput(err error) report.Report {
	return report.Report{Event: report.BadInput, Detail: err.Error()}
}

func decodeRecord(raw json.RawMessage, home app.Home) (scaler.Alarm, error) {
	var record snsRecord
	if err := json.Unmarshal(raw, &record); err != nil {
		return scaler.Alarm{}, fmt.Errorf("no SNS record: %w", err)
	}
	if record.SNS.TopicARN != home.TopicARN {
		return scaler.Alarm{}, fmt.Errorf("message %q is from topic %q, not from ours", record.SNS.MessageID.Value, record.SNS.TopicARN)
	}
	var message alarmMessage
	if err := json.Unmarshal([]byte(record.SNS.Message), &message); err != nil {
		return scaler.Alarm{}, fmt.Errorf("message %q is no alarm: %w", record.SNS.MessageID.Value, err)
	}
	if message.AlarmName == "" || message.NewStateValue == "" {
		return scaler.Alarm{}, fmt.Errorf("message %q is no alarm: it has no AlarmName or no NewStateValue", record.SNS.MessageID.Value)
	}
	if err := message.checkOrigin(home); err != nil {
		return scaler.Alarm{}, fmt.Errorf("message %q: %w", record.SNS.MessageID.Value, err)
	}
	at, err := parseTime(message.StateChangeTime)
	if err != nil {
		return scaler.Alarm{}, fmt.Errorf("message %q of alarm %q: %w", record.SNS.MessageID.Value, message.AlarmName, err)
	}
	return scaler.Alarm{Name: message.AlarmName, State: scaling.AlarmState(message.NewStateValue), TransitionAt: at}, nil
}

// checkOrigin fails unless the alarm is of our account and Region. Real messages have both
// fields; one is enough, but nothing that is there may say otherwise.
func (m alarmMessage) checkOrigin(home app.Home) error {
	if m.AWSAccountID == "" && m.AlarmARN == "" {
		return fmt.Errorf("alarm %q does not say of which account it is", m.AlarmName)
	}
	if m.AWSAccountID != "" && m.AWSAccountID != home.Account {
		return fmt.Errorf("alarm %q is of account %q: %w", m.AlarmName, m.AWSAccountID, app.ErrForeign)
	}
	if m.AlarmARN != "" {
		return home.CheckAlarm(m.AlarmARN, m.AlarmName)
	}
	return nil
}

// parseTime reads the time of a transition: CloudWatch writes the offset without a colon in SNS
// messages, such as 2026-11-02T09:00:12.345+0000, and elsewhere as RFC 3339 wants it.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05Z0700", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil { // both take a fraction of a second
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("field StateChangeTime: %.40q is not a time", text)
}
