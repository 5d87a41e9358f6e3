package sns_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/sns"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

var update = flag.Bool("update", false, "write the golden files anew")

// topic keeps what is published, and fails from a call on if it is to.
type topic struct {
	published []*sdk.PublishInput
	failFrom  int // 0: never
}

func (a *topic) Publish(_ context.Context, in *sdk.PublishInput, _ ...func(*sdk.Options)) (*sdk.PublishOutput, error) {
	if a.failFrom > 0 && len(a.published)+1 >= a.failFrom {
		return nil, errors.New("no answer")
	}
	a.published = append(a.published, in)
	return &sdk.PublishOutput{}, nil
}

func event(kind ledger.EventKind, n int) notification.Event {
	stream := fmt.Sprintf("orders_%d", n)
	at := time.Date(2026, 11, 26, 12, 0, n%60, 0, time.UTC)
	return notification.FormOf(ledger.Event{
		ID: fmt.Sprintf("%s/%s", stream, kind), Kind: kind, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + stream,
		Entry: ledger.Entry{
			Stream: stream, At: at, From: 4, To: 8, Direction: scaling.Up, Actor: "scaler", Detail: "<!channel> *read* [this](https://example.com) & `that`",
			Reasons: scaling.Trail{{Code: scaling.HoldAtMaxShards, Detail: "open 4, max 4"}},
		},
	}, notification.Place{Region: "eu-west-1", Account: "123456789012"})
}

func parts(t *testing.T, in *sdk.PublishInput) map[string]string {
	t.Helper()
	if aws.ToString(in.MessageStructure) != "json" {
		t.Errorf("structure %q", aws.ToString(in.MessageStructure))
	}
	found := map[string]string{}
	if err := json.Unmarshal([]byte(aws.ToString(in.Message)), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// One event and a digest, as people read them.
func TestWhatPeopleRead(t *testing.T) {
	for name, n := range map[string]int{"one": 1, "digest": 23} {
		api := &topic{}
		var events []notification.Event
		for i := range n {
			events = append(events, event(ledger.EventRefused, i))
		}
		if _, err := sns.New(api, "arn:topic", notification.Info).Send(t.Context(), events); err != nil || len(api.published) != 1 {
			t.Fatalf("%d messages, %v", len(api.published), err)
		}
		got := "Subject: " + aws.ToString(api.published[0].Subject) + "\n\n"
		for _, protocol := range []string{"default", "sms", "https"} {
			got += "== " + protocol + "\n" + parts(t, api.published[0])[protocol] + "\n"
		}
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A storm of two thousand streams and two kinds is two messages, each of a size that SNS takes.
func TestAStormIsOneMessageAKind(t *testing.T) {
	api := &topic{}
	var events []notification.Event
	for i := range 2000 {
		e := event(ledger.EventCompleted, i)
		e.Summary = strings.Repeat("\u20ac&", 2000)
		events = append(events, e, event(ledger.EventAtMaximum, i))
	}
	arrived, err := sns.New(api, "arn:topic", notification.Info).Send(t.Context(), events)
	if err != nil || len(arrived) != 4000 || len(api.published) != 2 {
		t.Fatalf("%d arrived in %d messages, %v", len(arrived), len(api.published), err)
	}
	for _, in := range api.published {
		if size := len(aws.ToString(in.Message)); size > 256<<10 {
			t.Errorf("a message of %d bytes", size)
		}
		if subject := aws.ToString(in.Subject); len(subject) >= 100 {
			t.Errorf("subject %q", subject)
		}
	}
	if !strings.Contains(aws.ToString(api.published[0].Subject), "at_maximum") {
		t.Errorf("the most severe is not first: %q", aws.ToString(api.published[0].Subject))
	}
}

// What is less severe is done with, and not told.
func TestTheLeastSeverity(t *testing.T) {
	api := &topic{}
	events := []notification.Event{event(ledger.EventCompleted, 1), event(ledger.EventExternal, 2), event(ledger.EventAtMaximum, 3)}
	arrived, err := sns.New(api, "arn:topic", notification.Error).Send(t.Context(), events)
	if err != nil || len(arrived) != 3 || len(api.published) != 1 {
		t.Errorf("%v arrived in %d messages, %v", arrived, len(api.published), err)
	}
}

func TestWhatWasNotPublishedDidNotArrive(t *testing.T) {
	api := &topic{failFrom: 2}
	events := []notification.Event{event(ledger.EventExternal, 1), event(ledger.EventAtMaximum, 2), event(ledger.EventCompleted, 3)}
	arrived, err := sns.New(api, "arn:topic", notification.Warning).Send(t.Context(), events)
	if err == nil || !slices.Equal(arrived, []string{events[2].ID, events[1].ID}) {
		t.Errorf("%v arrived, %v", arrived, err)
	}
}
