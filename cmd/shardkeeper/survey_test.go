package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// surveyed is an account of five streams of eight shards: orders is enrolled, nobody writes to quiet.
func surveyed(t *testing.T, names ...string) *fakeAccount {
	t.Helper()
	account := scaledDay(t)
	if len(names) == 0 {
		names = []string{"big", "on-demand-clicks", "orders", "quiet"}
	}
	account.watched, account.traffic.others = &watched{shards: 8, names: names}, []string{"big", "on-demand-clicks"}
	return account
}

func TestSurveyPrints(t *testing.T) {
	for name, args := range map[string][]string{
		"survey.text": {"survey", "--days", "1"}, "survey.json": {"survey", "--days", "1", "-o", "json"}, "survey.csv": {"survey", "--days", "1", "-o", "csv"},
		"survey-regions.text": {"survey", "b*", "--days", "1", "--region", "eu-west-1,us-east-1"},
	} {
		status, stdout, stderr := onAccount(t, 80, surveyed(t), args...)
		if status != statusOK {
			t.Fatalf("%v: status %d, %s", args, status, stderr)
		}
		golden(t, name, stdout+stderr)
	}
}

// For a day of a stream it makes one call of Kinesis and one of CloudWatch; the names come in pages.
func TestSurveyIsFewCalls(t *testing.T) {
	account := surveyed(t)
	if status, _, stderr := onAccount(t, 80, account, "survey", "--days", "2"); status != statusOK {
		t.Fatal(stderr)
	}
	if w, c := account.watched.calls, len(account.traffic.asked); w != 4+4 || c != 4*2 {
		t.Errorf("%d calls of Kinesis, %d of CloudWatch", w, c)
	}
}

func TestSurveyOfWhatIsNotThere(t *testing.T) {
	for _, test := range []struct {
		args   string
		status int
		says   string
	}{
		{"survey nobody*", statusOK, `no stream is like "nobody*"`},
		{"survey [", statusUsage, "is no pattern of names"},
		{"survey --days 16", statusUsage, "is not between 1 and 15"},
		{"survey --price-shard-hour -1", statusUsage, "price"},
		{"survey big --table missing --days 1", statusOK, ""},
	} {
		if status, _, stderr := onAccount(t, 80, surveyed(t), strings.Fields(test.args)...); status != test.status || !strings.Contains(stderr, test.says) {
			t.Errorf("%s: status %d, %q", test.args, status, stderr)
		}
	}
}

// A stream that was deleted meanwhile hides no other.
func TestSurveyGoesOnAfterAFault(t *testing.T) {
	status, stdout, stderr := onAccount(t, 80, surveyed(t, "big", "gone"), "survey", "--days", "1")
	if status != statusFailed || !strings.Contains(stdout, "big ") || !strings.Contains(stderr, "1 of 2 streams could not be looked at") || !strings.Contains(stderr, "gone: ") {
		t.Errorf("status %d, %s\n%s", status, stdout, stderr)
	}
}

// interruptingTraffic ends the command when the second stream is asked for.
type interruptingTraffic struct {
	*cloudWatch

	end context.CancelFunc
}

func (i interruptingTraffic) Writes(ctx context.Context, stream string, from, to time.Time) (scaling.Traffic, error) {
	if stream != "big" {
		i.end()
		return scaling.Traffic{}, context.Canceled
	}
	return i.cloudWatch.Writes(ctx, stream, from, to)
}

type interruptedAccount struct {
	services

	traffic trafficReader
}

func (i interruptedAccount) Traffic() trafficReader { return i.traffic }

// TestSurveyIsInterrupted: what is known by then is printed.
func TestSurveyIsInterrupted(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	defer end()
	account := surveyed(t)
	var out, errs strings.Builder
	s := survey{days: 1, cores: make(chan struct{}, 1)}
	c := surveyCommand{glob: "*"}
	at := quiet()
	at.stdout, at.stderr, at.screen, at.now = &out, &errs, output.Screen{W: &out, Width: 80}, clock
	in := found{services: interruptedAccount{regional{account, "eu-west-1"}, interruptingTraffic{account.traffic, end}}}
	in.Table = "from-environment"
	if err := c.region(ctx, at, &s, in); err == nil {
		t.Error("it ended as if it was complete")
	}
	if len(s.rows) != 1 || s.rows[0].Stream != "big" || s.fails != 0 {
		t.Errorf("known are %+v, %d failed", s.rows, s.fails)
	}
}
