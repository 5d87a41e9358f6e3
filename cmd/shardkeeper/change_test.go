package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// stocked is a registry with streams of four open shards.
func stocked(t *testing.T, names ...string) *inmem.Registry {
	t.Helper()
	registry := inmem.New(inmem.Options{Now: clock})
	for _, name := range names {
		s := ledger.Item{
			Name: name, Status: ledger.Enrolled, OpenShards: 4, Fence: 7, SettingsRevision: 1, DueAt: now.Add(time.Minute),
			Tags: scaling.Layer{"mode": "enabled"}, Settings: scaling.Defaults(scaling.DoubleHalve),
		}
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return registry
}

func loaded(t *testing.T, registry *inmem.Registry, name string) ledger.Item {
	t.Helper()
	s, err := registry.Load(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetAndUnset(t *testing.T) {
	registry := stocked(t, "orders", "orders-eu", "payments")
	account := &fakeAccount{registry: registry}
	for _, step := range []struct{ args, says, orders, eu string }{
		{"set orders min-shards=2 --dry-run", "orders: overrides: min-shards (none) -> 2", "", ""},
		{"set orders min-shards=2 --yes", "orders: overrides: min-shards (none) -> 2", "2", ""},
		{"set orders min-shards=2 --yes", "", "2", ""},
		{"set orders* min-shards=3 --yes --reason fair", "orders-eu: overrides: min-shards (none) -> 3: fair", "3", "3"},
		{"unset orders-eu min-shards --yes", "orders-eu: overrides: min-shards 3 -> (none)", "3", ""},
	} {
		status, stdout, stderr := in(t, account, strings.Fields(step.args)...)
		if status != statusOK || !strings.Contains(stdout, step.says) || step.says == "" && !strings.Contains(stderr, "nothing is to be changed") {
			t.Errorf("%s: status %d\n%s%s", step.args, status, stdout, stderr)
		}
		if a, b := loaded(t, registry, "orders"), loaded(t, registry, "orders-eu"); a.Overrides["min-shards"] != step.orders || b.Overrides["min-shards"] != step.eu || a.Fence != 7 {
			t.Errorf("%s: %v, %v, fence %d", step.args, a.Overrides, b.Overrides, a.Fence)
		}
	}
	if s := loaded(t, registry, "orders"); !s.DueAt.Equal(now) {
		t.Errorf("the reconciler is to look at %s, want %s", s.DueAt, now)
	}
	if s := loaded(t, registry, "payments"); s.Overrides != nil {
		t.Errorf("payments: %v", s.Overrides)
	}
	_, stdout, _ := in(t, account, "history", "orders", "--until", "2026-11-25", "--output", "json")
	if !strings.Contains(stdout, `min-shards 2 -> 3: fair`) || !strings.Contains(stdout, ana) {
		t.Errorf("history:\n%s", stdout)
	}
}

// A key that is no setting, as of an older version or by hand, can be taken away where it is set.
func TestUnsetWhatIsNoSetting(t *testing.T) {
	registry := stocked(t, "orders", "orders-eu")
	registry.Override("orders", scaling.Layer{"min-shard": "3"})
	status, stdout, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields("unset orders* min-shard --yes")...)
	if status != statusOK || len(loaded(t, registry, "orders").Overrides) > 0 {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

// What would be left must be usable: else the last good settings stay, and nothing of what was taken away is gone. What
// cannot be used already can always be taken away.
func TestUnsetLeavesWhatCanBeUsed(t *testing.T) {
	for _, c := range []struct {
		overrides scaling.Layer
		args      string
		refuses   bool
	}{
		{scaling.Layer{"max-shards": "64", "min-shards": "32"}, "unset orders max-shards --yes", true},
		{scaling.Layer{"max-shards": "64", "min-shards": "32"}, "unset orders max-shards min-shards --yes", false},
		{scaling.Layer{"max-shards": "64", "min-shards": "32"}, "unset orders min-shards --yes", false},
		{scaling.Layer{"max-shards": "4", "min-shards": "32", "calm-minutes": "9"}, "unset orders calm-minutes --yes", false},
	} {
		registry := stocked(t)
		s, entries := ledger.Rules{}.Refresh(ledger.Item{Name: "orders", Overrides: c.overrides}, scaling.Summary{Name: "orders", OpenShards: 4, Status: scaling.StatusActive},
			scaling.Layer{"mode": "enabled", "max-shards": "8"}, now, "enroller")
		saved, err := registry.Save(t.Context(), s, entries...)
		if err != nil {
			t.Fatal(err)
		}
		registry.Override("orders", c.overrides)
		status, stdout, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields(c.args)...)
		if !c.refuses && (status != statusOK || loaded(t, registry, "orders").Revision == saved.Revision) {
			t.Errorf("%s of %v: status %d\n%s%s", c.args, c.overrides, status, stdout, stderr)
		}
		if want := "stream orders cannot do without: min-shards: 32 is above max-shards 8"; c.refuses && (status != statusUsage || !strings.Contains(stderr, want) || len(loaded(t, registry, "orders").Overrides) != len(c.overrides)) {
			t.Errorf("%s of %v: status %d\n%s%s", c.args, c.overrides, status, stdout, stderr)
		}
	}
}

func TestSetForAWhile(t *testing.T) {
	registry := stocked(t, "orders")
	account := &fakeAccount{registry: registry}
	status, stdout, stderr := in(t, account, strings.Fields("set orders max-shards=9 --until 2h --reason sale --yes")...)
	s := loaded(t, registry, "orders")
	if status != statusOK || len(s.Timed) != 1 || !s.Timed[0].Until.Equal(now.Add(2*time.Hour)) || s.Timed[0].Who != ana || s.Timed[0].Reason != "sale" || s.Overrides != nil {
		t.Fatalf("status %d, %+v\n%s%s", status, s.Timed, stdout, stderr)
	}
	status, stdout, _ = in(t, account, "unset", "orders", "--timed", s.Timed[0].ID, "--yes")
	if s := loaded(t, registry, "orders"); status != statusOK || len(s.Timed) != 0 || !strings.Contains(stdout, "taken away before its end: max-shards=9") {
		t.Errorf("status %d, %+v\n%s", status, s.Timed, stdout)
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"set orders min-shards=2", statusRefused, "nobody can be asked here"},
		{"set orders min-shard=2 --yes", statusUsage, "did you mean min-shards"},
		{"set orders min-shards=x --yes", statusUsage, "not a whole number"},
		{"set orders min-shards=5 max-shards=4 --yes", statusUsage, "above max-shards"},
		{"set orders min-shards --yes", statusUsage, "is not KEY=VALUE"},
		{"set orders min-shards= --yes", statusUsage, "no value"},
		{"set orders min-shards=1 min-shards=2 --yes", statusUsage, "given twice"},
		{"set orders min-shards=2 --until 2026-11-01 --yes", statusUsage, "not in the future"},
		{"set orders min-shards=2 --from 1h --yes", statusUsage, "--from needs --until"},
		{"set order min-shards=2 --yes", statusFailed, "no stream order is in table shardkeeper"},
		{"set x* min-shards=2 --yes", statusFailed, "none of 1 streams"},
		{"set [ min-shards=2 --yes", statusUsage, "is no pattern"},
		{"set o/x min-shards=2 --yes", statusUsage, "no stream is named"},
		{"set orders min-shards=2 --yes --reason " + strings.Repeat("x", 501), statusUsage, "501 bytes, at most 500"},
		{"unset orders --yes", statusUsage, "unset needs a setting"},
		{"unset orders min-shard --yes", statusUsage, `no setting is named "min-shard"; did you mean min-shards?`},
		{"unset orders --timed nope --yes", statusUsage, `no timed override of orders is named "nope"`},
		{"unset ord* --timed nope --all-timed --yes", statusUsage, `no timed override of ord* is named "nope"`},
		{"scale orders --to 0 --reason x --yes", statusUsage, "--to 0"},
		{"scale orders --to 8 --yes", statusUsage, "needs a reason"},
		{"scale orders --to 8 --for 1s --reason x --yes", statusUsage, "less than a minute"},
		{"scale orders --reason x --yes", statusUsage, "scale needs --to"},
		{"scale orders --to 8 --for 367d --reason x --yes", statusUsage, "--for 8808h is more than 366 days"},
		{"scale orders --to 8 --for 2 --reason x --yes", statusUsage, `--for: "2" is no length of time; want 30m, 2h or 7d`},
		{"scale orders --to 8 --for 2d --wait 0 --reason x --yes", statusUsage, "--wait 0s is not at least 10s; --no-wait does not wait"},
		{"scale orders --to 8 --wait -1h --reason x --yes", statusUsage, "--wait -1h0m0s is not at least 10s"},
		{"enroll orders --wait 9s --yes", statusUsage, "--wait 9s is not at least 10s"},
		{"adopt --wait -1d --yes", statusUsage, `--wait: "-1d" is no length of time`},
		{"adopt --wait 1s --yes", statusUsage, "--wait 1s is not at least 10s"},
		{"plan orders --at 3d --shards 8 --for 367d --yes", statusUsage, "--for 8808h is more than 366 days"},
		{"plan orders --at 3d --shards 8 --takes 2x --yes", statusUsage, `--takes: "2x" is no length of time`},
		{"pause orders --yes", statusUsage, "needs a reason"},
		{"pause --all --until 2h --reason x", statusUsage, "for the pause of a stream"},
	} {
		registry := stocked(t, "orders")
		before := loaded(t, registry, "orders").Revision
		status, stdout, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: status %d\n%s%s", c.args, status, stdout, stderr)
		}
		if after := loaded(t, registry, "orders").Revision; after != before {
			t.Errorf("%s: the item was written", c.args)
		}
	}
}

// asked runs the command where somebody answers.
func asked(t *testing.T, account *fakeAccount, answer string, args ...string) (status int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, environment{
		stdin: strings.NewReader(answer), stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 200}, now: clock,
		getenv: func(string) string { return "" }, open: account.open, asks: true,
	})
	return status, errs.String()
}

