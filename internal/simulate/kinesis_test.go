package simulate_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The limits of UpdateShardCount, in the words of its page in the API reference (read 2026-11):
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
func TestUpdateShardCountLimits(t *testing.T) {
	few := simulate.DefaultNumbers()
	few.ShardLimit = 20
	for _, test := range []struct {
		says    string
		open    int
		target  int
		numbers simulate.Numbers
		want    error // nil: accepted
	}{
		{"Scale up to more than double your current shard count for a stream", 4, 9, simulate.DefaultNumbers(), scaling.ErrRefused},
		{"exactly double", 4, 8, simulate.DefaultNumbers(), nil},
		{"Scale down below half your current shard count for a stream", 8, 3, simulate.DefaultNumbers(), scaling.ErrRefused},
		{"exactly half", 8, 4, simulate.DefaultNumbers(), nil},
		{"half of an odd count rounds up", 5, 2, simulate.DefaultNumbers(), scaling.ErrRefused},
		{"half of an odd count, rounded up", 5, 3, simulate.DefaultNumbers(), nil},
		{"Scale up to more than 10000 shards in a stream", 6000, 10_001, simulate.DefaultNumbers(), scaling.ErrLimitExceeded},
		{"10000 shards in a stream", 6000, 10_000, simulate.DefaultNumbers(), nil},
		{"Scale up to more than the shard limit for your account", 12, 21, few, scaling.ErrLimitExceeded},
		{"up to the shard limit for your account", 12, 20, few, nil},
		{"no change", 4, 4, simulate.DefaultNumbers(), scaling.ErrRefused},
		{"no shards", 1, 0, simulate.DefaultNumbers(), scaling.ErrRefused},
	} {
		w := world(t, simulate.Options{Numbers: &test.numbers})
		create(t, w, simulate.StreamSpec{Shards: test.open, Age: time.Hour})
		pass(t, w, 1)
		err := w.Reshard("orders", test.target, "somebody")
		if !errors.Is(err, test.want) {
			t.Errorf("%s: from %d to %d gave %v, want %v", test.says, test.open, test.target, err, test.want)
		}
		if accepted := len(w.Operations()) == 1; accepted != (test.want == nil) {
			t.Errorf("%s: %d operations", test.says, len(w.Operations()))
		}
	}
}

// "Scale more than ten times per rolling 24-hour period per stream", and a refused call does not
// count.
func TestTenCallsInAnyDay(t *testing.T) {
	w := world(t, simulate.Options{})
	create(t, w, simulate.StreamSpec{Shards: 1, Age: time.Hour})
	pass(t, w, 1)
	sizes := []int{2, 1}
	for i := range 10 {
		if err := w.Reshard("orders", sizes[i%2], "somebody"); err != nil {
			t.Fatalf("call %d: %v", i+1, err)
		}
		pass(t, w, 60)
	}
	for minute := 601; minute < 1441; minute += 60 {
		if err := w.Reshard("orders", 2, "somebody"); !errors.Is(err, scaling.ErrLimitExceeded) {
			t.Fatalf("call 11 at minute %d: %v", minute, err)
		}
		pass(t, w, 60)
	}
	if err := w.Reshard("orders", 2, "somebody"); err != nil {
		t.Errorf("a day after the first: %v", err)
	}
}

