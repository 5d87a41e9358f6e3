package faults

// What people leave in a stream's item in the console: in each attribute what cannot be, or what could.

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// itemEdit is an edit of an item by hand.
type itemEdit struct {
	kind    string
	do      func(s *ledger.Item, now time.Time)
	forgets bool // of what was counted, something may be lost or invented: the service alone knows
	sweeps  bool // only the sweep finds it
}

// invented is the id of an operation in flight that only an edit tells of.
const invented = "invented"

// itemHands draws edits of items, in one of three plans, and items that are deleted, in one of ten.
func (p Plan) itemHands() []Action {
	r := p.drawn("items")
	var all []Action
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(2*len(p.Streams)+2)*p.lots() {
			name, edit := p.Streams[r.IntN(len(p.Streams))].Name, someEdit(r)
			all = append(all, p.editOf(r, name, edit, "edit the item: "+edit.kind, func(w *simulate.World) {
				w.Registry().Edit(name, func(s *ledger.Item) { edit.do(s, w.Now()) })
			}))
		}
	}
	if r.IntN(10) == 0 {
		name := p.Streams[r.IntN(len(p.Streams))].Name
		all = append(all, p.editOf(r, name, itemEdit{forgets: true, sweeps: true}, "delete the item", func(w *simulate.World) { w.Registry().DeleteItem(name) }))
	}
	return all
}

// editOf is the action of who edits an item, or deletes it, in a minute of the phase of trouble.
func (p Plan) editOf(r *rand.Rand, name string, edit itemEdit, kind string, do func(w *simulate.World)) Action {
	a := within(r, p.minute(r), name).does(kind, func(w *simulate.World) error { do(w); return nil })
	a.note = func(a *auditor) { a.beforeEdit(name) }
	a.done = func(a *auditor) { a.edited(name, edit) }
	return a
}

// oddTime draws a time that no writer gives: long ago, or far ahead.
func oddTime(r *rand.Rand) time.Time {
	return []time.Time{{}, time.Unix(0, 0), start().AddDate(-30, 0, 0), start().AddDate(0, 1, 0), start().AddDate(20, 0, 0)}[r.IntN(5)].UTC()
}

// oddCount draws a count that no writer gives.
func oddCount(r *rand.Rand) int {
	return []int{0, -3, 1, 77, 10_001, 1 << 30, math.MaxInt32}[r.IntN(7)]
}

// long is as much text as an item can have.
func long() string { return strings.Repeat("x", 390_000) }

// someEdit draws an edit.
func someEdit(r *rand.Rand) itemEdit {
	switch r.IntN(5) {
	case 0:
		return standingEdit(r)
	case 1:
		return settingsEdit(r)
	case 2:
		return countedEdit(r)
	case 3:
		return learnedEdit(r)
	}
	return textEdit(r)
}

// standingEdit draws an edit of what a stream is.
func standingEdit(r *rand.Rand) itemEdit {
	at, n, some := oddTime(r), oddCount(r), r.IntN(1<<20)
	switch r.IntN(8) {
	case 0:
		return itemEdit{kind: "unenrolled", sweeps: true, do: func(s *ledger.Item, _ time.Time) { s.Status = ledger.Unenrolled }}
	case 1:
		reason := []string{ledger.SuspendedOnDemand, ledger.SuspendedAlarm, ledger.SuspendedSettings, "tired"}[r.IntN(4)]
		return itemEdit{kind: "suspended, " + reason, forgets: true, do: func(s *ledger.Item, _ time.Time) { s.Status, s.StatusReason = ledger.Suspended, reason }}
	case 2:
		return itemEdit{kind: "no such status", do: func(s *ledger.Item, _ time.Time) { s.Status = "enroled" }}
	case 3:
		return itemEdit{kind: "created_at", forgets: true, do: func(s *ledger.Item, _ time.Time) { s.CreatedAt = at }}
	case 4:
		return itemEdit{kind: "seen_at", forgets: true, do: func(s *ledger.Item, _ time.Time) { s.SeenAt = at }}
	case 5:
		return itemEdit{kind: "enrolled_at, arn", do: func(s *ledger.Item, _ time.Time) { s.EnrolledAt, s.ARN = at, "arn:none" }}
	case 6:
		return itemEdit{kind: "revision", do: func(s *ledger.Item, _ time.Time) { s.Revision = int64(n) }}
	}
	return itemEdit{kind: "lease", do: func(s *ledger.Item, now time.Time) {
		s.LeaseOwner, s.LeaseUntil = "somebody", []time.Time{at, now.Add(10 * time.Minute)}[some%2]
	}}
}

