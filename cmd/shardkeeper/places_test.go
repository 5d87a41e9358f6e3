package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// twoRegions is an account with a table in two Regions, each with an hour between its entries, and with a third Region that
// does not answer.
func twoRegions(t *testing.T) func(context.Context, operator.Access, func() time.Time) (services, error) {
	t.Helper()
	accounts := map[string]*fakeAccount{}
	for i, region := range []string{"eu-west-1", "us-east-1"} {
		r := inmem.New(inmem.Options{})
		entry := func(hours int) ledger.Entry {
			at := now.Add(-time.Duration(2*hours+i) * time.Hour)
			return ledger.Entry{Stream: "orders", At: at, ID: "hold", Kind: ledger.KindHold, From: 4 + i, To: 4 + i, Actor: "scaler/1", Detail: "of " + region}
		}
		item := ledger.Item{Name: "orders", Status: ledger.Enrolled, Settings: scaling.Defaults(scaling.DoubleHalve), OpenShards: 4, DueAt: now}
		if i == 1 {
			item.Status, item.StatusReason = ledger.Suspended, "on-demand"
		}
		if _, err := r.Save(t.Context(), item, entry(1), entry(2), entry(3)); err != nil {
			t.Fatal(err)
		}
		accounts[region] = &fakeAccount{registry: r, watched: &watched{shards: 4, alarm: scaling.StateOK}, access: operator.Access{Region: region}}
	}
	return func(ctx context.Context, to operator.Access, now func() time.Time) (services, error) {
		account := accounts[to.Region]
		if account == nil {
			return nil, errors.New("Region " + to.Region + " does not answer")
		}
		return account.open(ctx, to, now)
	}
}

// inRegions runs the command there.
func inRegions(t *testing.T, args string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), strings.Fields(args), environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: oldWidth}, now: clock,
		getenv: func(string) string { return "" }, open: twoRegions(t),
	})
	return status, out.String(), errs.String()
}

func TestSeveralRegionsAreOneHistory(t *testing.T) {
	const both = "--region eu-west-1,us-east-1"
	for _, test := range []struct {
		args   string
		status int
		found  string // the hours of the entries, and their places
		says   string
	}{
		{"history " + both, statusOK, "10 eu, 09 us, 08 eu, 07 us, 06 eu, 05 us", ""},
		{"history orders --limit 3 " + both, statusOK, "10 eu, 09 us, 08 eu", "the newest 3 entries"},
		{"history --limit 0 --who SCALER " + both, statusOK, "10 eu, 09 us, 08 eu, 07 us, 06 eu, 05 us", ""},
		{"history --region us-east-1", statusOK, "09 us, 07 us, 05 us", ""},
		{"history --region eu-west-1,mars-north-1,us-east-1 --limit 1", statusFailed, "10 eu", "1 of 3 places could not be asked: mars-north-1"},
		{"history nobody " + both, statusFailed, "", "no stream nobody is in any of 2 places"},
		{"history orders --since 1h " + both, statusOK, "", "no history of stream orders from 2026-11-24T11:00:00Z to 2026-11-24T12:00:00Z in 2 places"},
		{"history --table missing " + both, statusFailed, "", "2 of 2 places could not be asked"},
		{"history --all-regions " + both, statusUsage, "", "exclude each other"},
	} {
		status, stdout, stderr := inRegions(t, test.args+" -o json")
		var found []string
		for line := range strings.Lines(stdout) {
			_, at, _ := strings.Cut(line, `"at":"2026-11-24T`)
			_, region, _ := strings.Cut(line, `"region":"`)
			found = append(found, at[:2]+" "+region[:2])
		}
		if got := strings.Join(found, ", "); status != test.status || got != test.found || !strings.Contains(stderr, test.says) {
			t.Errorf("%s: status %d, found %q, says %q", test.args, status, got, stderr)
		}
	}
	_, stdout, _ := inRegions(t, "history "+both)
	golden(t, "history-regions.text", stdout)
}

