package scaling_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

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
