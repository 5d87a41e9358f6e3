package notification_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

var update = flag.Bool("update", false, "write the golden files anew")

func noon() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 250_000_000, time.UTC) }

func place() notification.Place {
	return notification.Place{Region: "eu-west-1", Account: "123456789012"}
}

// example is an event of a kind as the ledger makes it.
func example(kind ledger.EventKind) ledger.Event {
	entry := ledger.Entry{
		Stream: "orders", At: noon(), ID: "op-7", From: 4, To: 8, Direction: scaling.Up, Actor: "scaler", Detail: "read this",
		Reasons: scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.93 of bytes"}, {Code: scaling.Doubled}},
	}
	event := ledger.Event{ID: "orders/op-7/2026-11-26T12:00:00.250Z", Kind: kind, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", Entry: entry}
	switch paused := kind == ledger.EventPaused || kind == ledger.EventPauseEnded; {
	case kind == ledger.EventCompleted:
		event.Entry.Outcome, event.Entry.Duration, event.Entry.Detail = ledger.OutcomeCompleted, 92*time.Second, ""
	case kind == ledger.EventRefused:
		event.Entry.Outcome, event.Entry.Detail = ledger.OutcomeRefused, "LimitExceededException: too many"
	case paused:
		event.ARN = ""
		event.Entry = ledger.Entry{At: noon(), ID: "paused", Actor: "arn:aws:iam::123456789012:user/ana", Detail: "all resharding is paused: an incident"}
	case kind == ledger.EventExternal || kind == ledger.EventSetBack:
		event.Entry.Actor = "arn:aws:iam::123456789012:role/terraform"
	}
	return event
}

// The form of every kind is a golden file, which the published schema takes.
func TestTheFormOfEveryKind(t *testing.T) {
	schema := compiled(t)
	for _, kind := range ledger.EventKinds() {
		text, err := json.MarshalIndent(notification.FormOf(example(kind), place()), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", string(kind)+".json")
		if *update {
			if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(string(want)), string(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		if err := schema.Validate(decoded(t, text)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "events.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The schema is no schema of everything.
func TestTheSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	good, err := json.Marshal(notification.FormOf(example(ledger.EventCompleted), place()))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(map[string]any){
		"another version":  func(e map[string]any) { e["version"] = 2 },
		"no id":            func(e map[string]any) { delete(e, "id") },
		"an unknown kind":  func(e map[string]any) { e["kind"] = "party" },
		"another severity": func(e map[string]any) { e["severity"] = "fatal" },
		"shards as text":   func(e map[string]any) { e["to_shards"] = "8" },
	} {
		fields := map[string]any{}
		if err := json.Unmarshal(good, &fields); err != nil {
			t.Fatal(err)
		}
		change(fields)
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(decoded(t, text)) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Whatever text comes from outside, an event is one line a field, of bounded size, and of the schema.
func TestTextFromOutsideStaysText(t *testing.T) {
	schema := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		event := example(rapid.SampledFrom(ledger.EventKinds()).Draw(t, "kind"))
		event.Entry.Detail = rapid.String().Draw(t, "detail")
		event.Entry.Actor = rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("\xff<", 5000))).Draw(t, "actor")
		event.Entry.Reasons = scaling.Trail{{Code: scaling.Doubled, Detail: rapid.String().Draw(t, "reason")}}
		form := notification.FormOf(event, place())
		for _, text := range []string{form.Summary, form.Detail, form.Who, form.Why[0].Detail} {
			if strings.ContainsAny(text, "\n\r\x00\x1b") || !utf8.ValidString(text) || len([]rune(text)) > 3000 {
				t.Fatalf("%q", text)
			}
		}
		text, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSeveritiesAreOrdered(t *testing.T) {
	all := notification.Severities()
	for i, a := range all {
		for j, b := range all {
			if a.AtLeast(b) != (i >= j) {
				t.Errorf("%s at least %s: %v", a, b, a.AtLeast(b))
			}
		}
	}
	if !notification.SeverityOf("of a later version").AtLeast(notification.Warning) {
		t.Error("an unknown kind would be overlooked")
	}
}

// Sizes that an event could not tell are left out, not told as none.
func TestSizesThatAreNotKnownAreNotTold(t *testing.T) {
	for sizes, want := range map[[2]int]string{
		{4, 8}: "orders was resharded from 4 to 8 shards by ", {0, 8}: "orders was resharded to 8 shards by ", {0, 0}: "orders was resharded by ",
	} {
		event := example(ledger.EventExternal)
		event.Entry.From, event.Entry.To = sizes[0], sizes[1]
		if form := notification.FormOf(event, place()); form.Summary != want+form.Who {
			t.Errorf("%v: %q", sizes, form.Summary)
		}
	}
}