func TestItAsksFirst(t *testing.T) {
	for answer, changes := range map[string]bool{"y\n": true, "yes\n": true, "Y": true, "n\n": false, "\n": false, "": false, "sure\n": false} {
		registry := stocked(t, "orders")
		status, stderr := asked(t, &fakeAccount{registry: registry}, answer, "set", "orders", "min-shards=2")
		if status != statusOK || !strings.Contains(stderr, "change 1 streams?") || (loaded(t, registry, "orders").Overrides != nil) != changes {
			t.Errorf("%q: status %d, %v\n%s", answer, status, loaded(t, registry, "orders").Overrides, stderr)
		}
	}
}

// meddled is a registry to which somebody else writes just before the first write of overrides.
type meddled struct {
	*inmem.Registry

	meddle func()
}

func (m *meddled) SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if meddle := m.meddle; meddle != nil {
		m.meddle = nil
		meddle()
	}
	return m.Registry.SaveOverrides(ctx, before, after, entries...)
}

// A function that writes the item meanwhile is no matter; a person who sets something is.
func TestWhoWasFirst(t *testing.T) {
	registry := stocked(t, "orders")
	function := func() {
		if _, err := registry.Save(t.Context(), loaded(t, registry, "orders")); err != nil {
			t.Error(err)
		}
	}
	status, _, stderr := in(t, &fakeAccount{registry: &meddled{registry, function}}, strings.Fields("set orders min-shards=2 --yes")...)
	if status != statusOK || loaded(t, registry, "orders").Overrides["min-shards"] != "2" {
		t.Errorf("after a function: status %d, %v\n%s", status, loaded(t, registry, "orders").Overrides, stderr)
	}
	person := func() { registry.Override("orders", scaling.Layer{"min-shards": "3"}) }
	status, _, stderr = in(t, &fakeAccount{registry: &meddled{registry, person}}, strings.Fields("set orders min-shards=4 --yes")...)
	if status != statusRefused || loaded(t, registry, "orders").Overrides["min-shards"] != "3" || !strings.Contains(stderr, "somebody else has changed") {
		t.Errorf("after a person: status %d, %v\n%s", status, loaded(t, registry, "orders").Overrides, stderr)
	}
}

