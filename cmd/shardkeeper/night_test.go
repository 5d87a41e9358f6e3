package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// night is a stream of four shards that is full from two o'clock on, and what somebody sees of it who is called then.
func night(t *testing.T, faults simulate.Faults, tags map[string]string) *day {
	t.Helper()
	load := func(minute int) trace.Rate {
		rate := 1600.0
		if minute >= 120 {
			rate = 8000
		}
		return trace.Rate{Records: rate, Bytes: 100 * rate}
	}
	d := &day{t: t, w: simulate.New(simulate.Options{Start: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Faults: faults})}
	t.Cleanup(d.w.Close)
	if err := d.w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Load: load, Tags: tags}); err != nil {
		t.Fatal(err)
	}
	return d
}

// never runs a command that ends well and does not say something.
func (d *day) never(args, says string) {
	d.t.Helper()
	d.printed.Reset()
	d.do(args, statusOK)
	if strings.Contains(d.printed.String(), says) {
		d.t.Errorf("it says %q:\n%s", says, d.printed.String())
	}
}

// Settings of a stream that is not enrolled are in force when it is, and not before.
func TestSettingAStreamThatIsNotEnrolled(t *testing.T) {
	d := night(t, simulate.Faults{}, map[string]string{"shardkeeper": "enabled"})
	d.until(1, "somebody takes the tag away")
	if err := d.w.Tag("orders", map[string]string{"shardkeeper": ""}); err != nil {
		t.Fatal(err)
	}
	d.until(2, "it is not looked after any more")
	const says = "stream orders is not enrolled (not tagged): this counts when it is enrolled again"
	d.do("set orders min-shards=3 --yes", statusOK, says)
	d.never("set orders min-shards=5 --yes", "takes it up within a minute")
}
