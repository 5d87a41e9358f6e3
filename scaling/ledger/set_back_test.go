package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// grown is a stream that we have scaled from 4 to 8 an hour ago.
func grown() ledger.Item {
	return ledger.Item{
		Name: "orders", Status: ledger.Enrolled, OpenShards: 8, Fence: 1,
		Operations: scaling.Operations{{At: noon().Add(-time.Hour), Direction: scaling.Up, From: 4, To: 8, Fence: 1, Actor: "scaler/1"}},
	}
}

func byTool(to int, at time.Time) ledger.Entry {
	return ledger.Entry{Stream: "orders", At: at, ID: "event-1", Kind: ledger.KindExternal, From: 8, To: to, Actor: "arn:deployer", Detail: "UpdateShardCount"}
}

func TestWhatSetsTheSizeBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		to     int
		at     time.Duration // from noon
		change func(*ledger.Item)
		want   bool
	}{
		{"to the size before ours", 4, 0, nil, true},
		{"to another size", 6, 0, nil, false},
		{"to the size that ours gave", 8, 0, nil, false},
		{"before ours", 4, -2 * time.Hour, nil, false},
		{"more than a day after ours", 4, 23*time.Hour + time.Minute, nil, false},
		{"ours was somebody else's too", 4, 0, func(s *ledger.Item) { s.Operations[0].Fence = 0 }, false},
		{"an event of days ago", 4, -30 * time.Hour, func(s *ledger.Item) { s.Operations[0].At = noon().Add(-31 * time.Hour) }, false},
	} {
		s := grown()
		if c.change != nil {
			c.change(&s)
		}
		at := noon().Add(c.at)
		after, entry := s.SetBack(byTool(c.to, at), ledger.ToolTerraform, noon())
		if told := entry.Reasons.Last() == scaling.HoldSetBack; told != c.want || after.Opposed.At.Equal(at) != c.want || !after.Opposed.HeldUntil.IsZero() {
			t.Errorf("%s: %+v, %+v", c.name, after.Opposed, entry)
		}
	}
}

func TestEachToolIsToldWithItsMend(t *testing.T) {
	for tool, mend := range map[ledger.Tool]string{
		ledger.ToolTerraform: "ignore_changes = [shard_count]", ledger.ToolCloudFormation: "leave ShardCount",
		ledger.ToolConsole: "dry-run", ledger.ToolCLI: "dry-run", ledger.ToolUnknown: "dry-run",
	} {
		s, entry := grown().SetBack(byTool(4, noon()), tool, noon())
		if text := entry.Reasons.String(); !strings.Contains(text, mend) || !strings.Contains(text, string(tool)) {
			t.Errorf("%q: %s", tool, text)
		}
		counted := tool == ledger.ToolTerraform || tool == ledger.ToolCloudFormation
		if by := string(tool) + " (arn:deployer)"; counted != (s.Opposed.By == by) || counted == (s.Opposed == ledger.Opposed{}) {
			t.Errorf("%q: by %s", tool, s.Opposed.By)
		}
		s.Opposed = ledger.Opposed{At: noon().Add(-time.Hour), By: "Terraform (arn:deployer)"}
		if s, _ = s.SetBack(byTool(4, noon()), tool, noon()); counted == s.Opposed.HeldUntil.IsZero() {
			t.Errorf("%q, the second time: %+v", tool, s.Opposed)
		}
	}
}

func TestTheSecondTimeWithinADayHolds(t *testing.T) {
	for _, c := range []struct {
		between time.Duration
		held    bool
	}{{23 * time.Hour, true}, {-5 * time.Minute, true}, {25 * time.Hour, false}} {
		s := grown()
		s.Opposed = ledger.Opposed{At: noon().Add(-c.between), By: "Terraform (arn:deployer)"}
		s, entry := s.SetBack(byTool(4, noon()), ledger.ToolTerraform, noon())
		if held := s.Opposed.HeldUntil.Equal(noon().Add(24 * time.Hour)); held != c.held || strings.Contains(entry.Reasons.String(), "shardkeeper resume orders") != c.held {
			t.Errorf("%s: %+v, %s", c.between, s.Opposed, entry.Reasons)
		}
	}
}

func TestAHeldStreamAndItsEnd(t *testing.T) {
	s := grown()
	s.Opposed = ledger.Opposed{At: noon().Add(-time.Hour), By: "Terraform (arn:deployer)", HeldUntil: noon().Add(time.Hour)}
	d := wish(scaling.Up, 8, 16).Decision
	held := s.HoldIfNotReady(d)
	if held.Direction != scaling.Hold || held.Reasons.Last() != scaling.HoldSetBack || !held.RetryAt.Equal(s.Opposed.HeldUntil) {
		t.Errorf("decision %+v", held)
	}
	for _, part := range []string{"Terraform (arn:deployer)", "shardkeeper resume orders"} {
		if !strings.Contains(held.Reasons.String(), part) {
			t.Errorf("%q is not in %s", part, held.Reasons)
		}
	}
	later := d
	later.At = s.Opposed.HeldUntil
	equal(t, "after a day", s.HoldIfNotReady(later).Direction, scaling.Up)

	resumed, entries := s.Resumed(noon(), "arn:ana")
	if len(entries) != 1 || entries[0].Actor != "arn:ana" || resumed.Opposed != (ledger.Opposed{}) || !resumed.DueAt.Equal(noon()) {
		t.Errorf("%+v, %+v", resumed, entries)
	}
	equal(t, "after a person's word", resumed.HoldIfNotReady(d).Direction, scaling.Up)
	if _, entries = resumed.Resumed(noon(), "arn:ana"); entries != nil {
		t.Errorf("resumed twice: %+v", entries)
	}
}
