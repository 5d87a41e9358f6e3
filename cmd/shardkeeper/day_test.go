package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// modelAccount is an account that is a model of AWS.
type modelAccount struct {
	*fakeAccount

	w *simulate.World
}

func (m modelAccount) Streams() streamReader             { return modelTags{m.w} }
func (m modelAccount) Alarms(string, string) alarmReader { return modelAlarms{m.w} }

func (m modelAccount) DeadLetters(context.Context, operator.Stack) (map[string]int, error) {
	return map[string]int{"scaler": len(m.w.DeadLetters())}, nil
}

func (m modelAccount) Wiring(context.Context, operator.Stack) (inspect.Wiring, []error) {
	return inspect.Wiring{}, nil // the model has no trail, no rules and no topics
}

// modelAlarms is CloudWatch in the model.
type modelAlarms struct{ w *simulate.World }

func (m modelAlarms) Status(_ context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	pairs := map[string]scaling.AlarmPair{}
	for _, want := range wants {
		pairs[want.Stream] = m.w.Alarms(want)
	}
	return pairs, nil
}

func (m modelAlarms) Traffic(_ context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	return m.w.Traffic(stream, s, from, to), nil
}

func (m modelAlarms) Latest(_ context.Context, streams []string, from, to time.Time) (map[string]scaling.Traffic, error) {
	found := map[string]scaling.Traffic{}
	for _, stream := range streams {
		found[stream] = m.w.Traffic(stream, scaling.Defaults(scaling.DoubleHalve), from, to)
	}
	return found, nil
}

func (m modelAlarms) Silent(_ context.Context, streams []string, from, to time.Time) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(streams), func(stream string) bool {
		return len(m.w.Traffic(stream, scaling.Defaults(scaling.DoubleHalve), from, to).Samples) > 0
	}), nil
}

func (m modelAlarms) Predecessors(context.Context) ([]operator.Predecessor, []string, error) {
	return nil, nil, nil
}

// day is a day of somebody who looks after a stream, and what they see of it.
type day struct {
	t       *testing.T
	w       *simulate.World
	printed strings.Builder
}

// until lets the world go on to so many hours after its start.
func (d *day) until(hours float64, what string) {
	d.t.Helper()
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	minutes := int(start.Add(time.Duration(hours*60)*time.Minute).Sub(d.w.Now()) / time.Minute)
	if err := d.w.Run(d.t.Context(), minutes); err != nil {
		d.t.Fatal(err)
	}
	d.printed.WriteString("\n# " + d.w.Now().Format("Mon 15:04") + " " + what + "\n")
}

