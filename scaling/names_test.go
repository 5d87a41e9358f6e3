package scaling_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// The names of the alarms are the predecessor's: its users' alarms are taken over in place.
func TestAlarmName(t *testing.T) {
	equal(t, "up", scaling.AlarmName("orders", scaling.Up), "orders-scale-up")
	equal(t, "down", scaling.AlarmName("orders", scaling.Down), "orders-scale-down")
	equal(t, "hold", scaling.AlarmName("orders", scaling.Hold), "")
	equal(t, "no direction", scaling.AlarmName("orders", 9), "")
}

func TestParseAlarmName(t *testing.T) {
	long := strings.Repeat("s", 128)
	for _, c := range []struct {
		name   string
		stream string // empty: not a name of ours
		dir    scaling.Direction
	}{
		{"orders-scale-up", "orders", scaling.Up},
		{"orders-scale-down", "orders", scaling.Down},
		{"orders-scale-up-scale-down", "orders-scale-up", scaling.Down},
		{long + "-scale-up", long, scaling.Up},
		{"s" + long + "-scale-up", "", 0},
		{"orders", "", 0},
		{"orders-scale-sideways", "", 0},
		{"-scale-up", "", 0},
		{"", "", 0},
		{"orders-Scale-Up", "", 0},
		{"orders-scale-up ", "", 0},
		{"or/ders-scale-up", "", 0},
		{"orders\n-scale-up", "", 0},
		{`"; DROP-scale-up`, "", 0},
		{"bestellungen-für-scale-up", "", 0},
		{"\xff-scale-up", "", 0},
	} {
		stream, dir, ok := scaling.ParseAlarmName(c.name)
		if stream != c.stream || dir != c.dir || ok != (c.stream != "") {
			t.Errorf("%q: got %q, %v, %v", c.name, stream, dir, ok)
		}
	}
}

// Parsing takes apart exactly what AlarmName puts together.
func TestAlarmNameRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		stream := rapid.StringMatching(`[a-zA-Z0-9_.-]{1,128}`).Draw(rt, "stream")
		dir := rapid.SampledFrom([]scaling.Direction{scaling.Up, scaling.Down}).Draw(rt, "direction")
		if got, gotDir, ok := scaling.ParseAlarmName(scaling.AlarmName(stream, dir)); !ok || got != stream || gotDir != dir {
			rt.Fatalf("got %q, %v, %v", got, gotDir, ok)
		}
	})
}

// FuzzParseAlarmName looks for a name that is taken for ours and is not.
func FuzzParseAlarmName(f *testing.F) {
	for _, seed := range []string{"orders-scale-up", "orders-scale-down", "-scale-up", "a-scale-up-scale-up", "ä-scale-down", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		stream, dir, ok := scaling.ParseAlarmName(name)
		if ok != (dir != scaling.Hold) || ok && (scaling.AlarmName(stream, dir) != name || !scaling.ValidStreamName(stream)) {
			t.Errorf("%q: got %q, %v, %v", name, stream, dir, ok)
		}
	})
}

func TestDirectionText(t *testing.T) {
	for dir, text := range map[scaling.Direction]string{scaling.Hold: "hold", scaling.Up: "up", scaling.Down: "down"} {
		equal(t, "text", dir.String(), text)
		data, err := json.Marshal(dir)
		if err != nil || string(data) != `"`+text+`"` {
			t.Errorf("%v is written as %s, %v", dir, data, err)
		}
		back := scaling.Direction(9)
		if err := json.Unmarshal(data, &back); err != nil || back != dir {
			t.Errorf("%s is read as %v, %v", data, back, err)
		}
	}
	equal(t, "the zero value", scaling.Direction(0), scaling.Hold)
	equal(t, "no direction", scaling.Direction(9).String(), "Direction(9)")
	for _, text := range []string{"", "Up", "sideways", "Direction(9)"} {
		dir := scaling.Down
		if err := dir.UnmarshalText([]byte(text)); err == nil || dir != scaling.Down {
			t.Errorf("%q is read as %v, %v", text, dir, err)
		}
	}
}

func TestKinds(t *testing.T) {
	kinds := scaling.Kinds()
	for _, kind := range []scaling.Kind{
		scaling.KindOperation, scaling.KindHold, scaling.KindFailure, scaling.KindExternal, scaling.KindEnrollment, scaling.KindSettings,
	} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is missing", kind)
		}
	}
	equal(t, "kinds", len(kinds), 6)
}