func TestPauseAndResumeStreams(t *testing.T) {
	registry := stocked(t, "orders", "orders-eu")
	account := &fakeAccount{registry: registry}
	for _, step := range []struct{ args, says string }{
		{"pause orders --reason moving --yes", "orders: overrides: pause (none) -> both: moving"},
		{"pause orders-eu --reason moving --until 2h --direction scale-down --yes", "orders-eu: timed override: pause=scale-down"},
	} {
		if status, stdout, stderr := in(t, account, strings.Fields(step.args)...); status != statusOK || !strings.Contains(stdout, step.says) {
			t.Errorf("%s: status %d\n%s%s", step.args, status, stdout, stderr)
		}
	}
	for name, want := range map[string]scaling.Paused{"orders": scaling.PausedBoth, "orders-eu": scaling.PausedDown} {
		if s, usable := (ledger.Rules{}).Effective(loaded(t, registry, name), now.Add(time.Minute)); !usable || s.Pause != want {
			t.Errorf("%s is paused %q, want %q", name, s.Pause, want)
		}
	}
	status, stdout, stderr := in(t, account, "resume", "orders*", "--yes")
	if status != statusOK || !strings.Contains(stdout, "pause both -> (none)") || !strings.Contains(stdout, "taken away before its end: pause=scale-down") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	for _, name := range []string{"orders", "orders-eu"} {
		if s := loaded(t, registry, name); len(s.Overrides) > 0 || len(s.Timed) > 0 {
			t.Errorf("%s: %v, %v", name, s.Overrides, s.Timed)
		}
	}
}
