package registry

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 123_000_000, time.UTC) }

// fullSettings are numbers for the golden file, whatever the defaults are.
func fullSettings() scaling.Settings {
	return scaling.Settings{
		Mode: scaling.ModeEnabled, Policy: scaling.DoubleHalve, Pause: scaling.PausedDown, MinShards: 1, MaxShards: 64,
		ScaleUpThreshold: 0.75, ScaleDownThreshold: 0.25, ThrottledShare: 0.01, NominalThresholds: scaling.NominalUp, UsableShare: 0.7,
		ScaleUpAlarm:      scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 3},
		ScaleDownAlarm:    scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 11},
		ScaleDownCooldown: 10 * time.Minute, ScaleUpReserve: 3, OperationLimit: 10,
		Calm:              6 * time.Hour,
		TargetUtilization: 0.75, ForecastUtilization: 0.9, ForecastConfidence: 0.7, OperationPrice: 0.03, PeakHold: 10 * time.Minute,
		MinSaving: 0.25, MaxGrowth: 16, Lead: 5 * time.Minute,
		IteratorAgeMinutes: 30, Consumer: "orders-consumer", ConsumerConcurrencyPerShard: 1, ConsumerDrift: scaling.DriftTell,
	}
}

// fullStream has every field set.
func fullStream() ledger.Item {
	s := ledger.Item{
		Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", CreatedAt: noon().AddDate(0, -1, 0),
		Status: ledger.Suspended, StatusReason: ledger.SuspendedOnDemand, EnrolledAt: noon().AddDate(0, 0, -1), UpdatedAt: noon(),
		Revision: 12, Tags: scaling.Layer{"mode": "enabled", "max-shards": "64"},
		Settings: fullSettings(), Untimed: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 3, SettingsFault: "min-shards: \"x\" is not a whole number",
		OpenShards: 4, SeenAt: noon().Add(-2 * time.Minute), Fence: 7, LeaseOwner: "scaler/7c1f", LeaseUntil: noon().Add(2 * time.Minute),
		Operations: scaling.Operations{
			{At: noon(), Direction: scaling.Up, From: 4, To: 8, Fence: 7, Actor: "scaler/7c1f", Since: noon().Add(-time.Minute)},
			{At: noon().Add(-time.Hour), Direction: scaling.Down, From: 8, To: 4, Actor: "arn:aws:iam::123456789012:user/ana"},
		},
		Up:     ledger.Watch{Handled: noon().Add(-time.Minute), RetryAt: noon().Add(time.Hour)},
		Down:   ledger.Watch{Handled: noon().Add(-24 * time.Hour)},
		Alarms: ledger.AlarmsHeld{Shards: 4, SettingsRevision: 3, Usable: 0.76, HotKey: true, At: noon().Add(-time.Hour)},
		HotKey: scaling.HotKey{
			Before: scaling.Refusals{At: noon().Add(-2 * time.Hour), Shards: 2, Share: 0.2, Demand: 1.75},
			After:  scaling.Refusals{At: noon().Add(-time.Hour), Shards: 4, Share: 0.19, Demand: 1.8},
			AskAt:  noon().Add(23 * time.Hour),
			Helped: noon().Add(-30 * time.Hour),
		},
		Measured: ledger.Measured{At: noon().Add(-time.Minute), Utilization: 0.625, Limit: scaling.LimitRecords},
		Usable: scaling.UsableShare{
			Start: 0.8, Since: noon().Add(-time.Hour), To: noon().Add(-time.Minute),
			Sizes: []scaling.SizeShare{
				{Size: 4, Share: 0.78, RefusedAt: noon().AddDate(0, 0, -2), SeenAt: noon().Add(-2 * time.Minute)},
				{Size: 8, Share: 0.75, RefusedAt: noon().AddDate(0, 0, -1), SeenAt: noon().Add(-3 * time.Hour)},
			},
		},
		Longest: 7 * time.Minute, FailedClaims: 2,
		LastDrain: ledger.Drain{At: noon().Add(-time.Hour), Took: 4 * time.Minute},
		Recuts: []ledger.Recut{
			{At: noon().Add(-time.Minute), ID: "8f2c1d3e", Shards: 1, Seen: true}, {At: noon().Add(-time.Hour), ID: "8f2c1d3d", Shards: -1},
		},
		Consumer: ledger.ConsumerHeld{Function: "orders-consumer", Concurrency: 8},
		Opposed:  ledger.Opposed{At: noon().Add(-time.Hour), By: "Terraform (arn:aws:iam::123456789012:role/deployer)", HeldUntil: noon().Add(23 * time.Hour)},
		Trouble:  ledger.ConsumerNoRoom,
		LagTold:  noon().Add(-time.Hour),
		DueAt:    noon().Add(2 * time.Minute),
	}
	op := fullEntry()
	op.Drain = 0 // it is known when the operation is not in flight any more
	s.InFlight = &op
	done := fullEntry()
	s.Draining = &done
	return s
}

