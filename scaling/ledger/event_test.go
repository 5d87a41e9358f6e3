package ledger_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestEventsOfEntries(t *testing.T) {
	hold := func(code scaling.ReasonCode, dir scaling.Direction) ledger.Entry {
		return ledger.Entry{Kind: ledger.KindHold, Reasons: scaling.Trail{{Code: code}}, Alarm: scaling.AlarmName("orders", dir)}
	}
	operation := func(outcome ledger.Outcome) ledger.Entry {
		return ledger.Entry{Kind: ledger.KindOperation, ID: "op-1", Outcome: outcome}
	}
	enrollment := ledger.Entry{Kind: ledger.KindEnrollment, ID: "e"}
	told := map[ledger.EventKind]bool{}
	for name, test := range map[string]struct {
		item  ledger.Item
		entry ledger.Entry
		want  ledger.EventKind
	}{
		"intended":              {ledger.Item{}, operation(ledger.OutcomeIntended), ""},
		"accepted":              {ledger.Item{}, operation(ledger.OutcomeAccepted), ""},
		"unknown":               {ledger.Item{}, operation(ledger.OutcomeUnknown), ""},
		"completed":             {ledger.Item{}, operation(ledger.OutcomeCompleted), ledger.EventCompleted},
		"refused":               {ledger.Item{}, operation(ledger.OutcomeRefused), ledger.EventRefused},
		"not applied":           {ledger.Item{}, operation(ledger.OutcomeNotApplied), ledger.EventNotApplied},
		"superseded":            {ledger.Item{}, operation(ledger.OutcomeSuperseded), ledger.EventSuperseded},
		"gone":                  {ledger.Item{}, operation(ledger.OutcomeStreamGone), ledger.EventStreamGone},
		"full at maximum":       {ledger.Item{}, hold(scaling.HoldAtMaxShards, scaling.Up), ledger.EventAtMaximum},
		"full out of budget":    {ledger.Item{}, hold(scaling.HoldBudgetExhausted, scaling.Up), ledger.EventOutOfBudget},
		"full at the quota":     {ledger.Item{}, hold(scaling.HoldShardQuota, scaling.Up), ledger.EventShardQuota},
		"full at an old quota":  {ledger.Item{}, hold(scaling.HoldAccountStale, scaling.Up), ledger.EventShardQuota},
		"idle out of budget":    {ledger.Item{}, hold(scaling.HoldBudgetExhausted, scaling.Down), ""},
		"cooldown":              {ledger.Item{}, hold(scaling.HoldCooldown, scaling.Up), ""},
		"an alarm at a hot key": {ledger.Item{}, hold(scaling.HoldHotKey, scaling.Up), ""},
		"a new hot key":         {ledger.Item{}, ledger.Item{Name: "orders"}.HotKeyEntry(noon(), "reconciler"), ledger.EventHotKey},
		"failure":               {ledger.Item{}, ledger.Entry{Kind: ledger.KindFailure, ID: "failure"}, ledger.EventFailure},
		"resharded":             {ledger.Item{}, ledger.Entry{Kind: ledger.KindExternal, From: 4, To: 8}, ledger.EventExternal},
		"what it cost":          {ledger.Item{}, ledger.Entry{Kind: ledger.KindOperation, Outcome: ledger.OutcomeCompleted, Drain: time.Minute}, ""},
		"set back":              {ledger.Item{}, ledger.Entry{Kind: ledger.KindExternal, Reasons: scaling.Trail{{Code: scaling.HoldSetBack}}}, ledger.EventSetBack},
		"settings":              {ledger.Item{}, ledger.Entry{Kind: ledger.KindSettings}, ""},
		"bad settings":          {ledger.Item{SettingsFault: "no"}, ledger.Entry{Kind: ledger.KindSettings}, ledger.EventBadSettings},
		"enrolled":              {ledger.Item{Status: ledger.Enrolled, EnrolledAt: noon()}, enrollment, ledger.EventEnrolled},
		"resumed":               {ledger.Item{Status: ledger.Enrolled, EnrolledAt: noon().Add(-time.Hour)}, enrollment, ledger.EventResumed},
		"suspended":             {ledger.Item{Status: ledger.Suspended, EnrolledAt: noon()}, enrollment, ledger.EventSuspended},
		"unenrolled":            {ledger.Item{Status: ledger.Unenrolled}, enrollment, ledger.EventUnenrolled},
		"let go on by a person": {ledger.Item{}, ledger.Entry{Kind: ledger.KindPause, ID: "resumed"}, ledger.EventResumed},
		"nothing that is known": {ledger.Item{}, ledger.Entry{}, ""},
	} {
		test.entry.At, test.entry.Stream = noon(), "orders"
		events := ledger.EventsOf(test.item, []ledger.Entry{test.entry})
		switch {
		case test.want == "" && len(events) == 0:
		case len(events) != 1 || events[0].Kind != test.want || events[0].ID == "":
			t.Errorf("%s: %+v, want %q", name, events, test.want)
		default:
			told[test.want] = true
		}
	}
	_, lag := ledger.Item{Name: "orders"}.HeldByLag(time.Hour, true, noon(), "reconciler")
	pause := ledger.Pause{At: noon(), Who: "ana", Why: "an incident"}
	for _, event := range ledger.EventsOf(ledger.Item{}, append(lag, pause.Begun(), pause.Ended(noon(), "ana"))) {
		told[event.Kind] = true
	}
	for _, kind := range ledger.EventKinds() {
		if !told[kind] {
			t.Errorf("nothing gives the event %s", kind)
		}
	}
}

