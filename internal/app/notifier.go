package app

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/eventbridge"
	"github.com/shardkeeper/shardkeeper/internal/aws/sns"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
)

// joinNotifier returns what tells people and programs outside; nil when the stack names no channel. Here is where
// another channel is added.
func joinNotifier(c Config, now func() time.Time, outbox notification.Outbox, s services) reconciler.Notifier {
	var channels []notification.Channel
	if c.EventBus != "" {
		channels = append(channels, eventbridge.New(s.eventbridge, c.EventBus))
	}
	if c.EventTopicARN != "" {
		channels = append(channels, sns.New(s.sns, c.EventTopicARN, c.EventSeverity))
	}
	if len(channels) == 0 {
		return nil
	}
	return &notification.Sender{
		Outbox: outbox, Channels: channels, Now: now,
		Place: notification.Place{Region: c.Home.Region, Account: c.Home.Account},
	}
}