// What a Region says is told even if another one does not answer.
func TestSeveralRegionsAreLookedAt(t *testing.T) {
	for args, says := range map[string][]string{
		"doctor":                       {"grave us-east-1 orders it is suspended: on-demand", "(Region eu-west-1): 1 streams", "mars-north-1 does not answer", "1 of 3 places", "something is grave"},
		"deadletters --stack keeper":   {"eu-west-1 scaler 2", "us-east-1 scaler 2", "mars-north-1 does not answer", "1 of 3 places"},
		"streams":                      {"orders eu-west-1", "orders us-east-1", "mars-north-1 does not answer", "1 of 3 places"},
		"doctor --stack keeper -o csv": {",us-east-1,", "mars-north-1 does not answer"},
	} {
		status, stdout, stderr := inRegions(t, args+" --region eu-west-1,us-east-1,mars-north-1")
		text := strings.Join(strings.Fields(stdout+stderr), " ")
		for _, want := range says {
			if status != statusFailed || !strings.Contains(text, want) {
				t.Errorf("%s: status %d, %q is not in\n%s%s", args, status, want, stdout, stderr)
			}
		}
	}
}

// A look that is repeated ends with Ctrl-C, and with nothing but a word on that.
func TestLooksAreWatched(t *testing.T) {
	for _, args := range []string{"show orders", "explain orders", "deadletters --stack keeper", "streams", "streams --region eu-west-1,us-east-1"} {
		ctx, cancel := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		looks := 0
		status := run(ctx, append(strings.Fields(args), "--watch", "5s"), environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 80}, getenv: func(string) string { return "" }, shared: true,
			open: (&fakeAccount{registry: fleet(t), watched: &watched{records: 7600, alarm: scaling.StateAlarm, shards: 8}}).open, now: clock,
			wait: func(ctx context.Context, _ time.Duration) error {
				if looks++; looks == 3 {
					cancel()
				}
				return ctx.Err()
			},
		})
		last := strings.Split(strings.TrimSpace(errs.String()), "\n")
		if status != statusInterrupted || strings.Count(out.String(), "\x1b[2J") != 3 || last[len(last)-1] != "shardkeeper: interrupted" {
			t.Errorf("%s: status %d, %d looks, %q, %s", args, status, looks, out.String(), errs.String())
		}
	}
	if status, _, stderr := look(t, "explain", "orders", "--at", "1h", "--watch", "1m"); status != statusUsage || !strings.Contains(stderr, "exclude each other") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// What comes in several Regions is printed by its time; a Region that does not answer would be missed, so it is an error.
func TestSeveralRegionsAreFollowed(t *testing.T) {
	for args, want := range map[string]struct {
		status int
		says   string
	}{
		"history orders --follow --region eu-west-1,us-east-1": {statusInterrupted, "05 06 07 08 09 10"},
		"history --follow --region eu-west-1,mars-north-1":     {statusFailed, ""},
		"history nobody --follow --region eu-west-1,us-east-1": {statusFailed, ""},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		status := run(ctx, append(strings.Fields(args), "-o", "json"), environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: oldWidth}, now: clock,
			getenv: func(string) string { return "" }, open: twoRegions(t),
			wait: func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() },
		})
		cancel()
		var hours []string
		for line := range strings.Lines(out.String()) {
			_, at, _ := strings.Cut(line, `"at":"2026-11-24T`)
			hours = append(hours, at[:2])
		}
		if got := strings.Join(hours, " "); status != want.status || got != want.says {
			t.Errorf("%s: status %d, %q, %s", args, status, got, errs.String())
		}
	}
}

// A place that is named twice would be counted twice, and an empty name is that of the environment.
func TestAPlaceIsNamedOnce(t *testing.T) {
	for args, says := range map[string]string{
		"streams --region eu-west-1,eu-west-1":          "--region eu-west-1 is there twice",
		"history --region eu-west-1 --region eu-west-1": "--region eu-west-1 is there twice",
		"survey --region eu-west-1,":                    "one of the names of --region is empty",
		"doctor --profile a,b,a":                        "--profile a is there twice",
	} {
		status, stdout, stderr := inRegions(t, args)
		if status != statusUsage || stdout != "" || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d, %q\n%s", args, status, stderr, stdout)
		}
	}
}