// do runs a command, which ends so and says that.
func (d *day) do(args string, status int, says ...string) {
	d.t.Helper()
	var out, errs bytes.Buffer
	account := modelAccount{&fakeAccount{registry: d.w.Registry(), tags: modelTags{d.w}}, d.w}
	got := run(d.t.Context(), words(args), environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 120}, now: d.w.Now, getenv: func(string) string { return "" },
		open: func(context.Context, operator.Access, func() time.Time) (services, error) { return account, nil },
		wait: func(ctx context.Context, _ time.Duration) error { return d.w.Run(ctx, 1) },
	})
	text := out.String() + errs.String()
	if got != status {
		d.t.Errorf("%s, %s: status %d, want %d\n%s", d.w.Now().Format(time.TimeOnly), args, got, status, text)
	}
	for _, want := range says {
		if !strings.Contains(text, want) {
			d.t.Errorf("%s, %s: it does not say %q\n%s", d.w.Now().Format(time.TimeOnly), args, want, text)
		}
	}
	d.printed.WriteString("$ shardkeeper " + args + "\n")
	for line := range strings.Lines(text) {
		d.printed.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// TestADay acts out a day: a new stream, full at night, scaled by hand, paused, a bad tag, a typo, a lost alarm, a stopped
// consumer, and the audit of all that a week later.
func TestADay(t *testing.T) {
	load := func(minute int) trace.Rate {
		rate := 3000.0
		switch {
		case minute >= 14*60+30 && minute < 20*60: // from half past two at night until eight in the morning
			rate = 14500
		case minute >= 20*60:
			rate = 6000
		}
		return trace.Rate{Records: rate, Bytes: 100 * rate}
	}
	d := &day{t: t, w: simulate.New(simulate.Options{Start: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)})}
	t.Cleanup(d.w.Close)
	tag := func(tags map[string]string) {
		t.Helper()
		if err := d.w.Tag("orders", tags); err != nil {
			t.Fatal(err)
		}
	}
	reader := simulate.Consumer{Polls: true, Function: "reader", RecordsPerSecond: 2000}
	if err := d.w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Load: load, Consumer: reader}); err != nil {
		t.Fatal(err)
	}
	d.until(0.1, "a new stream; somebody tags it in the console")
	tag(map[string]string{"shardkeeper": "enabled", "shardkeeper:max-shards": "8", "shardkeeper:consumer": "reader", "shardkeeper:policy": "double-halve"})
	d.until(0.5, "it is enrolled")
	d.do("streams", statusOK, "orders", "1-8")
	d.do("history orders", statusOK, "enrolled", "operator")

	d.until(15, "producers are refused: it is full, and does not grow")
	d.do("streams --waiting", statusOK, "at its maximum")
	d.do("explain orders", statusOK, "The scale-up alarm asks. The answer: hold at 8 shards", "at_max_shards", "To do: raise")
	d.do("explian orders", statusUsage, "did you mean explain?")
	d.do("set orders max-shard=32 --yes", statusUsage, "did you mean max-shards")
	d.do("set ordres max-shards=32 --yes", statusFailed, "did you mean orders?")
	d.do(`set orders max-shards=32 --reason "the night's import" --yes`, statusOK, "max-shards (none) -> 32: the night's import")
	d.do(`scale orders --to 16 --for 2h --reason "catch up" --yes`, statusOK, "operation 8 to 16", "stream orders has 16 open shards, after")
	d.do("show orders", statusOK, "timed", "catch up")

	d.until(16, "a migration: nothing may be resharded")
	d.do(`pause orders --until 3h --reason "a migration" --yes`, statusOK, "pause=both")
	d.do("scale orders --to 32 --reason more --yes", statusRefused, "shardkeeper resume orders")
	d.until(17.5, "the two hours are over; nothing happens at once")
	d.do("show orders", statusOK, "16")
	d.do("resume orders --yes", statusOK, "taken away before its end: pause=both")

	d.until(18, "somebody sets a tag that cannot be used")
	tag(map[string]string{"shardkeeper:min-shards": "two"})
	d.until(18.2, "the last good settings are in force")
	d.do("history orders --since 30m --kind settings", statusOK, "cannot be used, the last good settings stay")
	d.do("doctor --stack keeper", statusOK, "its settings cannot be used", "mend the tag")
	tag(map[string]string{"shardkeeper:min-shards": "2"})

	d.until(19, "somebody deletes the alarms")
	d.w.DeleteAlarms("orders")
	d.do("doctor --stack keeper", statusFailed, "its alarm orders-scale-up is not there")
	d.until(19.5, "they are there again")
	d.do("doctor --stack keeper", statusOK, "0 of them grave")

	d.until(20, "somebody stops the consumer")
	if err := d.w.Reserve("reader", 0); err != nil {
		t.Fatal(err)
	}
	d.until(20.5, "it stays stopped, and is told")
	d.do("doctor --stack keeper", statusOK, "its consumer reader: stopped")
	if err := d.w.Reserve("reader", 20); err != nil {
		t.Fatal(err)
	}

	d.until(7*24, "a week later: what was that?")
	d.do("history orders --since 8d --who operators/ana --kind settings", statusOK, "the night's import", "catch up", "a migration")
	d.do("history --since 8d --kind operation -o csv", statusOK, "orders,op-2,operation,up,8,16,completed")
	d.audit(
		"enrollment 4 to 4 by operator: enrolled",
		"operation 4 to 8 by scaler: ",
		"hold 8 to 8 by scaler: ",
		"settings 8 to 8 by ana: overrides: max-shards (none) -> 32: the night's import",
		"settings 8 to 8 by ana: timed override: iterator-age-minutes=0 max-shards=16",
		"operation 8 to 16 by scaler: ",
		"settings 16 to 16 by ana: timed override: pause=both",
		"settings 16 to 16 by reconciler: a timed override has ended: ",
		"hold 16 to 16 by scaler: ",
		"settings 16 to 16 by ana: taken away before its end: pause=both",
		"operation 16 to 32 by scaler: ",
		"settings 32 to 32 by operator: cannot be used, the last good settings stay: min-shards",
		"settings 32 to 32 by operator: min-shards 1 -> 2",
		"failure 32 to 32 by reconciler: somebody deleted orders-scale-up and orders-scale-down; the alarms are made anew",
		"failure 32 to 32 by reconciler: consumer reader: somebody stopped it",
	)
	t.Log(d.printed.String())
}

// audit looks for entries in the history, in their order: what was done, from which size to which, by whom.
func (d *day) audit(want ...string) {
	d.t.Helper()
	d.printed.Reset()
	d.do("history orders --since 8d --limit 0 -o json", statusOK)
	_, lines, _ := strings.Cut(d.printed.String(), "\n")
	var all []string
	for line := range strings.Lines(lines) {
		var e entryLine
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			d.t.Fatalf("%v in %s", err, line)
		}
		who, _, _ := strings.Cut(e.Actor[strings.LastIndex(strings.Split(e.Actor, " ")[0], "/")+1:], " ")
		for _, function := range []string{"scaler", "reconciler"} {
			if strings.HasPrefix(e.Actor, function) {
				who = function
			}
		}
		all = append(all, fmt.Sprintf("%s %d to %d by %s: %s", e.Kind, e.From, e.To, who, e.Detail))
	}
	slices.Reverse(all)
	left := want
	for _, entry := range all {
		if len(left) > 0 && strings.HasPrefix(entry, left[0]) {
			left = left[1:]
		}
	}
	if len(left) > 0 {
		d.t.Errorf("the audit does not have, after what comes before it: %s\n%s", left[0], strings.Join(all, "\n"))
	}
}