// "Kinesis Data Streams returns immediately and sets the status of the stream to UPDATING"; then a
// second call is a ResourceInUseException. "This API is only supported for the data streams with the
// provisioned capacity mode", says the same page.
func TestUpdateShardCountNeedsAnActiveProvisionedStream(t *testing.T) {
	w := world(t, simulate.Options{})
	create(t, w, simulate.StreamSpec{Name: "new", Shards: 2})
	create(t, w, simulate.StreamSpec{Name: "busy", Shards: 2, Age: time.Hour})
	create(t, w, simulate.StreamSpec{Name: "doomed", Shards: 2, Age: time.Hour})
	create(t, w, simulate.StreamSpec{Name: "on-demand", Shards: 4, OnDemand: true, Age: time.Hour})
	if err := w.Reshard("busy", 4, "somebody"); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteStream("doomed"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"new": scaling.ErrStreamBusy, "busy": scaling.ErrStreamBusy, "doomed": scaling.ErrStreamBusy,
		"on-demand": scaling.ErrRefused, "nobody": scaling.ErrStreamNotFound,
	} {
		if err := w.Reshard(name, 3, "somebody"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	pass(t, w, 3)
	if s, err := w.Describe("busy"); err != nil || s.Status != scaling.StatusActive || s.OpenShards != 4 {
		t.Errorf("after three minutes: %+v, %v", s, err)
	}
	if _, err := w.Describe("doomed"); !errors.Is(err, scaling.ErrStreamNotFound) {
		t.Errorf("a deleted stream: %v", err)
	}
}

// "These short-lived shards count towards your total shard limit for your account", says the page.
func TestShardsOfBothEndsCountWhileUpdating(t *testing.T) {
	numbers := simulate.DefaultNumbers()
	numbers.ShardLimit = 20
	w := world(t, simulate.Options{Numbers: &numbers})
	create(t, w, simulate.StreamSpec{Name: "a", Shards: 8, Age: time.Hour})
	create(t, w, simulate.StreamSpec{Name: "b", Shards: 4, Age: time.Hour})
	pass(t, w, 1)
	full := func(about string, free int) {
		t.Helper()
		if err := w.CreateStream(simulate.StreamSpec{Name: "c", Shards: free + 1}); !errors.Is(err, scaling.ErrLimitExceeded) {
			t.Errorf("%s: more than %d shards: %v", about, free, err)
		}
	}
	for _, step := range []struct {
		about        string
		target       int
		during, then int // shards that are free
	}{{"b grows", 8, 4, 4}, {"b shrinks", 4, 4, 8}} {
		if err := w.Reshard("b", step.target, "somebody"); err != nil {
			t.Fatal(err)
		}
		full(step.about, step.during)
		pass(t, w, 5)
		full(step.about+", afterwards", step.then)
	}
	if err := w.CreateStream(simulate.StreamSpec{Name: "c", Shards: 8}); err != nil {
		t.Errorf("all that is left: %v", err)
	}
}

// An on-demand stream takes everything, is not billed by the shard, and is not scaled.
func TestSwitchToOnDemandAndBack(t *testing.T) {
	w := world(t, simulate.Options{})
	create(t, w, simulate.StreamSpec{Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: steady(2)})
	pass(t, w, 10)
	if err := w.SwitchMode("orders", true); err != nil {
		t.Fatal(err)
	}
	if err := w.SwitchMode("orders", true); !errors.Is(err, scaling.ErrStreamBusy) {
		t.Errorf("switched twice in a minute: %v", err)
	}
	pass(t, w, 50)
	item, err := w.Registry().Load(t.Context(), "orders")
	if err != nil || item.Status != ledger.Suspended {
		t.Errorf("on-demand: status %s, %v", item.Status, err)
	}
	if pair := w.Alarms(scaling.AlarmWant{Stream: "orders", OpenShards: 4, Settings: item.Settings}); pair.Up.Exists || pair.Down.Exists {
		t.Errorf("on-demand: the alarms are still there: %+v", pair)
	}
	usage, err := w.Usage("orders")
	if err != nil || usage.Minutes != 60 || usage.ShardMinutes != 40 {
		t.Errorf("after ten minutes provisioned and fifty on-demand: %+v, %v", usage, err)
	}
	if err := w.SwitchMode("orders", false); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 10)
	if item, err = w.Registry().Load(t.Context(), "orders"); err != nil || item.Status != ledger.Enrolled {
		t.Errorf("provisioned again: status %s, %v", item.Status, err)
	}
}

// The stream's life as the enroller hears of it: untagged, tagged, deleted, recreated.
func TestEventsReachTheEnroller(t *testing.T) {
	w := world(t, simulate.Options{})
	status := func() ledger.Enrollment {
		item, err := w.Registry().Load(t.Context(), "orders")
		if err != nil {
			return ""
		}
		return item.Status
	}
	pass(t, w, 2) // the first sweep is over, the next is in an hour
	create(t, w, simulate.StreamSpec{Shards: 2})
	pass(t, w, 3)
	if got := status(); got != "" {
		t.Errorf("without a tag: %q", got)
	}
	if err := w.Tag("orders", enabled()); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 3)
	if got := status(); got != ledger.Enrolled {
		t.Errorf("tagged: %q", got)
	}
	if err := w.Tag("orders", map[string]string{scaling.ModeTag: ""}); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 3)
	if got := status(); got != ledger.Unenrolled {
		t.Errorf("the tag was removed: %q", got)
	}
	if err := w.DeleteStream("orders"); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 3)
	create(t, w, simulate.StreamSpec{Shards: 2, Tags: enabled()})
	pass(t, w, 3)
	if got := status(); got != ledger.Enrolled {
		t.Errorf("recreated: %q", got)
	}
	if err := w.Reshard("orders", 4, "arn:aws:iam::123456789012:user/somebody"); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 5)
	page, err := w.Registry().History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindExternal, To: w.Now()})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].To != 4 || page.Entries[0].Actor != "arn:aws:iam::123456789012:user/somebody" {
		t.Errorf("resharded by hand: %+v, %v", page.Entries, err)
	}
}

func TestCreateStreamRefuses(t *testing.T) {
	w := world(t, simulate.Options{})
	create(t, w, simulate.StreamSpec{Shards: 1})
	for _, spec := range []simulate.StreamSpec{{Name: "orders", Shards: 1}, {Name: "", Shards: 1}, {Name: "a b", Shards: 1}, {Name: "none", Shards: 0}} {
		if err := w.CreateStream(spec); err == nil {
			t.Errorf("%+v was made", spec)
		}
	}
	if err := w.Tag("orders", map[string]string{"a": "b"}); !errors.Is(err, scaling.ErrStreamBusy) {
		t.Errorf("tags were taken while CREATING: %v", err)
	}
}

// What exceeds the open shards is refused: 3 shards of demand on 2 lose a third.
func TestThrottling(t *testing.T) {
	var seen log
	w := world(t, simulate.Options{Hooks: seen.hooks()})
	create(t, w, simulate.StreamSpec{Shards: 2, Age: time.Hour, Load: steady(3)})
	pass(t, w, 10)
	for _, m := range seen.minutes {
		if got := fmt.Sprintf("%.4f %.4f %.1f", m.Throttled, m.Utilization, m.Accepted.Records); got != "0.3333 1.0000 2000.0" {
			t.Fatalf("throttled, utilization, accepted: %s", got)
		}
	}
	usage, err := w.Usage("orders")
	if err != nil || usage.ShardHours() != 2*10.0/60 || usage.ThrottledMinutes != 10 || usage.PeakShards != 3 {
		t.Errorf("%+v, %v", usage, err)
	}
	if got := usage.ThrottledShare(); got < 0.3333 || got > 0.3334 {
		t.Errorf("share %v", got)
	}
}
