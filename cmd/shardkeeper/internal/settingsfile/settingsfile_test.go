package settingsfile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/settingsfile"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// known knows settings whose names begin with a letter.
func known(setting string) error {
	if setting == "" || setting[0] < 'a' {
		return errors.New("no setting is named " + setting)
	}
	return nil
}

const whole = `# of table t
streams:
  # tags: max-shards=64
  orders:
    overrides:
      min-shards: '8'
      pause: off
    timed:
    - id: sale # by arn:ana x
      from: '2026-11-24T12:00:00Z'
      until: '2026-11-24T13:00:00Z'
      settings:
        max-shards: '9'
      reason: 'a sale: # now'
  '2026':
    overrides: {}
    timed: []
`

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	err := settingsfile.Write(&b, "of table t", []settingsfile.Stream{
		{Name: "orders", Overrides: scaling.Layer{"pause": "off", "min-shards": "8"}, Notes: []string{"tags: max-shards=64"}, Timed: []ledger.Timed{
			{ID: "sale", From: noon(), Until: noon().Add(time.Hour), Settings: scaling.Layer{"max-shards": "9"}, Reason: "a sale: # now", Who: "arn:ana\nx"},
		}},
		{Name: "2026"},
	})
	if diff := cmp.Diff(whole, b.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	b.Reset()
	if err := settingsfile.Write(&b, "none", nil); err != nil || b.String() != "# none\nstreams: {}\n" {
		t.Errorf("no stream: %v, %q", err, b.String())
	}
}

func TestReadTakesWhatPeopleWrite(t *testing.T) {
	for name, text := range map[string]string{
		"without quotes": "streams: {orders: {overrides: {min-shards: 8, target-utilization: 0.70}}}",
		"JSON":           `{"streams": {"orders": {"overrides": {"min-shards": 8, "target-utilization": 0.70}}}}`,
		"an alias":       "streams: {a: {overrides: &x {min-shards: 8, target-utilization: 0.70}}, orders: {overrides: *x}}",
	} {
		streams, err := settingsfile.Read(strings.NewReader(text), known)
		if err != nil || len(streams) == 0 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		last := streams[len(streams)-1]
		if diff := cmp.Diff(settingsfile.Stream{Name: "orders", Overrides: scaling.Layer{"min-shards": "8", "target-utilization": "0.70"}}, last); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	streams, err := settingsfile.Read(strings.NewReader("streams: {a: {timed: [{id: x, until: 2026-11-24T14:00:00+02:00, settings: {b: c}}]}}"), known)
	if err != nil || !streams[0].Timed[0].Until.Equal(noon()) {
		t.Errorf("another offset: %+v, %v", streams, err)
	}
}

func TestReadTellsAllThatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "it has 0 documents",
		"# nothing\n":                     "it has 0 documents",
		"- a":                             "line 1: the file is no mapping",
		"streams:":                        "line 1: streams is no mapping",
		"streams: {}":                     "no stream is in it",
		"stream: {}":                      `line 1: the file has no key "stream"; it can have streams`,
		"streams: {a: {override: 1}}":     `stream a has no key "override"; it can have overrides, timed`,
		"streams: {a/b: {overrides: {}}}": `no stream is named "a/b"`,
		"streams: {a: {}, a: {}}":         `"a" is there twice`,
		"streams: {a: {overrides: {b: 1, b: 2}}}":                                            `"b" is there twice in overrides`,
		"streams: {a: {overrides: }}":                                                        "overrides is no mapping",
		"streams: {a: {overrides: [1]}}":                                                     "overrides is no mapping",
		"streams: {a: {overrides: {b: }}}":                                                   "b has no value",
		"streams: {a: {overrides: {b: ' '}}}":                                                "b has no value",
		"streams: {a: {overrides: {b: [1]}}}":                                                "b has no value",
		"streams: {a: {overrides: {[b]: 1}}}":                                                "a key of overrides is no text",
		"streams: {a: {overrides: {1: 1}}}":                                                  "no setting is named 1",
		"streams: {a: {timed: {}}}":                                                          "timed is no list",
		"streams: {a: {timed: [{}]}}":                                                        "needs an id",
		"streams: {a: {timed: [{id: x}]}}":                                                   "x needs until",
		"streams: {a: {timed: [{id: x, until: soon, settings: {b: 1}}]}}":                    "until is no time",
		"streams: {a: {timed: [{id: x, until: 2026-11-24T14:00:00Z}]}}":                      "x needs settings",
		"streams: {a: {timed: [{id: x, who: bob}]}}":                                         `a timed override has no key "who"`,
		"streams: {a: {timed: [{id: x, schedule: mon 8:30 Atlantis 1h, settings: {b: 1}}]}}": `schedule: "Atlantis" is no time zone`,
		"streams: {a: {overrides: {}}}\n---\nb: c":                                           "it has 2 documents",
		"streams: {a: {overrides: &b {<<: *b}}}":                                             "<< has no value",
		"streams: {a: {overrides: {}}":                                                       "did not find",
		"streams:\n  a: {overrides: {1: 1}}\n  b: {overrides: {c: }, timed: [{}]}":           "line 2: no setting is named 1\nline 3: c has no value\nline 3: a timed override needs an id",
	} {
		streams, err := settingsfile.Read(strings.NewReader(text), known)
		if err == nil || !strings.Contains(err.Error(), want) || streams != nil {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What is written is read again as it was, whatever the texts are.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[!-~](.{0,8}[!-~])?`)
		layer := rapid.MapOfN(rapid.StringMatching(`[a-z][a-z-]{0,9}`), text, 1, 3)
		want := []settingsfile.Stream{{
			Name: rapid.StringMatching(`[a-zA-Z0-9_.-]{1,20}`).Draw(t, "name"), Overrides: layer.Draw(t, "overrides"), Notes: []string{text.Draw(t, "note")},
			Timed: []ledger.Timed{{ID: text.Draw(t, "id"), From: noon(), Until: noon().Add(time.Hour), Settings: layer.Draw(t, "settings"), Reason: text.Draw(t, "reason"), Who: text.Draw(t, "who")}},
		}}
		if rapid.Bool().Draw(t, "scheduled") {
			want[0].Timed[0].Schedule, want[0].Timed[0].Until = "30 8 * * mon-fri Europe/Berlin 1h30m", time.Time{}
		}
		var b bytes.Buffer
		if err := settingsfile.Write(&b, text.Draw(t, "heading"), want); err != nil {
			t.Fatal(err)
		}
		file := b.String()
		got, err := settingsfile.Read(&b, known)
		want[0].Notes, want[0].Timed[0].Who = nil, ""
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s\n%s", err, file, diff)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add("streams: {a: {overrides: &b {<<: *b}}}")
	f.Add("streams: &s {a: *s}")
	f.Fuzz(func(t *testing.T, text string) {
		streams, err := settingsfile.Read(strings.NewReader(text), known)
		if (err == nil) == (len(streams) == 0) {
			t.Errorf("%v, %v", streams, err)
		}
		for _, s := range streams {
			if !scaling.ValidStreamName(s.Name) || s.Overrides[""] != "" {
				t.Errorf("%+v", s)
			}
		}
	})
}
