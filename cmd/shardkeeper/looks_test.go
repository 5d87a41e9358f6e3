package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// watched is the account's CloudWatch and Kinesis: every stream has so many shards, and has been at so many
// records a second for a day.
type watched struct {
	records float64
	alarm   scaling.AlarmState // of every scale-up alarm
	shards  int
	calls   int
	names   []string   // of all streams
	mu      sync.Mutex // several streams are described at the same time
	from    time.Time  // from when on the traffic was asked for

	predecessors []operator.Predecessor
	others       []string // alarms of another form
}

func (w *watched) Silent(context.Context, []string, time.Time, time.Time) ([]string, error) {
	return []string{"audit"}, nil
}

func (w *watched) Predecessors(context.Context) ([]operator.Predecessor, []string, error) {
	return slices.Clone(w.predecessors), w.others, nil
}

func (w *watched) Describe(_ context.Context, stream string) (scaling.Summary, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls++; w.shards == 0 || stream == "gone" {
		return scaling.Summary{}, fmt.Errorf("describe %s: %w", stream, scaling.ErrStreamNotFound)
	}
	mode := scaling.ModeProvisioned
	if strings.HasPrefix(stream, "on-demand") {
		mode = scaling.ModeOnDemand
	}
	return scaling.Summary{Name: stream, Status: scaling.StatusActive, Mode: mode, OpenShards: w.shards}, nil
}

func (w *watched) List(_ context.Context, after string) ([]string, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	next := slices.IndexFunc(w.names, func(name string) bool { return name > after })
	if next < 0 {
		return nil, false, nil
	}
	return w.names[next : next+1], next+1 < len(w.names), nil // a page has one
}

func (w *watched) Status(_ context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	w.calls++
	pairs := map[string]scaling.AlarmPair{}
	for _, want := range wants {
		up := scaling.AlarmStatus{Exists: true, InSync: true, State: w.alarm, ChangedAt: now.Add(-time.Minute)}
		pairs[want.Stream] = scaling.AlarmPair{Up: up, Down: scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateOK, ChangedAt: now.Add(-time.Hour)}}
	}
	return pairs, nil
}

func (w *watched) Traffic(_ context.Context, _ string, _ scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	w.calls++
	w.from = from
	return w.traffic(from, to), nil
}

func (w *watched) Latest(_ context.Context, streams []string, from, to time.Time) (map[string]scaling.Traffic, error) {
	w.calls++
	found := map[string]scaling.Traffic{}
	for _, stream := range streams {
		found[stream] = w.traffic(from, to)
	}
	return found, nil
}

func (w *watched) traffic(from, to time.Time) scaling.Traffic {
	traffic := scaling.Traffic{Known: true, From: from, To: to}
	for at := from.Truncate(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		traffic.Samples = append(traffic.Samples, scaling.Sample{At: at, Records: w.records, Bytes: 100 * w.records})
	}
	return traffic
}

func (f *fakeAccount) Streams() streamReader { return f.watched }

func (f *fakeAccount) Alarms(string, string) alarmReader { return f.watched }

