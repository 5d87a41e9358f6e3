package app

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// The channels are those that the environment names.
func TestChannelsOfTheEnvironment(t *testing.T) {
	least := map[string]string{EnvTable: "table", EnvTopicARN: "arn:aws:sns:eu-west-1:123456789012:alarms"}
	topic := "arn:aws:sns:eu-west-1:123456789012:events"
	for name, test := range map[string]struct {
		env      map[string]string
		channels string
		fault    string
	}{
		"none":                    {nil, "", ""},
		"a bus":                   {map[string]string{EnvEventBus: "default"}, "eventbridge", ""},
		"a topic":                 {map[string]string{EnvEventTopicARN: topic, EnvEventSeverity: "error"}, "sns", ""},
		"both":                    {map[string]string{EnvEventBus: "default", EnvEventTopicARN: topic}, "eventbridge sns", ""},
		"a severity that is none": {map[string]string{EnvEventTopicARN: topic, EnvEventSeverity: "fatal"}, "", EnvEventSeverity},
		"a severity alone":        {map[string]string{EnvEventSeverity: ""}, "", ""},
	} {
		env := maps.Clone(least)
		maps.Copy(env, test.env)
		config, err := ReadConfig(func(name string) string { return env[name] })
		if (test.fault == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.fault) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if test.fault != "" {
			continue
		}
		var names []string
		if sender, is := joinNotifier(config, time.Now, inmem.New(inmem.Options{}), services{}).(*notification.Sender); is {
			for _, channel := range sender.Channels {
				names = append(names, channel.Name())
			}
			wantApart(t, names)
			if sender.Place != (notification.Place{Region: "eu-west-1", Account: "123456789012"}) {
				t.Errorf("%s: place %+v", name, sender.Place)
			}
		}
		if got := strings.Join(names, " "); got != test.channels {
			t.Errorf("%s: channels %q, want %q", name, got, test.channels)
		}
	}
}

// wantApart checks that no channel's name is part of another's, or of the registry's words: it looks for a name in a list.
func wantApart(t *testing.T, names []string) {
	t.Helper()
	for i, name := range names {
		for j, other := range append([]string{"none", ledger.SentToAll}, names...) {
			if i != j-2 && strings.Contains(other, name) {
				t.Errorf("the name %q is part of %q", name, other)
			}
		}
	}
}
