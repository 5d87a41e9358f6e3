package registrytest

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// full is a stream with every field set.
func full(name string) ledger.Item {
	s := newStream(name)
	s.StatusReason = "none"
	s.Tags = scaling.Layer{"mode": "enabled", "max-shards": "64", "note": ""}
	s.Settings.MaxShards, s.Settings.ScaleUpThreshold, s.Settings.ScaleDownThreshold = 64, 0.7, 0.3
	s.Settings.Consumer, s.Settings.FanOutConsumers = "orders-consumer:live", "audit billing"
	s.SettingsFault = "tags: min-shards: \"x\" is not a whole number"
	s.Fence, s.LeaseOwner, s.LeaseUntil = 7, "scaler/1", start().Add(time.Minute)
	s.Operations = operations(3, start())
	s.Operations[1] = scaling.Operation{At: start().Add(-2 * time.Hour), Direction: scaling.Down, From: 8, To: 4, Fence: 6, Actor: "scaler/0"}
	s.SeenAt = start().Add(-2 * time.Minute)
	s.Recuts = []ledger.Recut{
		{At: start().Add(-time.Minute), ID: "event-2", Shards: -1},
		{At: start().Add(-3 * time.Minute), ID: "event-1", Shards: 1, Seen: true},
	}
	s.Up = ledger.Watch{Handled: start().Add(-time.Minute), RetryAt: start().Add(time.Hour)}
	s.Down = ledger.Watch{Handled: start().Add(-24 * time.Hour)}
	s.Alarms = ledger.AlarmsHeld{Shards: 4, SettingsRevision: 1}
	s.FailedClaims = 3
	s.Consumer = ledger.ConsumerHeld{Function: "orders-consumer", Concurrency: 4}
	s.Trouble, s.LagTold = ledger.ConsumerStopped, start().Add(-time.Hour)
	s.DueAt = start().Add(time.Minute)
	s.InFlight = &ledger.Entry{
		Stream: name, At: start(), ID: "op-7", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8,
		Reasons: scaling.Trail{{Code: scaling.Doubled}}, Utilization: 0.9, Limit: scaling.LimitBytes, Alarm: name + "-scale-up",
		TransitionAt: start().Add(-time.Minute), Actor: "scaler/1", Fence: 7, Outcome: ledger.OutcomeIntended, Detail: "no answer yet",
	}
	return s
}

func readBack(b *bench) {
	want := full("orders")
	saved := b.save(want)
	want.Revision = 1
	b.want("saved", saved, want)
	b.want("loaded", b.load("orders"), want)

	// What is not set any more is gone.
	want = newStream("orders")
	want.Revision = 1
	b.save(want)
	want.Revision = 2
	b.want("loaded after the second save", b.load("orders"), want)

	// What is returned shares nothing with what is kept.
	b.load("orders").Tags["mode"] = "disabled"
	b.want("loaded after a caller's change", b.load("orders"), want)
}

func notEnrolled(b *bench) {
	_, err := b.Load(b.Context(), "orders")
	b.wantErr(err, ledger.ErrNotEnrolled)
}

func firstSaveOnce(b *bench) {
	b.enrolled("orders")
	_, err := b.Save(b.Context(), newStream("orders"))
	b.wantErr(err, ledger.ErrConflict)
	_, err = b.Save(b.Context(), newStream("orders"), entryOf("orders", start(), "x"))
	b.wantErr(err, ledger.ErrConflict)
}

func staleSave(b *bench) {
	seen := b.enrolled("orders")
	first, second := seen, seen
	first.OpenShards, second.OpenShards = 5, 6
	first = b.save(first)
	for _, entries := range [][]ledger.Entry{nil, {entryOf("orders", start(), "lost")}} {
		_, err := b.Save(b.Context(), second, entries...)
		b.wantErr(err, ledger.ErrConflict)
	}
	ahead := first
	ahead.Revision = 9
	_, err := b.Save(b.Context(), ahead)
	b.wantErr(err, ledger.ErrConflict)
	unknown := newStream("payments")
	unknown.Revision = 3
	_, err = b.Save(b.Context(), unknown)
	b.wantErr(err, ledger.ErrConflict)

	b.want("loaded", b.load("orders"), first)
	b.want("history", b.history(ledger.Query{Stream: "orders", To: start().Add(time.Hour)}), ledger.Page{})
}

