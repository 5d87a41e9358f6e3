package simulate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

const pipeline = "arn:aws:sts::123456789012:assumed-role/pipeline/apply"

// A file says 2 shards, the load wants 4, and Terraform is applied after each growth. After the second time the
// stream is held, and says why. A person resumes one of two such streams, whose file was mended; the other goes on
// by itself after a day.
func TestAStreamThatIsSetBackTwiceIsHeld(t *testing.T) {
	told := map[report.Event]int{}
	w := simulate.New(simulate.Options{Start: start, Hooks: simulate.Hooks{Report: func(r simulate.Report) {
		if r.Event == report.Hold && r.Reasons.Last() != scaling.HoldSetBack {
			return
		}
		told[r.Event]++
	}}})
	t.Cleanup(w.Close)
	for _, name := range []string{"mended", "left"} {
		spec := simulate.StreamSpec{Name: name, Shards: 2, Age: 48 * time.Hour, Tags: enabled(), Load: steady(2.4)}
		if err := w.CreateStream(spec); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		run(t, w, 60)
		for _, name := range []string{"mended", "left"} {
			if sum, err := w.Describe(name); err != nil || sum.OpenShards != 4 {
				t.Fatalf("%s did not grow: %d open shards, %v", name, sum.OpenShards, err)
			}
			if err := w.ReshardWith(name, 2, pipeline, ledger.ToolTerraform); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(t, w, 120)
	for _, name := range []string{"mended", "left"} {
		checkHeld(t, w, name)
	}
	if told[report.SetBack] != 4 || told[report.Hold] < 2 {
		t.Errorf("told %v, want four times that a size was set back, and that both are held", told)
	}

	resume(t, w.Registry(), "mended", w.Now())
	run(t, w, 10)
	if sum, err := w.Describe("mended"); err != nil || sum.OpenShards != 4 {
		t.Errorf("resumed: %d open shards, %v; want 4 within ten minutes", sum.OpenShards, err)
	}
	checkHeld(t, w, "left")
	run(t, w, 23*60)
	if sum, err := w.Describe("left"); err != nil || sum.OpenShards != 4 {
		t.Errorf("a day later: %d open shards, %v; want 4", sum.OpenShards, err)
	}
}

// checkHeld wants a stream to stand as the tool set it, and its history to say who, what mends it, and until when.
func checkHeld(t *testing.T, w *simulate.World, name string) {
	t.Helper()
	sum, err := w.Describe(name)
	if err != nil || sum.OpenShards != 2 {
		t.Errorf("%s is not held: %d open shards, %v", name, sum.OpenShards, err)
	}
	page, err := w.Registry().History(t.Context(), ledger.Query{Stream: name, Kind: ledger.KindExternal, To: w.Now(), Limit: 10})
	if err != nil || len(page.Entries) != 2 {
		t.Fatalf("%s: %d entries, %v", name, len(page.Entries), err)
	}
	last := page.Entries[0].Reasons
	if last.Last() != scaling.HoldSetBack {
		t.Errorf("%s: reasons %v", name, last)
	}
	for _, part := range []string{"by Terraform", "ignore_changes = [shard_count]", "held until", "shardkeeper resume " + name} {
		if detail := last[len(last)-1].Detail; !strings.Contains(detail, part) {
			t.Errorf("%s: no %q in %q", name, part, detail)
		}
	}
}

// resume is what the command resume does for one stream.
func resume(t *testing.T, registry *inmem.Registry, name string, now time.Time) {
	t.Helper()
	item, err := registry.Load(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	resumed, entries := item.Resumed(now, "arn:ana")
	if _, err := registry.Save(t.Context(), resumed, entries...); err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}
