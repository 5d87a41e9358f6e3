package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// scaledDay is a stream whose day was: 2 shards, a scale-up to 4 by an alarm, one to 8 that was refused, and 6 by a person.
func scaledDay(t *testing.T) *fakeAccount {
	t.Helper()
	var samples []scaling.Sample
	start := now.Add(-24*time.Hour - exportLag)
	for minute := range 24 * 60 {
		s := scaling.Sample{At: start.Add(time.Duration(minute) * time.Minute), Records: 1500, Bytes: 150_000}
		if minute == 100 {
			s.Throttled = 500 // a quarter of what was sent
		}
		samples = append(samples, s)
	}
	r := inmem.New(inmem.Options{})
	item := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, EnrolledAt: start, Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1,
		OpenShards: 6, SeenAt: now, DueAt: now,
	}
	trail := scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.75 of records"}, {Code: scaling.Doubled}}
	entries := []ledger.Entry{
		{At: start.Add(2 * time.Hour), ID: "op-1", Kind: ledger.KindOperation, Direction: scaling.Up, From: 2, To: 4, Outcome: ledger.OutcomeCompleted, Duration: 2 * time.Minute, Reasons: trail, Alarm: "orders-scale-up", Actor: "scaler/1"},
		{At: start.Add(4 * time.Hour), ID: "op-2", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8, Outcome: ledger.OutcomeRefused, Reasons: trail, Detail: "no room in the account"},
		{At: start.Add(6 * time.Hour), ID: "ext-1", Kind: ledger.KindExternal, Direction: scaling.Up, From: 4, To: 6, Actor: "arn:aws:iam::123456789012:user/alice", Detail: "UpdateShardCount"},
		{At: start.Add(8 * time.Hour), ID: "hold-1", Kind: ledger.KindHold, From: 6, To: 6, Reasons: scaling.Trail{{Code: scaling.HoldCooldown}}},
	}
	for i := range entries {
		entries[i].Stream = "orders"
	}
	if _, err := r.Save(t.Context(), item, entries...); err != nil {
		t.Fatal(err)
	}
	return &fakeAccount{registry: r, traffic: &cloudWatch{samples: samples}}
}

func TestReportTellsWhatHappened(t *testing.T) {
	account, page := scaledDay(t), filepath.Join(t.TempDir(), "orders.html")
	status, stdout, stderr := onAccount(t, oldWidth, account, "report", "orders", page, "--days", "1")
	if status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	golden(t, "report.text", stdout+stderr)
	text := readText(t, page)
	for _, want := range []string{
		"Shardkeeper report", ">orders<", "as it is", "double-halve", "target-tracking", "provisioned at peak", "on-demand",
		"It starts with 2 open shards, goes from 2 up to 6, with 2 scale-ups and 0 scale-downs.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if calls := len(account.traffic.asked); calls != 1 {
		t.Errorf("%d calls of CloudWatch for one day", calls)
	}
}

func TestReportKnowsWhatItIsAskedFor(t *testing.T) {
	account := scaledDay(t)
	for args, says := range map[string]string{
		"report orders": "needs one stream and one file", "report no/name x.html": "no stream is named", "report orders x.html --days 61": "is not between 1 and 60",
		"report ordres x.html": "no stream ordres is in table from-environment (Region eu-west-1); did you mean orders?", "report orders x.html --stack a --table b": "give one",
		"report orders " + filepath.Join(t.TempDir(), "missing", "x.html") + " --days 1": "missing",
	} {
		if status, _, stderr := onAccount(t, 0, account, strings.Fields(args)...); status == statusOK || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
	silent := scaledDay(t)
	silent.traffic.samples = nil
	if status, _, stderr := onAccount(t, 0, silent, "report", "orders", "x.html"); status == statusOK || !strings.Contains(stderr, "has no traffic of stream orders") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// The page's decisions are the history's: with who, why, and what came of them.
func TestEachEntryIsShownAsWhatItCameTo(t *testing.T) {
	for _, test := range []struct {
		entry ledger.Entry
		event string
		who   string
		seen  []trial.Seen
	}{
		{ledger.Entry{At: now, Kind: ledger.KindOperation, From: 2, To: 4, Outcome: ledger.OutcomeCompleted, Duration: time.Minute, Actor: "scaler/1", Alarm: "up"}, "operation", "alarm up, scaler/1", []trial.Seen{{At: now.Add(-time.Millisecond), Open: 2}, {At: now.Add(time.Minute), Open: 4}}},
		{ledger.Entry{At: now, Kind: ledger.KindOperation, From: 2, To: 4, Outcome: ledger.OutcomeNotApplied}, "refused", "", []trial.Seen{{At: now.Add(-time.Millisecond), Open: 2}}},
		{ledger.Entry{At: now, Kind: ledger.KindOperation, From: 2, To: 4, Outcome: ledger.OutcomeUnknown}, "unknown", "", []trial.Seen{{At: now.Add(-time.Millisecond), Open: 2}}},
		{ledger.Entry{At: now, Kind: ledger.KindHold, From: 2, To: 2, Reasons: scaling.Trail{{Code: scaling.HoldDryRun}}}, "dry_run", "", []trial.Seen{{At: now.Add(-time.Millisecond), Open: 2}}},
		{ledger.Entry{At: now, Kind: ledger.KindExternal, To: 4, Actor: "alice"}, "operation", "alice", []trial.Seen{{At: now, Open: 4}}},
		{ledger.Entry{At: now, Kind: ledger.KindSettings, From: 4, To: 4}, "", "", nil},
	} {
		d, is := decisionOf(test.entry)
		if is != (test.event != "") || is && (string(d.Event) != test.event || d.Who != test.who) {
			t.Errorf("%s %s: %t, %s by %q", test.entry.Kind, test.entry.Outcome, is, d.Event, d.Who)
		}
		if seen := seenIn(test.entry); len(seen) != len(test.seen) || len(seen) > 0 && seen[len(seen)-1] != test.seen[len(seen)-1] {
			t.Errorf("%s %s: seen %v", test.entry.Kind, test.entry.Outcome, seen)
		}
	}
}

// A stream whose tags could not be used from the start has a past all the same, and no bounds that a policy could keep to.
func TestReportOfAStreamWithoutSettings(t *testing.T) {
	account, page := scaledDay(t), filepath.Join(t.TempDir(), "orders.html")
	item, err := account.registry.Load(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	item.Status, item.StatusReason, item.Settings, item.SettingsRevision = ledger.Suspended, ledger.SuspendedSettings, scaling.Settings{Mode: scaling.ModeDisabled}, 0
	if _, err := account.registry.Save(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := onAccount(t, oldWidth, account, "report", "orders", page, "--days", "1")
	if status != statusOK || !strings.Contains(stdout, "target-tracking") {
		t.Errorf("status %d, %s\n%s", status, stderr, stdout)
	}
}

// Without a name of the page nothing is read, and nothing is paid.
func TestReportNeedsTheNameOfItsPage(t *testing.T) {
	status, stdout, stderr := onAccount(t, oldWidth, &fakeAccount{}, "report", "orders", "")
	if status != statusUsage || stdout != "" || !strings.Contains(stderr, "the name of FILE is empty") {
		t.Errorf("status %d, %s\n%s", status, stderr, stdout)
	}
}
