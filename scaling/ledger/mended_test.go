package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestMended(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	years, day := now.AddDate(5, 0, 0), now.Add(24*time.Hour)
	for _, tt := range []struct {
		name string
		edit func(*ledger.Item)
		told string // part of the entry's detail; empty: there is none
		well func(ledger.Item) bool
	}{
		{"nothing", func(*ledger.Item) {}, "", func(ledger.Item) bool { return true }},
		{"times that can be", func(s *ledger.Item) {
			s.LeaseUntil, s.Up.RetryAt, s.Up.Handled = now.Add(70*time.Second), day, now.Add(4*time.Second)
		}, "", func(s ledger.Item) bool {
			return s.LeaseUntil.Equal(now.Add(70*time.Second)) && s.Up.RetryAt.Equal(day)
		}},
		{"lease", func(s *ledger.Item) { s.LeaseOwner, s.LeaseUntil = "x", years }, "lease_until", func(s ledger.Item) bool { return s.LeaseOwner == "" && s.LeaseUntil.IsZero() }},
		{"handled", func(s *ledger.Item) { s.Down.Handled = day }, "down had a time ahead", func(s ledger.Item) bool {
			return s.Down.Handled.Equal(now) && s.Down.RetryAt.Equal(now)
		}},
		{"retry", func(s *ledger.Item) { s.Up.RetryAt = years }, "up was too far ahead", func(s ledger.Item) bool { return s.Up.RetryAt.Equal(now) }},
		{"retry of a clock ahead", func(s *ledger.Item) { s.UpdatedAt, s.Down.RetryAt = day, day }, "down was deferred by a clock that was ahead", func(s ledger.Item) bool {
			return s.Down.RetryAt.Equal(now) && s.Up.RetryAt.IsZero()
		}},
		{"held", func(s *ledger.Item) { s.Opposed.HeldUntil = years }, "held_until", func(s ledger.Item) bool { return s.Opposed.HeldUntil.IsZero() }},
		{"operations", func(s *ledger.Item) {
			s.Operations = scaling.Operations{{At: years, To: 3}, {At: now.Add(-time.Hour), To: 2}, {To: 1}}
		}, "operations: one had no time", func(s ledger.Item) bool {
			return len(s.Operations) == 3 && s.Operations.Used(now) == 3 && s.Operations[2].To == 2
		}},
		{"unread", func(s *ledger.Item) { s.Unread = map[string]any{"tags": 1} }, "tags could not be read and is kept as tags_set_aside", func(s ledger.Item) bool { return len(s.Unread) == 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := ledger.Item{Name: "orders", Status: ledger.Enrolled, OpenShards: 4, SeenAt: now.Add(-time.Minute)}
			tt.edit(&s)
			mended, entries := s.Mended(now, "reconciler")
			if !tt.well(mended) {
				t.Errorf("mended to %+v", mended)
			}
			switch {
			case tt.told == "" && len(entries) > 0:
				t.Errorf("told %v", entries)
			case tt.told != "" && (len(entries) != 1 || !strings.Contains(entries[0].Detail, tt.told) || entries[0].Kind != ledger.KindFailure):
				t.Errorf("told %v, want one with %q", entries, tt.told)
			}
			mended.Unread, mended.UpdatedAt = nil, now // the registry has set it aside
			if _, again := mended.Mended(now, "reconciler"); len(again) > 0 {
				t.Errorf("told again: %v", again)
			}
		})
	}
}

// An operation whose time is a day ahead does not wait for that day.
func TestAnOperationOfAWrongClockIsSettled(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	s := ledger.Item{Name: "orders", Status: ledger.Enrolled, OpenShards: 4, InFlight: &ledger.Entry{At: now.Add(24 * time.Hour), From: 4, To: 8, Outcome: ledger.OutcomeAccepted}}
	if _, _, settled := s.Settle(scaling.Summary{Name: "orders", Status: scaling.StatusActive, OpenShards: 4}, now); !settled {
		t.Error("it is still in flight")
	}
}
