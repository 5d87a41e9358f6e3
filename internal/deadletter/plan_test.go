package deadletter_test

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

func TestTargetsOfTheTemplatesQueues(t *testing.T) {
	for url, want := range map[string]deadletter.Targets{
		"https://sqs.us-east-1.amazonaws.com/123456789012/shardkeeper-scaler-dead-letters":     {Scaler: "shardkeeper-scaler"},
		"https://sqs.us-east-1.amazonaws.com/123456789012/eu-team-enroller-dead-letters":       {Enroller: "eu-team-enroller"},
		"https://sqs.us-east-1.amazonaws.com/123456789012/shardkeeper-reconciler-dead-letters": {},
		"https://sqs.us-east-1.amazonaws.com/123456789012/shardkeeper-scaler":                  {},
		"https://sqs.us-east-1.amazonaws.com/123456789012/orders-dead-letters":                 {},
		"http://127.0.0.1:4566/000000000000/shardkeeper-scaler-dead-letters":                   {Scaler: "shardkeeper-scaler"},
		"": {}, "::": {},
	} {
		if got := deadletter.TargetsOf(url); got != want {
			t.Errorf("%s: %+v, want %+v", url, got, want)
		}
	}
}

func TestPlan(t *testing.T) {
	const scaler, enroller = "shardkeeper-scaler", "shardkeeper-enroller"
	both := deadletter.Targets{Scaler: scaler, Enroller: enroller}
	for name, tt := range map[string]struct {
		targets  deadletter.Targets
		letter   deadletter.Letter
		action   deadletter.Action
		function string
		why      string
	}{
		"an alarm":            {both, deadletter.Letter{Kind: deadletter.KindAlarm, Function: scaler}, deadletter.Replay, scaler, ""},
		"an undelivered one":  {both, deadletter.Letter{Kind: deadletter.KindAlarm}, deadletter.Replay, scaler, ""},
		"a change":            {both, deadletter.Letter{Kind: deadletter.KindChange, Function: enroller}, deadletter.Replay, enroller, ""},
		"a run":               {both, deadletter.Letter{Kind: deadletter.KindRun}, deadletter.Drop, "", "every minute"},
		"of another function": {both, deadletter.Letter{Kind: deadletter.KindAlarm, Function: "payroll"}, deadletter.Leave, "", `for function "payroll"`},
		"a change in the scaler's queue": {
			deadletter.Targets{Scaler: scaler},
			deadletter.Letter{Kind: deadletter.KindChange, Function: enroller},
			deadletter.Leave, "", "name it with --enroller",
		},
		"a queue of another name": {deadletter.Targets{}, deadletter.Letter{Kind: deadletter.KindAlarm, Function: scaler}, deadletter.Leave, "", "name it with --scaler"},
		"no kind":                 {both, deadletter.Letter{}, deadletter.Leave, "", "not known"},
	} {
		step := tt.targets.Plan(tt.letter)
		if step.Action != tt.action || step.Function != tt.function || !strings.Contains(step.Why, tt.why) {
			t.Errorf("%s: %+v", name, step)
		}
	}
}