func entryReplaced(b *bench) {
	entry := entryOf("orders", start(), "op-1")
	s := b.save(newStream("orders"), entry)
	entry.Outcome, entry.Duration = ledger.OutcomeCompleted, 90*time.Second+5*time.Millisecond
	b.save(s, entry)
	b.want("history", b.history(ledger.Query{Stream: "orders", To: start().Add(time.Hour)}).Entries, []ledger.Entry{entry})
}

func manyEntries(b *bench) {
	var entries []ledger.Entry
	for i := range 99 {
		entries = append(entries, entryOf("orders", start(), fmt.Sprintf("%03d", i)))
	}
	s := b.save(newStream("orders"), entries...)
	if got := len(b.history(ledger.Query{To: start().Add(time.Hour)}).Entries); got != 99 {
		b.Errorf("%d entries in the history, want 99", got)
	}
	if _, err := b.Save(b.Context(), s, append(entries, entryOf("orders", start(), "099"))...); err == nil {
		b.Error("100 entries were taken")
	}
	b.want("loaded", b.load("orders"), s)
}

func unenrolledKeepsFence(b *bench) {
	granted, err := b.Claim(b.Context(), b.enrolled("orders"), claim(scaling.Up, start()))
	b.wantErr(err, nil)
	settled, entry := granted.Settled(ledger.OutcomeCompleted, "", start().Add(time.Minute))
	settled.Status, settled.StatusReason, settled.DueAt = ledger.Unenrolled, "not tagged", time.Time{}
	b.save(settled, entry)

	again := b.load("orders")
	if again.Status != ledger.Unenrolled || again.Fence != 1 {
		b.Fatalf("status %s, fence %d, want unenrolled with fence 1", again.Status, again.Fence)
	}
	again.Status = ledger.Enrolled
	granted, err = b.Claim(b.Context(), b.save(again), claim(scaling.Up, start().Add(time.Hour)))
	b.wantErr(err, nil)
	if granted.Fence != 2 {
		b.Errorf("fence %d after enrolling again, want 2", granted.Fence)
	}
}

func overridesSurvive(b *bench) {
	seen := b.enrolled("orders")
	edited := scaling.Layer{"min-shards": "3", "mode": "dry-run"}
	b.edit(edited)

	seen.Overrides = scaling.Layer{"min-shards": "9"} // no write of a registry touches them
	saved := b.save(seen, entryOf("orders", start(), "x"))
	b.want("overrides after a save with entries", b.load("orders").Overrides, edited)
	saved = b.save(saved)
	b.want("overrides after a save", b.load("orders").Overrides, edited)
	granted, err := b.Claim(b.Context(), saved, claim(scaling.Up, start()))
	b.wantErr(err, nil)
	b.want("overrides after a claim", b.load("orders").Overrides, edited)
	b.edit(nil)
	b.save(granted)
	b.want("overrides after they were taken away", b.load("orders").Overrides, scaling.Layer(nil))
}

func overridesFirst(b *bench) {
	b.edit(scaling.Layer{"min-shards": "3"})
	s := b.load("orders")
	if s.Status != ledger.Unenrolled || s.Revision != 0 || s.Settings.Mode != scaling.ModeDisabled {
		b.Fatalf("status %q, revision %d, mode %q of an item with overrides only", s.Status, s.Revision, s.Settings.Mode)
	}
	b.enrolled("orders")
	b.want("overrides after the enrollment", b.load("orders").Overrides, scaling.Layer{"min-shards": "3"})
}