// settingsEdit draws an edit of what is set.
func settingsEdit(r *rand.Rand) itemEdit {
	n, some := oddCount(r), r.IntN(1<<20)
	switch r.IntN(6) {
	case 0:
		return itemEdit{kind: "no settings", do: func(s *ledger.Item, _ time.Time) { s.Settings = scaling.Settings{} }}
	case 1:
		return itemEdit{kind: "settings", do: func(s *ledger.Item, _ time.Time) { s.Settings.MaxShards, s.Settings.MinShards = 1, 1 }}
	case 2:
		return itemEdit{kind: "settings_revision", do: func(s *ledger.Item, _ time.Time) { s.SettingsRevision = int64(max(n, 0)) }}
	case 3:
		return itemEdit{kind: "untimed_settings", do: func(s *ledger.Item, _ time.Time) { s.Untimed = s.Settings; s.Untimed.MaxShards = n }}
	case 4:
		return itemEdit{kind: "tags", sweeps: true, do: func(s *ledger.Item, _ time.Time) {
			s.Tags = []scaling.Layer{nil, {"mode": "nonsense"}, {"mode": "disabled"}, {"mode": "enabled", "max-shards": "1"}}[some%4]
		}}
	}
	key := []string{"max-shards", "schedule", "consumer", "no-such-setting"}[r.IntN(4)]
	return itemEdit{kind: "long overrides", do: func(s *ledger.Item, _ time.Time) { s.Overrides = scaling.Layer{key: long()} }}
}

// countedEdit draws an edit of what is counted.
func countedEdit(r *rand.Rand) itemEdit {
	at, n, some := oddTime(r), oddCount(r), r.IntN(1<<20)
	edit := itemEdit{forgets: true}
	switch r.IntN(9) {
	case 0:
		edit.kind, edit.do = "no operations", func(s *ledger.Item, _ time.Time) { s.Operations = nil }
	case 1:
		edit.kind, edit.do = "more operations", func(s *ledger.Item, now time.Time) {
			for range 1 + some%12 {
				s.Operations = append(s.Operations, scaling.Operation{At: now, From: n, To: 2 * n})
			}
		}
	case 2:
		edit.kind, edit.do = "times of operations", func(s *ledger.Item, _ time.Time) {
			for i := range s.Operations {
				s.Operations[i].At = at
			}
		}
	case 3:
		edit.kind, edit.do = "nothing in flight", func(s *ledger.Item, _ time.Time) { s.InFlight = nil }
	case 4:
		edit.kind, edit.do = "something in flight", func(s *ledger.Item, now time.Time) {
			outcome := []ledger.Outcome{"", ledger.OutcomeIntended, ledger.OutcomeAccepted, ledger.OutcomeUnknown, ledger.OutcomeCompleted, "nonsense"}[some%6]
			s.InFlight = &ledger.Entry{Stream: s.Name, ID: invented, At: []time.Time{at, now}[some/6%2], From: s.OpenShards, To: n, Outcome: outcome, Fence: int64(some / 12 % 3), Kind: ledger.KindOperation}
			s.DueAt = now
		}
	case 5:
		edit.kind, edit.do = "fence", func(s *ledger.Item, _ time.Time) { s.Fence = int64(n) }
	case 6:
		edit.kind, edit.do = "no fence", func(s *ledger.Item, _ time.Time) { s.Fence, s.Operations, s.InFlight = 0, nil, nil }
	case 7:
		edit.kind, edit.do = "open_shards", func(s *ledger.Item, _ time.Time) { s.OpenShards = max(n, 0) }
	default:
		edit.kind, edit.do = "recuts", func(s *ledger.Item, now time.Time) {
			s.Recuts = append(s.Recuts, ledger.Recut{At: []time.Time{at, now}[some%2], ID: "call", Shards: n})
		}
	}
	return edit
}

