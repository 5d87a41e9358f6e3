// Package sns tells people of events on an SNS topic: by e-mail, in chat and on pagers.
package sns

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// API is the part of the SNS client that is used.
type API interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Topic is the channel to one topic.
type Topic struct {
	api   API
	arn   string
	least notification.Severity
}

// New returns the channel to a topic, which hears of events that are at least as severe as least.
func New(api API, arn string, least notification.Severity) *Topic {
	return &Topic{api: api, arn: arn, least: least}
}

// Name is what the registry remembers of the channel.
func (t *Topic) Name() string { return "sns" }

// Send publishes one message for each kind of event, and returns the ids of the events that are told; those that are
// less severe are done with too. It stops at the first call that fails: the others would too.
func (t *Topic) Send(ctx context.Context, events []notification.Event) (arrived []string, err error) {
	for _, event := range events {
		if !event.Severity.AtLeast(t.least) {
			arrived = append(arrived, event.ID)
		}
	}
	for _, message := range notification.MessagesOf(events, t.least) {
		body, err := bodyOf(message)
		if err != nil {
			return arrived, err
		}
		_, err = t.api.Publish(ctx, &sns.PublishInput{
			TopicArn: aws.String(t.arn), Subject: aws.String(message.Subject), Message: aws.String(body), MessageStructure: aws.String("json"),
		})
		if err != nil {
			return arrived, fmt.Errorf("sns Publish to topic %q: %w", t.arn, fault.Translate(err, func(string) error { return nil }))
		}
		for _, event := range message.Events {
			arrived = append(arrived, event.ID)
		}
	}
	return arrived, nil
}

// bodyOf is the message for each protocol: text for people, and for HTTPS the form that Amazon Q Developer in chat
// applications reads, which subscribes by it.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, MessageStructure (read 2026-11)
func bodyOf(m notification.Message) (string, error) {
	chat, err := json.Marshal(chatOf(m))
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(map[string]string{"default": m.Text, "https": string(chat), "sms": m.Subject})
	return string(body), err
}

// custom is the form of a custom notification.
// https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html (read 2026-11)
type custom struct {
	Version string `json:"version"`
	Source  string `json:"source"`
	ID      string `json:"id"`
	Content struct {
		TextType    string   `json:"textType"`
		Title       string   `json:"title"`
		Description string   `json:"description"`
		Keywords    []string `json:"keywords,omitempty"`
	} `json:"content"`
	Metadata struct {
		EventType        string   `json:"eventType"`
		RelatedResources []string `json:"relatedResources,omitempty"`
	} `json:"metadata"`
}

func chatOf(m notification.Message) custom {
	first := m.Events[0]
	c := custom{Version: "1.0", Source: "custom", ID: first.ID}
	c.Content.TextType = "client-markdown"
	c.Content.Title = notification.ForChat(m.Subject)
	c.Content.Description = notification.ForChat(m.Text)
	c.Content.Keywords = []string{string(first.Severity), string(first.Kind)}
	c.Metadata.EventType = string(first.Kind)
	for _, event := range m.Events[:min(len(m.Events), 20)] {
		if event.StreamARN != "" {
			c.Metadata.RelatedResources = append(c.Metadata.RelatedResources, event.StreamARN)
		}
	}
	return c
}