func (b *bench) edit(overrides scaling.Layer) {
	b.Helper()
	if err := b.override("orders", overrides); err != nil {
		b.Fatalf("override: %v", err)
	}
}

func unusableSettings(b *bench) {
	s := newStream("orders")
	s.Settings, s.SettingsFault = scaling.Settings{}, "tags: min-shards: \"x\" is not a whole number"
	s.Tags[""] = "of the tag \"shardkeeper:\""
	for range 2 {
		s = b.save(s)
		loaded := b.load("orders")
		b.want("loaded", loaded, s)
		b.want("settings", loaded.Settings, scaling.Settings{Mode: scaling.ModeDisabled})
		b.want("settings revision", loaded.SettingsRevision, int64(0))
		b.want("fault", loaded.SettingsFault, "tags: min-shards: \"x\" is not a whole number")
		b.want("tags", loaded.Tags, scaling.Layer{"mode": "enabled"})
	}
	s.SettingsFault = ""
	if s = b.save(s); s.SettingsFault == "" {
		b.Error("settings are missing, and no fault says so")
	}
}

func milliseconds(b *bench) {
	s := newStream("orders")
	s.Up.Handled = start().Add(999_999) // just below the next millisecond
	s.DueAt = time.Date(2026, 11, 23, 13, 0, 0, 1_500_000, time.FixedZone("", 3600))
	saved := b.save(s)
	b.want("saved", b.load("orders"), saved)
	b.want("handled", saved.Up.Handled, start())
	b.want("due", saved.DueAt, start().Add(29*time.Second+878*time.Millisecond))
}

func fleet(b *bench) {
	got, err := b.Fleet(b.Context())
	b.wantErr(err, nil)
	b.want("the fleet before the first save", got, ledger.Fleet{})
	for _, want := range []ledger.Fleet{
		{
			Account:    scaling.Account{ShardLimit: 20000, OpenShards: 812, UnreservedConcurrency: 900, LeastUnreserved: 50, ShardsAt: start().Add(-time.Minute), At: start()},
			SweepAfter: "orders", SweepStarted: start().Add(-time.Minute), Swept: start().Add(-time.Hour),
		},
		{Swept: start()},
	} {
		want.Revision = got.Revision
		b.wantErr(b.SaveFleet(b.Context(), want), nil)
		want.Revision++
		got, err = b.Fleet(b.Context())
		b.wantErr(err, nil)
		b.want("the fleet", got, want)
	}
}

func due(b *bench) {
	at := map[string]time.Duration{"late": -time.Hour, "now": 0, "soon": time.Millisecond, "later": time.Hour, "never": 0, "longest": -48 * time.Hour}
	for name, d := range at {
		b.enrolled(name, func(s *ledger.Item) {
			if name != "never" {
				s.DueAt = start().Add(d)
			}
		})
	}
	want := func(now time.Time, limit int, names ...string) {
		b.Helper()
		got, err := b.Due(b.Context(), now, limit)
		b.wantErr(err, nil)
		b.want(fmt.Sprintf("due at %s, at most %d", now, limit), got, names)
	}
	want(start(), 10, "longest", "late", "now")
	want(start(), 2, "longest", "late")
	want(start(), 0)
	want(start().Add(-49*time.Hour), 10)
	want(start().Add(time.Millisecond), 10, "longest", "late", "now", "soon")

	s := b.load("longest")
	s.DueAt = time.Time{}
	s = b.save(s)
	want(start(), 10, "late", "now")
	s.DueAt = start().Add(-30 * time.Minute)
	b.save(s)
	want(start(), 10, "late", "longest", "now")
	granted, err := b.Claim(b.Context(), b.load("late"), claim(scaling.Up, start()))
	b.wantErr(err, nil)
	want(start(), 10, "longest", "now")
	want(granted.LeaseUntil, 10, "longest", "now", "soon", "late")
}
