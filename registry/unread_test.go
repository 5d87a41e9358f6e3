package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What could not be read is set aside by the next write, which names the revision as somebody left it.
func TestWhatCannotBeReadIsSetAside(t *testing.T) {
	edited := item(func(s map[string]string) {
		s["revision"], s["operations"], s["lease_until"] = `{"S":"12"}`, `{"S":"none"}`, `{"NULL":true}`
	})
	r, w := newWire(t, map[string][]answer{"GetItem": {edited}, "UpdateItem": {{body: "{}"}}})
	s, err := r.Load(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := r.Save(t.Context(), s)
	if err != nil || saved.Revision != 1 || len(saved.Unread) > 0 {
		t.Fatalf("revision %d, unread %v, error %v", saved.Revision, saved.Unread, err)
	}
	sent := w.request(1).action
	if got, want := sent.readable(sent.ConditionExpression), `revision = {"S":"12"}`; got != want {
		t.Errorf("condition %s, want %s", got, want)
	}
	changes := sent.readable(sent.UpdateExpression)
	for _, change := range []string{`revision_set_aside = {"S":"12"}`, `operations_set_aside = {"S":"none"}`, `lease_until_set_aside = {"NULL":true}`, `revision = {"N":"1"}`} {
		if !strings.Contains(changes, change) {
			t.Errorf("%s is missing: %s", change, changes)
		}
	}
}

// A revision that no write gives, such as 0, is named as it stands in the table, and is counted from 1 again.
func TestARevisionThatNoWriteGivesIsWrittenOver(t *testing.T) {
	for _, revision := range []string{`{"N":"0"}`, `{"N":"-3"}`} {
		edited := item(func(s map[string]string) { s["revision"] = revision })
		r, w := newWire(t, map[string][]answer{"GetItem": {edited}, "UpdateItem": {{body: "{}"}}})
		s, err := r.Load(t.Context(), "orders")
		if err != nil {
			t.Fatal(err)
		}
		saved, err := r.Save(t.Context(), s)
		if err != nil || saved.Revision != 1 {
			t.Fatalf("%s: revision %d, error %v", revision, saved.Revision, err)
		}
		sent := w.request(1).action
		if got, want := sent.readable(sent.ConditionExpression), "revision = "+revision; got != want {
			t.Errorf("condition %s, want %s", got, want)
		}
	}
}

// Whatever somebody leaves in an item, a claim is granted after two looks of the reconciler.
func TestEditsHeal(t *testing.T) {
	client := emulated(t)
	table := newTable(t, client)
	r := registry.New(client, table, registry.Options{})
	number := func(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
	operations := make([]any, 12)
	for i := range operations {
		operations[i] = map[string]any{"at": number(noon.Add(-time.Duration(30+i) * time.Hour)), "from_shards": 2, "to_shards": 4, "fence": 1}
	}
	operations[0] = map[string]any{"at": true}
	operations[5] = map[string]any{"at": "yesterday"}
	years := number(noon.AddDate(5, 0, 0))
	for name, edits := range map[string]map[string]any{
		"times": {"operations": operations}, "revision": {"revision": "12"}, "half": {"revision": 12.5}, "zero": {"revision": 0}, "below": {"revision": -3}, "null": {"revision": nil},
		"fence": {"fence": "six"}, "lease": {"lease_until": years}, "handled": {"up": map[string]any{"handled_at": years}},
		"kinds":   {"operations": "none", "up": 3, "down": []any{1}, "in_flight": "no", "alarms": true, "hot_key": 1, "usable_share": "all"},
		"unknown": {"of_somebody": map[string]any{"x": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s := seen()
			s.Name, s.Revision = name, 0
			if _, err := r.Save(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			for attribute, value := range edits {
				if value == nil {
					value = (*string)(nil)
				}
				if err := edit(t, client, table, name, "SET #n = :v", value, attribute); err != nil {
					t.Fatal(err)
				}
			}
			told := 0
			for range 2 {
				s, err := r.Load(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				s, entries := s.Mended(noon, "reconciler")
				if _, err := r.Save(t.Context(), s, entries...); err != nil {
					t.Fatal(err)
				}
				told += len(entries)
			}
			if want := 1; told != want && name != "unknown" {
				t.Errorf("told %d times, want %d", told, want)
			}
			s, err := r.Load(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			c := asked(scaling.Up) // by a transition since then: what was handled at a time ahead counts as handled now, and the alarm is armed again
			c.Decision.At, c.TransitionAt, c.LeaseUntil = noon.Add(2*time.Minute), noon.Add(time.Minute), noon.Add(4*time.Minute)
			if _, err := r.Claim(t.Context(), s, c); err != nil {
				t.Errorf("claim: %v", err)
			}
		})
	}
}

// A run's lease and the fleet's item are written again, whatever became of their revisions.
func TestTheLeaseHeals(t *testing.T) {
	for revision, want := range map[string]string{
		`{"S":"12"}`:    `{"N":"1"}`,
		`{"N":"12.5"}`:  `{"N":"13"}`,
		`{"N":"1e30"}`:  `{"N":"1"}`,
		`{"NULL":true}`: `{"N":"1"}`,
	} {
		r, w := newWire(t, map[string][]answer{
			"GetItem": {{body: `{"Item":{"owner":{"S":"x"},"revision":` + revision + `}}`}}, "TransactWriteItems": {{body: "{}"}},
		})
		held, err := r.Lease(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.SaveLease(t.Context(), ledger.Lease{Owner: "y", Revision: held.Revision}); err != nil {
			t.Fatal(err)
		}
		if sent := w.request(1); !strings.Contains(sent.text, `"revision":`+want) {
			t.Errorf("%s: want revision %s in %s", revision, want, sent.text)
		}
	}
}
