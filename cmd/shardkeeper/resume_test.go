package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// heldAndPaused is a registry with a stream that is held, one that is paused, one that is both, and one that is neither.
func heldAndPaused(t *testing.T) *inmem.Registry {
	t.Helper()
	registry := stocked(t, "both", "free", "held", "paused")
	for _, name := range []string{"both", "held"} {
		s := loaded(t, registry, name)
		s.Opposed = ledger.Opposed{At: now.Add(-time.Hour), By: "Terraform (arn:deployer)", HeldUntil: now.Add(time.Hour)}
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"both", "paused"} {
		registry.Override(name, scaling.Layer{"pause": "both"})
	}
	return registry
}

// stopped names the streams that are held and those that are paused.
func stopped(t *testing.T, registry *inmem.Registry) string {
	t.Helper()
	var all []string
	for _, name := range []string{"both", "free", "held", "paused"} {
		s := loaded(t, registry, name)
		if s.Opposed.HeldUntil.After(now) {
			all = append(all, "held "+name)
		}
		if s.Overrides["pause"] != "" {
			all = append(all, "paused "+name)
		}
	}
	return strings.Join(all, ", ")
}

// Holds and pauses are shown together and asked for once. Nothing ends before somebody has agreed.
func TestResumeAsksOnce(t *testing.T) {
	const all = "held both, paused both, held held, paused paused"
	for _, test := range []struct {
		args, answer string
		status       int
		says, left   string
	}{
		{"resume *", "n\n", statusOK, "change 3 streams?", all},
		{"resume *", "", statusOK, "nothing was changed", all},
		{"resume *", "y\n", statusOK, "change 3 streams?", ""},
		{"resume both", "n\n", statusOK, "change 1 streams?", all},
		{"resume both", "y\n", statusOK, "changed: 1 streams", "held held, paused paused"},
		{"resume h*", "n\n", statusOK, "change 1 streams?", all},
		{"resume held", "", statusOK, "", "held both, paused both, paused paused"},
		{"resume held --dry-run", "", statusOK, "nothing was changed: --dry-run", all},
		{"resume * --yes -o json", "", statusOK, "changed: 3 streams", ""},
	} {
		registry := heldAndPaused(t)
		status, stderr := asked(t, &fakeAccount{registry: registry}, test.answer, strings.Fields(test.args)...)
		if left := stopped(t, registry); status != test.status || !strings.Contains(stderr, test.says) || left != test.left || strings.Count(stderr, "y for yes") > 1 {
			t.Errorf("%s, %q: status %d, left %q, want %q\n%s", test.args, test.answer, status, left, test.left, stderr)
		}
	}
}

// Where nobody can be asked nothing ends, and a dry run tells of holds too.
func TestResumeTellsOfHolds(t *testing.T) {
	for args, status := range map[string]int{"resume *": statusRefused, "resume both": statusRefused, "resume * --dry-run": statusOK, "resume both --dry-run": statusOK} {
		registry := heldAndPaused(t)
		before := stopped(t, registry)
		got, stdout, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields(args)...)
		for _, want := range []string{"both: overrides: pause both -> (none)", "both: goes on; it was held until 2026-11-24T13:00:00Z"} {
			if got != status || !strings.Contains(stdout, want) || stopped(t, registry) != before {
				t.Errorf("%s: status %d, left %q\n%s%s", args, got, stopped(t, registry), stdout, stderr)
			}
		}
	}
	_, stdout, _ := in(t, &fakeAccount{registry: heldAndPaused(t)}, "resume", "held", "-o", "json")
	if strings.Count(stdout, "\n") != 1 || !strings.Contains(stdout, `"outcome":"changed"`) || !strings.Contains(stdout, "goes on") {
		t.Errorf("for programs:\n%s", stdout)
	}
}