func fullEntry() ledger.Entry {
	return ledger.Entry{
		Stream: "orders", At: noon(), ID: "op-7", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8,
		Reasons: scaling.Trail{
			{Code: scaling.UtilizationMeasured, Detail: "0.91 of bytes"}, {Code: scaling.Doubled}, {Code: scaling.CappedAtMaxShards, Detail: "want 8, limit 8"},
		},
		Utilization: 0.9125, Limit: scaling.LimitBytes, Alarm: "orders-scale-up", TransitionAt: noon().Add(-time.Minute),
		Actor: "scaler/7c1f", Fence: 7, Outcome: ledger.OutcomeCompleted, Duration: 31*time.Second + 250*time.Millisecond, Drain: 4 * time.Minute, Detail: "as wanted",
	}
}

func fullFleet() ledger.Fleet {
	return ledger.Fleet{
		Account: scaling.Account{ShardLimit: 20000, OpenShards: 812, UnreservedConcurrency: 900, LeastUnreserved: 50, ShardsAt: noon().Add(-time.Minute), At: noon()},
		Counted: 1200, Streams: 3100,
		SweepAfter: "orders", SweepStarted: noon().Add(-time.Minute), Swept: noon().Add(-time.Hour), Revision: 7,
	}
}

// TestItems keeps the attributes that people see in the console as they are, and reads them back.
func TestItems(t *testing.T) {
	stream := encodeStream(fullStream())
	maps.Copy(stream, streamKey("orders"))
	for _, item := range []struct {
		file  string
		attrs attributes
		read  func(attributes) any
		want  any
	}{
		{"stream.json", stream, func(a attributes) any { return decodeStream("orders", a) }, fullStream()},
		{"history.json", encodeHistory(fullEntry(), DefaultRetention), func(a attributes) any { return decodeHistory(a) }, fullEntry()},
		{"fleet.json", encodeFleet(fullFleet()), func(a attributes) any { return decodeFleet(a) }, fullFleet()},
	} {
		t.Run(item.file, func(t *testing.T) {
			path := filepath.Join("testdata", item.file)
			if *update {
				writeItem(t, path, item.attrs)
			}
			golden := readItem(t, path)
			if diff := cmp.Diff(plain(t, golden), plain(t, item.attrs)); diff != "" {
				t.Errorf("the item is not as in %s (-golden +encoded):\n%s", path, diff)
			}
			if diff := cmp.Diff(item.want, item.read(golden)); diff != "" {
				t.Errorf("read from %s (-want +got):\n%s", path, diff)
			}
		})
	}
}

