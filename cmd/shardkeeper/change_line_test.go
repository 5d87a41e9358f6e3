package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// TestTheVerbsSpeakJSON runs each verb that steers on a model of AWS, and holds what it tells programs.
func TestTheVerbsSpeakJSON(t *testing.T) {
	w := simulate.New(simulate.Options{Start: now})
	t.Cleanup(w.Close)
	load := func(int) trace.Rate { return trace.Rate{Records: 1500, Bytes: 1 << 20} }
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Age: 30 * 24 * time.Hour, Load: load}); err != nil {
		t.Fatal(err)
	}
	account := &fakeAccount{registry: w.Registry(), tags: modelTags{w}}
	file := fileOf(t, "streams: {orders: {overrides: {max-shards: 64}}}")
	var printed strings.Builder
	for _, args := range []string{
		"enroll orders min-shards=2 --dry-run", "enroll orders min-shards=2 --yes", "enroll orders min-shards=2 --yes",
		"set orders min-shards=3 --reason sizes --dry-run", "set orders min-shards=3 --reason sizes --yes", "set orders mode=enabled --until 2h --yes --reason x",
		"unset orders min-shards --all-timed --yes", "apply FILE --yes",
		"scale orders --to 8 --for 2h --reason sale --yes", "plan orders --at 6h --shards 16 --takes 10m --reason monday --yes",
		"pause orders --reason moving --direction scale-down --yes", "resume orders --yes", "resume orders --yes",
		"pause --all --reason incident --dry-run", "pause --all --reason incident", "pause --all --reason incident", "resume --all --dry-run", "resume --all", "resume --all",
		"unenroll orders --yes",
	} {
		var out, errs bytes.Buffer
		words := strings.Fields(strings.Replace(args, "FILE", file, 1))
		status := run(t.Context(), append(words, "-o", "json"), environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: w.Now, getenv: func(string) string { return "" }, open: account.open,
			wait: func(ctx context.Context, _ time.Duration) error { return w.Run(ctx, 1) },
		})
		if status != statusOK {
			t.Errorf("%s: status %d, %s", args, status, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: %s", args, line)
			}
		}
		printed.WriteString("$ shardkeeper " + args + "\n" + out.String())
		if err := w.Run(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "verbs.json", printed.String())
}

// Where somebody is asked, what would change is on the terminal, and stdout has the lines alone.
func TestAQuestionIsNoJSON(t *testing.T) {
	for answer, outcome := range map[string]string{"y\n": changed, "n\n": notChanged} {
		registry := stocked(t, "orders")
		var out, errs bytes.Buffer
		status := run(t.Context(), strings.Fields("set orders min-shards=2 -o json"), environment{
			stdin: strings.NewReader(answer), stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: clock,
			getenv: func(string) string { return "" }, open: (&fakeAccount{registry: registry}).open, asks: true,
		})
		var line changeLine
		err := json.Unmarshal(out.Bytes(), &line)
		if status != statusOK || err != nil || line.Outcome != outcome || line.Actor != ana || !strings.Contains(errs.String(), "orders: overrides: min-shards (none) -> 2") {
			t.Errorf("%q: status %d, %v, %s%s", answer, status, err, out.String(), errs.String())
		}
	}
}

// A change of a refused stream tells nothing as done.
func TestARefusalHasNoLines(t *testing.T) {
	registry := stocked(t, "orders")
	registry.Override("orders", scaling.Layer{"pause": "both"})
	status, stdout, _ := in(t, &fakeAccount{registry: registry}, strings.Fields("set orders min-shards=zero --yes -o json")...)
	if status != statusUsage || stdout != "" {
		t.Errorf("status %d, %s", status, stdout)
	}
}
