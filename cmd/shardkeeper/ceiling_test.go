package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What is above the stack's ceiling, 100 here, is said before anything is written; without --stack nobody knows the ceiling.
func TestTheCeilingIsKnownBefore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.yaml")
	write := func(text string) string {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "apply " + file
	}
	for _, test := range []struct {
		args string
		says string // of a refusal
	}{
		{"set orders max-shards=101", "stream orders cannot have max-shards=101: stack keeper lets no stream have more than 100 open shards; raise its parameter MaxShardsCeiling"},
		{"set orders max-shards=100", ""},
		{"set orders min-shards=200 max-shards=300 --until 2h", "min-shards=200"},
		{"set * max-shards=101", "stream payments cannot have"},
		{"set orders target-utilization=0.8", ""}, // what is above it already is no news
		{"scale orders --to 101 --reason sale --no-wait", "min-shards=101"},
		{"scale orders --to 100 --reason sale --no-wait", ""},
		{"plan orders --at 2d --shards 128 --reason sale", "min-shards=128"},
		{"plan orders --at 2d --shards 90 --reason sale", ""},
		{"enroll orders max-shards=1000 --no-wait", "max-shards=1000"},
		{"enroll orders max-shards=50 --no-wait", ""},
		{write("streams:\n  orders:\n    overrides:\n      max-shards: 101\n"), "max-shards=101"},
	} {
		for stack, refuses := range map[string]bool{" --stack keeper": test.says != "", "": false} {
			r := inmem.New(inmem.Options{})
			for _, name := range []string{"orders", "payments"} {
				item := ledger.Item{Name: name, Status: ledger.Enrolled, Settings: scaling.Defaults(scaling.DoubleHalve), OpenShards: 60, DueAt: now}
				if _, err := r.Save(t.Context(), item); err != nil {
					t.Fatal(err)
				}
			}
			r.Override("orders", scaling.Layer{"max-shards": "5000"})
			before, err := r.Load(t.Context(), "orders")
			if err != nil {
				t.Fatal(err)
			}
			account := &fakeAccount{registry: r, watched: &watched{shards: 60}}
			account.tags = knownTags{account.watched}
			status, stdout, stderr := in(t, account, append(strings.Fields(test.args+stack), "--yes")...)
			after, err := r.Load(t.Context(), "orders")
			if err != nil {
				t.Fatal(err)
			}
			if refuses && (status != statusRefused || !strings.Contains(stderr, test.says) || stdout != "" || after.Revision != before.Revision) {
				t.Errorf("%s%s: status %d, %s%s; revision %d, was %d", test.args, stack, status, stdout, stderr, after.Revision, before.Revision)
			}
			if !refuses && status != statusOK {
				t.Errorf("%s%s: status %d, %s", test.args, stack, status, stderr)
			}
		}
	}
}

// A minimum above the stack's ceiling, by a tag or a schedule, is the ceiling; so a plan that keeps what is set for its time
// does not ask for more than that.
func TestAPlanKeepsTheCeilingOfWhatIsSet(t *testing.T) {
	for name, tags := range map[string]scaling.Layer{
		"by a tag":      {"mode": "enabled", "min-shards": "200", "max-shards": "300"},
		"by a schedule": {"mode": "enabled", "max-shards": "300", "schedule": "mon-sun 00:00 UTC 24h min=200"},
	} {
		r := inmem.New(inmem.Options{})
		summary := scaling.Summary{Name: "orders", OpenShards: 60, Status: scaling.StatusActive}
		item, entries := ledger.Rules{MaxShardsCeiling: 100}.Refresh(ledger.Item{Name: "orders"}, summary, tags, now, "reconciler")
		item.OpenShards = 60
		if _, err := r.Save(t.Context(), item, entries...); err != nil {
			t.Fatal(err)
		}
		status, stdout, stderr := in(t, &fakeAccount{registry: r}, strings.Fields("plan orders --at 2d --shards 90 --reason sale --stack keeper --yes")...)
		after, err := r.Load(t.Context(), "orders")
		if err != nil {
			t.Fatal(err)
		}
		if status != statusOK || len(after.Timed) != 2 || after.Timed[1].Settings["min-shards"] != "100" {
			t.Errorf("%s: status %d, %+v\n%s%s", name, status, after.Timed, stdout, stderr)
		}
	}
}