func writeItem(t *testing.T, path string, a attributes) {
	t.Helper()
	text, err := json.MarshalIndent(plain(t, a), "", "  ") // with sorted keys
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readItem(t *testing.T, path string) attributes {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := attributevalue.UnmarshalMapJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// plain turns attributes into what cmp can show.
func plain(t *testing.T, a attributes) any {
	t.Helper()
	text, err := attributevalue.MarshalMapJSON(a)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestOwnAttributes: what a write sets it also removes, and it never names the overrides.
func TestOwnAttributes(t *testing.T) {
	own := slices.Sorted(slices.Values(ownAttributes()))
	if diff := cmp.Diff(own, slices.Sorted(maps.Keys(encodeStream(fullStream())))); diff != "" {
		t.Errorf("ownAttributes and encodeStream differ (-own +encoded):\n%s", diff)
	}
	if slices.Contains(own, attrOverrides) || slices.Contains(own, attrTimed) {
		t.Error("overrides, timed or not, are among the attributes that a write sets or removes")
	}
}

// TestEditedItem reads items as people leave them in the console. Each edit replaces attributes
// of a full stream's item; want says what else than without the edit is read.
func TestEditedItem(t *testing.T) {
	disabled := func(fault string) func(*ledger.Item) {
		return func(s *ledger.Item) {
			s.Settings, s.SettingsRevision, s.SettingsFault = scaling.Settings{Mode: scaling.ModeDisabled}, 0, fault
			s.Untimed = scaling.Settings{}
		}
	}
	for _, tt := range []struct {
		name   string
		edit   string
		want   func(*ledger.Item)
		unread []string
	}{
		{"overrides of several types", `{"overrides": {"M": {"min-shards": {"N": "3"}, "max-shards": {"S": "9"}, "mode": {"BOOL": true}, "policy": {"NULL": true}, "consumer": {"L": []}, "": {"S": "x"}}}}`, func(s *ledger.Item) {
			s.Overrides = scaling.Layer{"min-shards": "3", "max-shards": "9", "mode": "true", "policy": "", "consumer": "(not a text)"}
		}, nil},
		{"overrides that are a text", `{"overrides": {"S": "min-shards=3"}}`, func(s *ledger.Item) { s.Overrides = scaling.Layer{"overrides": "(not a map)"} }, nil},
		{"overrides that are a list", `{"overrides": {"L": [{"S": "x"}]}}`, func(s *ledger.Item) { s.Overrides = scaling.Layer{"overrides": "(not a map)"} }, nil},
		{"overrides that are blank", `{"overrides": {"S": " "}}`, nil, nil},
		{"overrides that are null", `{"overrides": {"NULL": true}}`, nil, nil},
		{"overrides that are empty", `{"overrides": {"M": {}}}`, nil, nil},

		{"settings taken away", `{"settings": null}`, disabled(`min-shards: "x" is not a whole number`), nil},
		{"settings and fault taken away", `{"settings": null, "settings_fault": null}`, disabled("the registry's item holds no settings"), nil},
		{"settings that are a text", `{"settings": {"S": "all"}}`, disabled(`settings in the registry's item cannot be used: settings: no such setting`), []string{"settings"}},
		{"a setting that cannot be", `{"settings": {"M": {"mode": {"S": "enabled"}, "policy": {"S": "double-halve"}, "min-shards": {"S": "9"}, "max-shards": {"S": "3"}}}}`, disabled("settings in the registry's item cannot be used: min-shards: 9 is above max-shards 3"), nil},
		{"a vital setting taken away", `{"settings": {"M": {"policy": {"S": "double-halve"}, "min-shards": {"S": "1"}, "max-shards": {"S": "3"}}}}`, disabled("settings in the registry's item cannot be used: one of [mode policy min-shards max-shards] is missing"), nil},
		{"settings of another version", `{"settings": {"M": {"mode": {"S": "dry-run"}, "policy": {"S": "double-halve"}, "min-shards": {"N": "1"}, "max-shards": {"S": "3"}, "of-tomorrow": {"S": "x"}}}}`, func(s *ledger.Item) {
			s.Settings = scaling.Defaults(scaling.DoubleHalve)
			s.Settings.Mode, s.Settings.MaxShards = scaling.ModeDryRun, 3
		}, nil},

		{"the fence taken away", `{"fence": null}`, nil, nil},
		{"the fence set back", `{"fence": {"N": "2"}}`, nil, nil},
		{"the fence as a text", `{"fence": {"S": "9"}}`, nil, []string{"fence"}},
		{"a status of no meaning", `{"status": {"S": "on"}}`, func(s *ledger.Item) { s.Status = "on" }, nil},
		{"no status", `{"status": null}`, func(s *ledger.Item) { s.Status = ledger.Unenrolled }, nil},
		{"operations turned round", `{"operations": {"L": [{"M": {"at": {"N": "1795431600"}}}, {"S": "x"}, {"M": {"at": {"N": "1795435200.5"}, "direction": {"S": "sideways"}, "fence": {"N": "9"}}}]}}`, func(s *ledger.Item) {
			s.Operations = scaling.Operations{{At: noon().Add(377 * time.Millisecond), Fence: 9}, {At: noon().Add(-time.Hour - 123*time.Millisecond)}}
			s.Fence = 9
		}, []string{"operations"}},
		{"times out of range", `{"due_at": {"N": "1e30"}, "lease_until": {"N": "-99999999999"}, "updated_at": {"S": "2026"}}`, func(s *ledger.Item) {
			s.DueAt, s.LeaseUntil, s.UpdatedAt = time.Time{}, time.Time{}, time.Time{}
		}, []string{"due_at", "lease_until", "updated_at"}},
		{"counts that are none", `{"open_shards": {"N": "4.5"}, "revision": {"BOOL": true}}`, func(s *ledger.Item) { s.OpenShards, s.Revision = 0, 0 }, []string{"open_shards", "revision"}},
		{"maps that are none", `{"in_flight": {"S": ""}, "up": {"L": []}, "down": {"N": "1"}, "alarms": {"SS": ["x"]}, "consumer": {"B": "eA=="}}`, func(s *ledger.Item) {
			s.InFlight, s.Up, s.Down, s.Alarms, s.Consumer = nil, ledger.Watch{}, ledger.Watch{}, ledger.AlarmsHeld{}, ledger.ConsumerHeld{}
		}, []string{"alarms", "consumer", "down", "in_flight", "up"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			item := encodeStream(fullStream())
			for name, value := range parseEdit(t, tt.edit) {
				if value == nil {
					delete(item, name)
				} else {
					item[name] = value
				}
			}
			want := fullStream()
			if tt.want != nil {
				tt.want(&want)
			}
			got := decodeStream("orders", item)
			for _, name := range slices.Sorted(maps.Keys(got.Unread)) {
				if got.Unread[name] != item[name] {
					t.Errorf("%s is kept as %v", name, got.Unread[name])
				}
			}
			if diff := cmp.Diff(tt.unread, slices.Sorted(maps.Keys(got.Unread))); diff != "" {
				t.Errorf("what could not be read, -want +got:\n%s", diff)
			}
			got.Unread = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// parseEdit reads DynamoDB JSON in which null takes an attribute away.
func parseEdit(t *testing.T, text string) attributes {
	t.Helper()
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	edit := attributes{}
	for name, value := range values {
		if string(value) == "null" {
			edit[name] = nil
			continue
		}
		av, err := attributevalue.UnmarshalJSON(value)
		if err != nil {
			t.Fatal(err)
		}
		edit[name] = av
	}
	return edit
}

// TestOverridesFault: overrides that cannot be read are named by the settings' own error.
func TestOverridesFault(t *testing.T) {
	for edit, want := range map[string]string{
		`{"overrides": {"S": "min-shards=3"}}`:               "overrides: no such setting",
		`{"overrides": {"M": {"min-shards": {"L": []}}}}`:    "min-shards:",
		`{"overrides": {"M": {"consumer": {"M": {}}}}}`:      "consumer:",
		`{"overrides": {"M": {"max-shards": {"N": "2.5"}}}}`: "max-shards:",
	} {
		_, err := scaling.Effective(decodeStream("orders", parseEdit(t, edit)).Overrides)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", edit, err, want)
		}
	}
}

// TestFullItems: a field that is new in the domain must be set in these tests, and so be encoded.
func TestFullItems(t *testing.T) {
	for _, item := range []any{fullStream(), fullEntry(), fullFleet(), fullFleet().Account, fullStream().Operations[0], fullStream().Recuts[0], fullStream().Alarms, fullStream().Usable, fullStream().Usable.Sizes[0], fullStream().HotKey, fullStream().HotKey.Before} {
		v := reflect.ValueOf(item)
		for i := range v.NumField() {
			if field := v.Type().Field(i); v.Field(i).IsZero() && field.Name != "Overrides" && field.Name != "Unread" && field.Name != "Timed" {
				t.Errorf("%s.%s is not set", v.Type(), field.Name)
			}
		}
	}
}