// fleet is a table with streams in every state that people look for.
func fleet(t *testing.T) *inmem.Registry {
	t.Helper()
	r := inmem.New(inmem.Options{})
	settings := scaling.Defaults(scaling.TargetTracking)
	settings.OperationLimit, settings.ScaleUpReserve, settings.MaxShards = 10, 3, 64
	operation := func(ago time.Duration, from, to int) scaling.Operation {
		return scaling.Operation{At: now.Add(-ago), Direction: scaling.DirectionOf(from, to), From: from, To: to, Fence: 1, Actor: "scaler/1"}
	}
	put := func(name string, change func(*ledger.Item)) {
		s := ledger.Item{
			Name: name, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name, Status: ledger.Enrolled, EnrolledAt: now.Add(-100 * time.Hour),
			Tags: scaling.Layer{"mode": "enabled"}, Settings: settings, SettingsRevision: 1, OpenShards: 4, SeenAt: now.Add(-3 * time.Minute), DueAt: now,
			Usable: scaling.NewUsableShare(now.Add(-100 * time.Hour)), Measured: ledger.Measured{At: now.Add(-7 * time.Minute), Utilization: 0.41, Limit: scaling.LimitBytes},
			Alarms: ledger.AlarmsHeld{Shards: 4, SettingsRevision: 1, Usable: 0.8, At: now.Add(-2 * time.Hour)},
		}
		change(&s)
		if _, err := r.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	put("orders", func(s *ledger.Item) {
		s.OpenShards, s.Measured.Utilization = 8, 0.93
		s.Alarms.Shards = 8
		s.Tags["max-shards"] = "64"
		for i := range 10 {
			s.Operations = append(s.Operations, operation(time.Duration(i+1)*2*time.Hour, 4, 8))
		}
		s.Up.RetryAt = now.Add(4 * time.Hour)
	})
	put("clicks", func(s *ledger.Item) {
		s.InFlight = &ledger.Entry{Stream: s.Name, At: now.Add(-time.Minute), ID: "op-2", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 6, Fence: 2, Outcome: ledger.OutcomeAccepted}
		s.Operations = scaling.Operations{operation(time.Minute, 4, 6)}
	})
	put("audit", func(s *ledger.Item) { s.Measured, s.Usable = ledger.Measured{}, scaling.UsableShare{} })
	put("payments-with-a-name-that-is-long", func(s *ledger.Item) {
		s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand
	})
	put("typos", func(s *ledger.Item) { s.SettingsFault = `min-shards: "four" is not a whole number` })
	r.Override("orders", scaling.Layer{"min-shards": "2"})
	return r
}

// look runs the command on the fleet.
func look(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return onAccount(t, oldWidth, &fakeAccount{registry: fleet(t), watched: &watched{records: 7600, alarm: scaling.StateAlarm, shards: 8}}, args...)
}

// A halving looks back on a day, and so does the answer.
func TestExplainReadsWhatTheScalerWouldRead(t *testing.T) {
	r := inmem.New(inmem.Options{})
	item := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, EnrolledAt: now.Add(-100 * time.Hour), Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1,
		OpenShards: 4, DueAt: now, Usable: scaling.NewUsableShare(now.Add(-100 * time.Hour)),
	}
	if _, err := r.Save(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	w := &watched{records: 100, alarm: scaling.StateOK, shards: 4}
	if status, _, stderr := onAccount(t, oldWidth, &fakeAccount{registry: r, watched: w}, "explain", "orders"); status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	if want := now.Truncate(time.Minute).Add(-24*time.Hour - 20*time.Minute); !w.from.Equal(want) {
		t.Errorf("it was asked from %s on, want %s", w.from, want)
	}
}

func TestStreamsPrints(t *testing.T) {
	for name, args := range map[string][]string{
		"streams.json": {"streams", "-o", "json"}, "streams.csv": {"streams", "-o", "csv"},
		"streams-live.text":    {"streams", "--live", "--sort", "utilization", "[oc]*"},
		"streams-waiting.text": {"streams", "--waiting", "--status", "enrolled", "--sort", "left"},
		"streams-regions.text": {"streams", "--region", "eu-west-1,us-east-1", "a*"},
	} {
		status, stdout, stderr := look(t, args...)
		if status != statusOK {
			t.Fatalf("%v: status %d, %s", args, status, stderr)
		}
		golden(t, name, stdout+stderr)
	}
}

func TestStreamsThatAreNotThere(t *testing.T) {
	for _, test := range []struct {
		args   string
		status int
		says   string
	}{
		{"streams nobody*", statusOK, `no stream is like "nobody*"`},
		{"streams [", statusUsage, `"[" is no pattern of names`},
		{"streams --region eu-west-1 --all-regions", statusUsage, "exclude each other"},
		{"streams --stack keeper --table t", statusUsage, "give one"},
		{"streams --watch 1s", statusUsage, "too often"},
		{"streams --sort age", statusUsage, "--sort"},
		{"streams --table missing", statusFailed, "there is no such table in Region eu-west-1"},
		{"streams --all-regions --table missing", statusFailed, "no Region has the table"},
		{"streams --region eu-west-1,us-east-1 --table missing", statusFailed, "2 of 2 places could not be asked: eu-west-1, us-east-1"},
	} {
		status, _, stderr := look(t, strings.Fields(test.args)...)
		if status != test.status || !strings.Contains(stderr, test.says) {
			t.Errorf("%s: status %d, %q; want %d, %q", test.args, status, stderr, test.status, test.says)
		}
	}
}

// TestAllRegionsAreThoseOfTheAccountsPartOfAWS looks in each of them once.
func TestAllRegionsAreThoseOfTheAccountsPartOfAWS(t *testing.T) {
	status, stdout, stderr := look(t, "streams", "--all-regions", "audit", "-o", "csv")
	if status != statusOK || strings.Count(stdout, "\naudit,") < 25 || strings.Contains(stdout, ",cn-") || strings.Contains(stdout, ",us-gov-") {
		t.Errorf("status %d, %s\n%s", status, stderr, stdout)
	}
}

func TestShowAndExplainPrint(t *testing.T) {
	for name, args := range map[string][]string{
		"show.text": {"show", "orders", "--stack", "keeper"}, "show.json": {"show", "orders", "-o", "json"},
		"show.csv": {"show", "payments-with-a-name-that-is-long", "-o", "csv"}, "explain.text": {"explain", "orders"},
		"explain.json": {"explain", "clicks", "-o", "json"}, "explain.csv": {"explain", "audit", "-o", "csv"},
	} {
		status, stdout, stderr := look(t, args...)
		if status != statusOK {
			t.Fatalf("%v: status %d, %s", args, status, stderr)
		}
		golden(t, name, stdout+stderr)
	}
	stdout, _ := succeed(t, "explain", "orders", "--at", "2026-11-24T11:30:00Z")
	golden(t, "explain-at.text", stdout)
}

func TestShowAndExplainOfWhatIsNotThere(t *testing.T) {
	for _, test := range []struct{ args, says string }{
		{"show ordres", "no stream ordres is in table from-environment (Region eu-west-1); did you mean orders?"},
		{"explain ordres", "no stream ordres is in table from-environment"},
		{"explain ordres --at 1h", "no stream ordres is in table from-environment"},
		{"explain orders --at 2020-01-01", "no decision on stream orders is in the 30 days before 2020-01-01T00:00:00Z"},
		{"show no/name", `no stream is named "no/name"`},
		{"explain no/name", `no stream is named "no/name"`},
		{"explain", "explain needs one stream"},
		{"show orders --stack keeper --table t", "give one"},
	} {
		status, _, stderr := look(t, strings.Fields(test.args)...)
		if status == statusOK || !strings.Contains(stderr, test.says) {
			t.Errorf("%s: status %d, %q; want %q", test.args, status, stderr, test.says)
		}
	}
	status, _, stderr := onAccount(t, oldWidth, &fakeAccount{registry: fleet(t), watched: &watched{}}, "explain", "orders")
	if status != statusFailed || !strings.Contains(stderr, "read stream orders") {
		t.Errorf("a deleted stream: status %d, %q", status, stderr)
	}
}

// What is explained is what is decided, in at most twelve calls.
func TestExplainIsFewCalls(t *testing.T) {
	w := &watched{records: 7600, alarm: scaling.StateAlarm, shards: 8}
	counted := &countedTable{tableOfStack: fleet(t)}
	for _, verb := range []string{"show", "explain"} {
		counted.calls, w.calls = 0, 0
		if status, _, stderr := onAccount(t, oldWidth, &fakeAccount{registry: counted, watched: w}, verb, "orders"); status != statusOK {
			t.Fatal(stderr)
		}
		if calls := counted.calls + w.calls; calls < 3 || calls > 12 {
			t.Errorf("%s: %d calls, at most 12 may be made", verb, calls)
		}
	}
}

// countedTable counts the reads of a table; each is one call.
type countedTable struct {
	tableOfStack

	calls int
}

func (c *countedTable) Load(ctx context.Context, stream string) (ledger.Item, error) {
	c.calls++
	return c.tableOfStack.Load(ctx, stream)
}

func (c *countedTable) Fleet(ctx context.Context) (ledger.Fleet, error) {
	c.calls++
	return c.tableOfStack.Fleet(ctx)
}

func (c *countedTable) Paused(ctx context.Context) (ledger.Pause, error) {
	c.calls++
	return c.tableOfStack.Paused(ctx)
}

func (f *fakeAccount) DeadLetters(context.Context, operator.Stack) (map[string]int, error) {
	return map[string]int{"scaler": 2, "enroller": 0}, f.refused
}

func (f *fakeAccount) Wiring(context.Context, operator.Stack) (inspect.Wiring, []error) {
	return inspect.Wiring{
		Trail: &inspect.Trail{Others: "main does not log"}, Rules: []inspect.Rule{{Name: "a", Enabled: true}, {Name: "b", Enabled: true}, {Name: "c"}},
		Denied: []inspect.Denied{{Who: inspect.You, Action: "kinesis:AddTagsToStream", Why: "no policy allows it"}},
	}, []error{errors.New("look at the subscriptions of topic x: denied")}
}

func TestDoctorPrints(t *testing.T) {
	for name, args := range map[string][]string{
		"doctor.text": {"doctor", "--stack", "keeper"}, "doctor.json": {"doctor", "-o", "json"}, "doctor.csv": {"doctor", "-o", "csv", "--stack", "keeper"},
	} {
		status, stdout, stderr := look(t, args...)
		if status != statusFailed || !strings.Contains(stderr, "something is grave") {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
		golden(t, name, stdout+stderr)
	}
	if _, stdout, _ := look(t, "doctor", "--live", "-o", "csv"); !strings.Contains(stdout, "false,audit,nobody has written to it for 24h0m0s; it has 4 shards") {
		t.Errorf("--live: %s", stdout)
	}
	if status, stdout, stderr := onAccount(t, oldWidth, &fakeAccount{registry: inmem.New(inmem.Options{}), watched: &watched{}}, "doctor"); status != statusOK || stdout != "" || !strings.Contains(stderr, "0 streams, 0 findings") {
		t.Errorf("an empty table: status %d, %q, %q", status, stdout, stderr)
	}
	if status, _, stderr := look(t, "doctor", "--table", "missing"); status != statusFailed || !strings.Contains(stderr, "there is no such table") {
		t.Errorf("no table: status %d, %q", status, stderr)
	}
}

func TestDeadLettersAreCounted(t *testing.T) {
	for _, format := range []string{"table", "json", "csv"} {
		status, stdout, stderr := look(t, "deadletters", "--stack", "keeper", "-o", format)
		if status != statusOK {
			t.Fatalf("status %d, %s", status, stderr)
		}
		golden(t, "deadletters."+format, stdout+stderr)
	}
	for args, says := range map[string]string{"deadletters": "needs --stack", "deadletters --stack nobody": "no stack is named nobody"} {
		if status, _, stderr := look(t, strings.Fields(args)...); status == statusOK || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
}
