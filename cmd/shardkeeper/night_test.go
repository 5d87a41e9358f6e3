package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
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

// The claim is refused of a stream that is not enrolled, so no answer may promise an operation.
func TestExplainOfAStreamWhoseTagWasTakenAway(t *testing.T) {
	d := night(t, simulate.Faults{}, map[string]string{"shardkeeper": "enabled"})
	d.until(1, "somebody takes the tag away")
	if err := d.w.Tag("orders", map[string]string{"shardkeeper": ""}); err != nil {
		t.Fatal(err)
	}
	d.until(3, "it is full")
	d.do("explain orders", statusOK, "orders: ACTIVE, 4 open shards, unenrolled: not tagged", "disabled", "unenrolled: not tagged")
	d.never("explain orders", "scale up")
	d.never("explain orders -o json", `"direction":"up"`)
}

// Tags that could not be used from the start leave a stream without settings: what the registry has in place of them is no answer.
func TestAStreamThatNeverHadSettings(t *testing.T) {
	d := night(t, simulate.Faults{}, map[string]string{"shardkeeper": "enabled", "shardkeeper:max-shards": "eight"})
	d.until(3, "it is full")
	const fault = `max-shards: "eight" is not a whole number`
	d.do("explain orders", statusOK, "orders: ACTIVE, 4 open shards, suspended: invalid-settings", "invalid-settings: "+fault)
	d.never("explain orders", "mode disabled")
	d.never("explain orders", "tag it shardkeeper=enabled")
	d.do("show orders", statusOK, "suspended: invalid-settings", fault)
	d.never("show orders", "stack")
	d.never("show orders", "of 0 to 0")
	d.never("streams", "0-0")
	for _, look := range []string{"show orders", "streams", "history orders"} {
		d.never(look, "last good")
	}
}

// An alarm whose actions are disabled asks for nothing, whatever its state is.
func TestAnAlarmThatNobodyHears(t *testing.T) {
	d := night(t, simulate.Faults{}, map[string]string{"shardkeeper": "enabled"})
	d.until(1, "somebody disables the alarms")
	d.w.EnableAlarms("orders", false)
	d.until(3, "it is full")
	d.do("explain orders", statusOK, "The scale-up alarm is in ALARM, but its actions are disabled: nobody hears it", "aws cloudwatch enable-alarm-actions --alarm-names orders-scale-up")
	d.do("explain orders -o json", statusOK, `"alarm":"ALARM","asks":false`, `"actions_disabled":true`)
	d.do("show orders", statusOK, "ALARM, its actions are disabled: it asks for nothing")
}

// Kinesis refuses each call, for want of a right or by a limit that only it knows. All looks say so, and where its words are.
func TestCallsThatAreRefusedAreSeen(t *testing.T) {
	refused := simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
		if c.API != "UpdateShardCount" {
			return simulate.Fault{}
		}
		return simulate.Fault{Err: fmt.Errorf("AccessDeniedException: not authorized: %w", scaling.ErrRefused)}
	}}
	d := night(t, refused, map[string]string{"shardkeeper": "enabled"})
	d.until(2.5, "it is full, and stays as it is")
	const words = "the last 2 claims led to no operation"
	d.do("streams --waiting -o json", statusOK, `{"code":"service_refused","detail":"`+words+`"}`)
	d.do("show orders", statusOK, words)
	d.do("explain orders", statusOK, "scale up from 4 to 8 shards; asked again at 2026-11-23 14:", "; the last 2 claims led", "shardkeeper history orders --kind operation")
	d.do("explain orders -o json", statusOK, `"retry_at":"2026-11-23T14:`, `"failed_claims":2`)
	d.do("doctor --stack keeper", statusFailed, words, "shardkeeper history orders --kind operation", "1 of them grave")
}

// A pause that somebody forgot is found where people look first.
func TestDoctorTellsOfAPausedStream(t *testing.T) {
	d := night(t, simulate.Faults{}, map[string]string{"shardkeeper": "enabled"})
	d.until(1, "a migration")
	d.do(`pause orders --reason "a migration" --yes`, statusOK)
	d.until(3, "it is full")
	d.do("doctor --stack keeper", statusFailed, "it is paused: the setting pause is both", "shardkeeper resume orders", "1 of them grave")
	d.do("resume orders --yes", statusOK)
	d.do(`pause orders --direction scale-down --reason "a campaign" --yes`, statusOK)
	d.until(3.5, "a campaign: it only may not shrink")
	d.do("doctor --stack keeper", statusOK, "it is paused: the setting pause is scale-down", "0 of them grave")
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
