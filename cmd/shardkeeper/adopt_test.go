package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// adopted are streams as the predecessor scales them; the last one is gone.
func adopted() []operator.Predecessor {
	layer := scaling.Layer{
		"policy": "double-halve", "scale-up-threshold": "0.75", "scale-up-period-minutes": "5", "scale-up-evaluation-periods": "5", "scale-up-datapoints-to-alarm": "5",
		"scale-down-threshold": "0.25", "scale-down-period-minutes": "5", "scale-down-evaluation-periods": "60", "scale-down-datapoints-to-alarm": "57",
		"iterator-age-minutes": "30",
	}
	var all []operator.Predecessor
	for _, stream := range []string{"orders", "orders-eu", "gone"} {
		all = append(all, operator.Predecessor{Stream: stream, Settings: layer, Notifies: []string{"arn:aws:sns:eu-west-1:123456789012:scaling-topic"}})
	}
	return all
}

func TestAdopt(t *testing.T) {
	w := simulate.New(simulate.Options{Start: now})
	t.Cleanup(w.Close)
	for _, stream := range []string{"orders", "orders-eu"} {
		if err := w.CreateStream(simulate.StreamSpec{Name: stream, Shards: 4, Age: 30 * 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	account := &fakeAccount{registry: w.Registry(), tags: modelTags{w}, watched: &watched{predecessors: adopted(), others: []string{"theirs-scale-up"}}}
	do := func(args string) (int, string, string) {
		t.Helper()
		var out, errs bytes.Buffer
		status := run(t.Context(), strings.Fields(args), environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: w.Now, getenv: func(string) string { return "" }, open: account.open,
			wait: func(ctx context.Context, _ time.Duration) error { return w.Run(ctx, 1) },
		})
		return status, out.String(), errs.String()
	}
	status, stdout, stderr := do("adopt --dry-run")
	if status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	golden(t, "adopt-dry-run.text", stdout+stderr)
	if _, err := w.Registry().Load(t.Context(), "orders"); err == nil {
		t.Fatal("a dry run has enrolled")
	}
	if status, _, stderr := do("adopt pay* --yes"); status != statusOK || !strings.Contains(stderr, `of 3 streams with alarms of the predecessor in Region eu-west-1 none is like "pay*"`) {
		t.Errorf("none: status %d, %s", status, stderr)
	}
	status, stdout, stderr = do("adopt --yes -o json")
	if status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	golden(t, "adopt.json", stdout)
	for _, stream := range []string{"orders", "orders-eu"} {
		s, err := w.Registry().Load(t.Context(), stream)
		if err != nil || s.Status != ledger.Enrolled || s.Settings.ScaleUpThreshold != 0.75 || s.Settings.ScaleDownAlarm.DatapointsToAlarm != 57 || s.Settings.Policy != scaling.DoubleHalve {
			t.Errorf("%s: %s, %+v, %v", stream, s.Status, s.Settings, err)
		}
		if s.Settings.IteratorAgeMinutes != 30 {
			t.Errorf("%s: age %d", stream, s.Settings.IteratorAgeMinutes)
		}
	}
	if status, stdout, stderr := do("adopt --yes"); status != statusOK || stdout != "" || !strings.Contains(stderr, "nothing is to be changed") {
		t.Errorf("again: status %d, %s%s", status, stdout, stderr)
	}
}

func TestAdoptWithTheStacksSettings(t *testing.T) {
	w := simulate.New(simulate.Options{Start: now})
	t.Cleanup(w.Close)
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Age: 30 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	odd := adopted()[0]
	odd.Settings = scaling.Layer{"policy": "double-halve", "scale-up-threshold": "0.2", "scale-down-threshold": "0.5"}
	account := &fakeAccount{registry: w.Registry(), tags: modelTags{w}, watched: &watched{predecessors: []operator.Predecessor{odd}}}
	status, stdout, stderr := in(t, account, strings.Fields("adopt --yes --no-wait")...)
	if status != statusRefused || !strings.Contains(stderr, "take it over with --settings stack") || stdout != "" {
		t.Errorf("alarms that make no settings: status %d, %s%s", status, stdout, stderr)
	}
	status, stdout, stderr = in(t, account, strings.Fields("adopt --settings stack --yes --no-wait")...)
	if status != statusOK || stdout != "orders: tag shardkeeper (none) -> enabled\n" || !strings.Contains(stderr, "orders: its alarms have policy=double-halve, scale-down-threshold=0.5") {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr := in(t, account, "adopt", "["); status != statusUsage || !strings.Contains(stderr, "is no pattern") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
