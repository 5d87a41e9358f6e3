package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
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
	account = surveyed(t, "big")
	status, stdout, stderr := onAccount(t, 80, account, "survey", "--days", "60")
	if c := len(account.traffic.asked); status != statusOK || c != 15+3 || !strings.Contains(strings.Join(strings.Fields(stdout), " "), "before 2026-11-09 12:05 (UTC) the minutes are means of five") {
		t.Errorf("60 days: status %d, %d calls of CloudWatch, %s%s", status, c, stdout, stderr)
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
		{"survey --days 61", statusUsage, "is not between 1 and 60"},
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

func (i interruptingTraffic) Writes(ctx context.Context, stream string, period time.Duration, from, to time.Time) (scaling.Traffic, error) {
	if stream != "big" {
		i.end()
		return scaling.Traffic{}, context.Canceled
	}
	return i.cloudWatch.Writes(ctx, stream, period, from, to)
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

// What is saved counts since the enrollment: not what the stream cost before, and all of the time that is older than the traffic.
func TestSurveyCountsSinceTheEnrollment(t *testing.T) {
	for ago, want := range map[time.Duration][]string{
		// Ten days of ten shards and thirty of two, where three would have done: 960 shard-hours and the alarms too many.
		40 * 24 * time.Hour: {`"cost_now_usd":77.688,`, `"is_saving_usd":10.35,`, `"fixed_size_shards":3,`, `"enrolled_at":"2026-10-15T12:00:00Z","saved_so_far_usd":-15.18975}`},
		// The last twelve hours only: in them two shards would do, so only the alarms cost more.
		12 * time.Hour: {`"cost_now_usd":77.688,`, `"is_saving_usd":-0.6,`, `"fixed_size_shards":2,`, `"enrolled_at":"2026-11-24T00:00:00Z","saved_so_far_usd":-0.009822}`},
		// A moment ago: there is nothing to tell of.
		time.Second: {`"is_saving_usd":0,`, `"enrolled_at":"2026-11-24T11:59:59Z","saved_so_far_usd":0}`},
	} {
		account := surveyed(t, "orders")
		r := inmem.New(inmem.Options{})
		item := ledger.Item{
			Name: "orders", Status: ledger.Enrolled, EnrolledAt: now.Add(-ago), Settings: scaling.Defaults(scaling.DoubleHalve), OpenShards: 2, SeenAt: now, DueAt: now,
		}
		op := ledger.Entry{Stream: "orders", At: now.Add(-30 * 24 * time.Hour), ID: "op-1", Kind: ledger.KindOperation, From: 10, To: 2, Outcome: ledger.OutcomeCompleted}
		if _, err := r.Save(t.Context(), item, op); err != nil {
			t.Fatal(err)
		}
		account.registry = r
		status, stdout, stderr := onAccount(t, 80, account, "survey", "--days", "1", "-o", "json")
		for _, text := range want {
			if status != statusOK || !strings.Contains(stdout, text) {
				t.Errorf("enrolled %s ago: status %d, %q is not in %s%s", ago, status, text, stdout, stderr)
			}
		}
	}
}

// A stream that refuses a quarter of what is sent saves no payload units by that: producers send it again. What is saved is shards,
// less the alarms: three that hold the highest minute, and two that are open.
func TestRefusingIsNoSaving(t *testing.T) {
	account := surveyed(t, "orders")
	for i := range account.traffic.samples {
		account.traffic.samples[i].Throttled = 500
	}
	r := inmem.New(inmem.Options{})
	item := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, EnrolledAt: now.Add(-12 * time.Hour), Settings: scaling.Defaults(scaling.DoubleHalve), OpenShards: 2, SeenAt: now, DueAt: now,
	}
	if _, err := r.Save(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	account.registry = r
	status, stdout, stderr := onAccount(t, 80, account, "survey", "--days", "1", "-o", "json")
	if want := `"is_saving_usd":10.35,`; status != statusOK || !strings.Contains(stdout, want) {
		t.Errorf("status %d, %s is not in %s%s", status, want, stdout, stderr)
	}
}

// The minimum of on-demand Advantage is billed once for an account in a Region, whatever its streams write.
func TestAdvantageIsOfTheWholeAccount(t *testing.T) {
	prices := simulate.DefaultPrices()
	for _, test := range []struct {
		rows []surveyLine
		says string
	}{
		{[]surveyLine{{Region: "a", Now: 100, AdvantageUse: 10}, {Region: "a", Now: 50, AdvantageUse: 20}}, "All of them cost $150.00 a month. With all of them on on-demand Advantage, which bills an account in a Region 25 MiB a second at least, it would be $2,053.12."},
		{[]surveyLine{{Region: "a", AdvantageUse: 2000}, {Region: "a", AdvantageUse: 500}}, "it would be $2,500.00."},
		{[]surveyLine{{Region: "a", AdvantageUse: 2500}, {Region: "b", AdvantageUse: 10}}, "it would be $4,553.12."},
		{[]surveyLine{{Region: "a", AdvantageUse: 10}, {Region: "a", Profile: "p", AdvantageUse: 10}}, "it would be $4,106.25."},
	} {
		if got := advantageText(test.rows, prices); !strings.Contains(got, test.says) {
			t.Errorf("%q, want %q", got, test.says)
		}
	}
}