// A hold's entry carries the whole decision, under an id that the same transition gives again
// and another transition or alarm does not.
func TestHoldEntry(t *testing.T) {
	d, transition := asked(scaling.Up, 4, 0.1).decide(), noon().Add(-time.Minute)
	e := scaling.HoldEntry("orders", d, "orders-scale-up", transition, "scaler/1")
	equal(t, "entry", e, scaling.Entry{
		Stream: "orders", At: noon(), ID: e.ID, Kind: scaling.KindHold, Direction: scaling.Hold, From: 4, To: 4, Reasons: d.Reasons,
		Utilization: d.Utilization, Limit: d.Limit, Alarm: "orders-scale-up", TransitionAt: transition, Actor: "scaler/1",
	})
	d.At = d.At.Add(time.Hour)
	equal(t, "the same transition", scaling.HoldEntry("orders", d, "orders-scale-up", transition, "scaler/2").ID, e.ID)
	for _, other := range []scaling.Entry{
		scaling.HoldEntry("orders", d, "orders-scale-up", transition.Add(time.Millisecond), "scaler/1"),
		scaling.HoldEntry("orders", d, "orders-scale-down", transition, "scaler/1"),
	} {
		if other.ID == e.ID {
			t.Errorf("id %q is given twice", other.ID)
		}
	}
}

func TestDefinitelyRefused(t *testing.T) {
	wrapped := func(err error) error { return fmt.Errorf("update shard count of orders: %w", err) }
	for _, c := range []struct {
		err  error
		want bool
	}{
		{scaling.ErrStreamNotFound, true},
		{scaling.ErrStreamBusy, true},
		{scaling.ErrLimitExceeded, true},
		{scaling.ErrThrottled, true},
		{scaling.ErrRefused, true},
		{scaling.ErrOutcomeUnknown, false},
		{errors.New("connection reset"), false},
		{errors.Join(scaling.ErrThrottled, scaling.ErrOutcomeUnknown), false}, // one of the attempts may have got through
		{nil, false},
	} {
		if got := scaling.DefinitelyRefused(c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
		if c.err != nil && scaling.DefinitelyRefused(wrapped(c.err)) != c.want {
			t.Errorf("%v, wrapped: %v", c.err, !c.want)
		}
	}
}

func TestStreamWatch(t *testing.T) {
	var s scaling.Stream
	s.Watch(scaling.Up).Handled, s.Watch(scaling.Down).Handled = noon(), noon().Add(1)
	equal(t, "up", s.Up.Handled, noon())
	equal(t, "down", s.Down.Handled, noon().Add(1))
}

func TestDueBy(t *testing.T) {
	var s scaling.Stream
	for _, step := range []struct{ at, want time.Duration }{{10, 10}, {20, 10}, {5, 5}, {5, 5}} {
		s.DueBy(noon().Add(step.at))
		equal(t, "due", s.DueAt, noon().Add(step.want))
	}
}

func TestDefer(t *testing.T) {
	var s scaling.Stream
	s.Defer(scaling.Down, noon())
	equal(t, "deferred", s, scaling.Stream{Down: scaling.Watch{RetryAt: noon()}, DueAt: noon()})
	s.Defer(scaling.Down, time.Time{})
	equal(t, "not deferred any more", s, scaling.Stream{DueAt: noon()})
}

func TestAlarmsInSync(t *testing.T) {
	s := enrolled(4)
	s.Alarms = scaling.AlarmsHeld{Shards: 4, SettingsRevision: 1}
	equal(t, "in sync", s.AlarmsInSync(), true)
	s.OpenShards = 8
	equal(t, "other shards", s.AlarmsInSync(), false)
	s.OpenShards, s.SettingsRevision = 4, 2
	equal(t, "other settings", s.AlarmsInSync(), false)
}

// A clone shares nothing: whatever is done to it, the original stays.
func TestClone(t *testing.T) {
	s := inFlight(t, scaling.OutcomeAccepted)
	unchanged := untouched(t, s)
	c := s.Clone()
	equalStream(t, c, s)
	c.Tags["mode"], c.Overrides["min-shards"] = "disabled", "9"
	c.Operations[0].To, c.InFlight.To, c.InFlight.Reasons[0].Code = 99, 99, "other"
	unchanged()
	equalStream(t, scaling.Stream{}.Clone(), scaling.Stream{})
}