// What goes on is one thing for an hour or a day; what happens twice is two.
func TestTheSameThingHasTheSameID(t *testing.T) {
	ids := func(entries ...ledger.Entry) int {
		for i := range entries {
			entries[i].Stream = "orders"
		}
		return len(ledger.EventsOf(ledger.Item{}, entries))
	}
	full := ledger.Entry{Kind: ledger.KindHold, At: noon(), ID: "hold-1", Reasons: scaling.Trail{{Code: scaling.HoldAtMaxShards}}}
	fullLater, fullTomorrow := full, full
	fullLater.At, fullLater.ID = noon().Add(3*time.Hour), "hold-2"
	fullTomorrow.At, fullTomorrow.ID = noon().Add(24*time.Hour), "hold-3"
	split := ledger.Entry{Kind: ledger.KindExternal, At: noon(), ID: "x", From: 4, To: 5}
	splits := slices.Repeat([]ledger.Entry{split}, 60)
	one := ledger.Entry{Kind: ledger.KindOperation, At: noon(), ID: "op-1", Outcome: ledger.OutcomeCompleted}
	other := ledger.Entry{Kind: ledger.KindOperation, At: noon(), ID: "op-2", Outcome: ledger.OutcomeCompleted}
	for name, test := range map[string]struct{ got, want int }{
		"full for hours":     {ids(full, fullLater), 1},
		"full the next day":  {ids(full, fullTomorrow), 2},
		"sixty splits":       {ids(splits...), 1},
		"two operations":     {ids(one, other), 2},
		"an operation twice": {ids(one, one), 1},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d events, want %d", name, test.got, test.want)
		}
	}
}

// What goes on says so, and keeps its id; whatever else comes later has another one.
func TestWhatMayBeWrittenAgainGoesOn(t *testing.T) {
	hold := func(code scaling.ReasonCode) ledger.Entry {
		return ledger.Entry{Kind: ledger.KindHold, ID: "h", Reasons: scaling.Trail{{Code: code}}}
	}
	for name, test := range map[string]struct {
		entry ledger.Entry
		want  bool
	}{
		"at maximum":    {hold(scaling.HoldAtMaxShards), true},
		"out of budget": {hold(scaling.HoldBudgetExhausted), true},
		"shard quota":   {hold(scaling.HoldShardQuota), true},
		"failure":       {ledger.Entry{Kind: ledger.KindFailure, ID: "failure"}, true},
		"a split":       {ledger.Entry{Kind: ledger.KindExternal, ID: "x", From: 4, To: 5}, true},
		"a resharding":  {ledger.Entry{Kind: ledger.KindExternal, ID: "x", From: 4, To: 8}, false},
		"a hot key":     {hold(scaling.HoldHotKey), false},
		"an operation":  {ledger.Entry{Kind: ledger.KindOperation, ID: "op-1", Outcome: ledger.OutcomeCompleted}, false},
		"a pause":       {ledger.Entry{Kind: ledger.KindPause, ID: "paused"}, false},
	} {
		test.entry.At, test.entry.Stream = noon(), "orders"
		later := test.entry
		later.At = noon().Add(time.Minute)
		events := ledger.EventsOf(ledger.Item{}, []ledger.Entry{test.entry})
		if len(events) != 1 || events[0].GoesOn() != test.want {
			t.Errorf("%s: %+v, want it to go on: %v", name, events, test.want)
		}
		if same := len(ledger.EventsOf(ledger.Item{}, []ledger.Entry{test.entry, later})) == 1; same != test.want {
			t.Errorf("%s: a minute later it has the same id: %v", name, same)
		}
	}
}

// What goes on is over an hour after its hour or its day, and never before: else it would be told again.
func TestWhenWhatGoesOnIsOver(t *testing.T) {
	late := time.Date(2026, 11, 23, 23, 59, 0, 0, time.UTC)
	ends := []ledger.EventKind{ledger.EventFailure, ledger.EventAtMaximum, ledger.EventOutOfBudget, ledger.EventShardQuota}
	for _, kind := range ledger.EventKinds() {
		over := func(after time.Duration) bool { return late.Before(ledger.OverBefore(kind, late.Add(after))) }
		if over(time.Hour+59*time.Second) || over(time.Hour+time.Minute) != slices.Contains(ends, kind) {
			t.Errorf("%s is over after an hour: %v, and a minute: %v", kind, over(time.Hour), over(time.Hour+time.Minute))
		}
		if over(100*time.Hour) != slices.Contains(ends, kind) {
			t.Errorf("%s is over after days: %v", kind, over(100*time.Hour))
		}
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	if at := ledger.OverBefore(ledger.EventAtMaximum, noon.Add(12*time.Hour+time.Minute)); noon.Before(at) {
		t.Error("a stream at its maximum is over on its own day")
	}
}