// learnedEdit draws an edit of what was learned and planned.
func learnedEdit(r *rand.Rand) itemEdit {
	at, n, some := oddTime(r), oddCount(r), r.IntN(1<<20)
	far := start().AddDate(1, 0, 0)
	switch r.IntN(10) {
	case 0:
		return itemEdit{kind: "retry_at", do: func(s *ledger.Item, _ time.Time) { s.Up.RetryAt, s.Down.RetryAt = at, at }}
	case 1:
		return itemEdit{kind: "handled_at", do: func(s *ledger.Item, _ time.Time) { s.Up.Handled, s.Down.Handled = at, at }}
	case 2:
		return itemEdit{kind: "usable_share", do: func(s *ledger.Item, _ time.Time) {
			s.Usable = scaling.UsableShare{Start: 0.9, Since: at, To: at, Sizes: []scaling.SizeShare{{Size: 1, Share: 1, RefusedAt: at, SeenAt: far}, {Size: 20_000, Share: 0.9, SeenAt: at}}}
		}}
	case 3:
		return itemEdit{kind: "no usable_share", do: func(s *ledger.Item, _ time.Time) { s.Usable = scaling.UsableShare{} }}
	case 4:
		return itemEdit{kind: "hot_key", do: func(s *ledger.Item, _ time.Time) {
			odd := scaling.Refusals{At: at, Shards: min(max(n, 1), 20_000), Share: 0.5, Demand: 1e9}
			s.HotKey = scaling.HotKey{Before: odd, After: odd, AskAt: []time.Time{{}, far, start().AddDate(-1, 0, 0)}[some%3]}
		}}
	case 5:
		return itemEdit{kind: "alarms", do: func(s *ledger.Item, _ time.Time) {
			s.Alarms = ledger.AlarmsHeld{Shards: max(n, 0), SettingsRevision: int64(some % 99), Usable: float64(some%100) / 100, HotKey: some%2 == 0, At: at}
		}}
	case 6:
		return itemEdit{kind: "consumer", do: func(s *ledger.Item, _ time.Time) {
			s.Consumer, s.Trouble = ledger.ConsumerHeld{Function: "another", Concurrency: n}, "nonsense"
		}}
	case 7:
		return itemEdit{kind: "failed_claims", do: func(s *ledger.Item, _ time.Time) { s.FailedClaims = int64(max(n, 0)) << 20 }}
	case 8:
		return itemEdit{kind: "longest_operation_seconds", do: func(s *ledger.Item, _ time.Time) { s.Longest = 90 * 365 * 24 * time.Hour }}
	}
	return itemEdit{kind: "times", do: func(s *ledger.Item, _ time.Time) {
		s.LagTold, s.Measured.At, s.LastDrain.At, s.Opposed = at, at, at, ledger.Opposed{At: at, By: "somebody", HeldUntil: at}
	}}
}

// textEdit draws a text that is as long as an item can be.
func textEdit(r *rand.Rand) itemEdit {
	some := r.IntN(1 << 20)
	return itemEdit{kind: "a long text", do: func(s *ledger.Item, _ time.Time) {
		texts := []*string{&s.ARN, &s.StatusReason, &s.SettingsFault, &s.LeaseOwner, &s.Opposed.By, &s.Consumer.Function}
		for i := range s.Operations {
			texts = append(texts, &s.Operations[i].Actor)
		}
		for i := range s.Recuts {
			texts = append(texts, &s.Recuts[i].ID)
		}
		if s.InFlight != nil {
			texts = append(texts, &s.InFlight.Detail)
		}
		*texts[some%len(texts)] = long()
	}}
}
