package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Home is the account and Region that the stack is in. Whatever names another one is not for it.
type Home struct {
	Region   string
	Account  string
	TopicARN string // the topic that our alarms publish to
}

// What an ARN or an event can be besides one of ours.
var (
	// ErrForeign means that something is of another account or Region.
	ErrForeign = errors.New("of another account or Region")
	// ErrNoStream means that an ARN is of something else than a stream, such as a consumer.
	ErrNoStream = errors.New("not of a stream")
)

// parseHome reads the account and Region out of the topic's ARN. The Region must be the one that
// the function runs in, where that is known.
func parseHome(topicARN, region string) (Home, error) {
	topic, err := arn.Parse(topicARN)
	switch {
	case err != nil || topic.Service != "sns" || topic.Region == "" || topic.AccountID == "" || topic.Resource == "":
		return Home{}, fmt.Errorf("%q is not the ARN of a topic", topicARN)
	case region != "" && region != topic.Region:
		return Home{}, fmt.Errorf("the topic is in %s, the function in %s", topic.Region, region)
	}
	return Home{Region: topic.Region, Account: topic.AccountID, TopicARN: topicARN}, nil
}

// Check fails with ErrForeign when an event's account or Region is not ours.
func (h Home) Check(account, region string) error {
	if account != h.Account || region != h.Region {
		return fmt.Errorf("account %q in %q: %w", account, region, ErrForeign)
	}
	return nil
}

// CheckAlarm fails unless an ARN is that of the alarm with this name, here.
func (h Home) CheckAlarm(alarmARN, name string) error {
	a, err := arn.Parse(alarmARN)
	if err != nil {
		return fmt.Errorf("%q is not an ARN: %w", alarmARN, err)
	}
	if err := h.Check(a.AccountID, a.Region); err != nil {
		return fmt.Errorf("alarm %q: %w", alarmARN, err)
	}
	if a.Service != "cloudwatch" || a.Resource != "alarm:"+name {
		return fmt.Errorf("%q is not the ARN of alarm %q", alarmARN, name)
	}
	return nil
}

// StreamName returns the name of the stream with an ARN. It fails with ErrForeign for a stream
// of another account or Region, and with ErrNoStream for anything else than a stream.
func (h Home) StreamName(streamARN string) (string, error) {
	a, err := arn.Parse(streamARN)
	if err != nil {
		return "", fmt.Errorf("%q is not an ARN: %w", streamARN, ErrNoStream)
	}
	name, isStream := strings.CutPrefix(a.Resource, "stream/")
	if a.Service != "kinesis" || !isStream || !scaling.ValidStreamName(name) { // a consumer's resource is stream/NAME/consumer/...
		return "", fmt.Errorf("%q: %w", streamARN, ErrNoStream)
	}
	if err := h.Check(a.AccountID, a.Region); err != nil {
		return "", fmt.Errorf("stream %q: %w", streamARN, err)
	}
	return name, nil
}
