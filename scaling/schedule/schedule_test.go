package schedule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// Each row is a schedule and the periods of which a part is in a time, as "from until shards" in UTC.
func TestBetween(t *testing.T) {
	for name, c := range map[string]struct {
		text, from, to string
		want           []string
	}{
		"weekdays in winter": {
			"mon-fri 08:30 Europe/Berlin 4h min=64", "2026-11-26T00:00:00Z", "2026-12-01T00:00:00Z",
			[]string{"11-26T07:30 11-26T11:30 64", "11-27T07:30 11-27T11:30 64", "11-30T07:30 11-30T11:30 64"},
		},
		"the same in summer": {
			"mon-fri 08:30 Europe/Berlin 4h min=64", "2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", []string{"07-01T06:30 07-01T10:30 64"},
		},
		"a time with a dot": {
			"daily 08.30 UTC 1h min=2", "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z", []string{"11-26T08:30 11-26T09:30 2"},
		},
		"several days, over the week's end": {
			"sat-mon+wed 10:00 UTC 1h min=3", "2026-11-26T00:00:00Z", "2026-12-03T00:00:00Z",
			[]string{"11-28T10:00 11-28T11:00 3", "11-29T10:00 11-29T11:00 3", "11-30T10:00 11-30T11:00 3", "12-02T10:00 12-02T11:00 3"},
		},
		"a date": {
			"2026-12-24 18:00 UTC 6h min=128", "2026-12-24T19:00:00Z", "2026-12-26T00:00:00Z", []string{"12-24T18:00 12-25T00:00 128"},
		},
		"a date in the past": {"2020-12-24 18:00 UTC 6h min=128", "2026-12-24T19:00:00Z", "2026-12-26T00:00:00Z", nil},
		"both ends": { // what ends at the first time or begins at the last is not between them
			"daily 08:00 UTC 4h min=2", "2026-11-26T12:00:00Z", "2026-11-27T08:00:00Z", nil,
		},
		"cron: the first Monday, or any of the first seven days": {
			"30 8 1-7 * mon America/New_York 90m min=16", "2026-12-05T00:00:00Z", "2026-12-15T00:00:00Z",
			[]string{"12-05T13:30 12-05T15:00 16", "12-06T13:30 12-06T15:00 16", "12-07T13:30 12-07T15:00 16", "12-14T13:30 12-14T15:00 16"},
		},
		"cron: every hour, longer than that": {
			"0 * * * * UTC 90m min=4", "2026-11-26T10:15:00Z", "2026-11-26T11:15:00Z",
			[]string{"11-26T09:00 11-26T10:30 4", "11-26T10:00 11-26T11:30 4", "11-26T11:00 11-26T12:30 4"},
		},
		"overlapping entries are all there": {
			"daily 08:00 UTC 4h min=8 / thu 09:00 UTC 1h min=32", "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z",
			[]string{"11-26T08:00 11-26T12:00 8", "11-26T09:00 11-26T10:00 32"},
		},
		// Berlin's clock goes from 02:00 to 03:00 on 2026-03-29, at 01:00 UTC, and from 03:00 back to 02:00 on 2026-10-25.
		"spring: a time that is left out begins at the change": {
			"daily 02:30 Europe/Berlin 1h min=2", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"03-29T01:00 03-29T02:00 2", "03-30T00:30 03-30T01:30 2"},
		},
		"spring: the time after the gap": {
			"sun 03:00 Europe/Berlin 1h min=2", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", []string{"03-29T01:00 03-29T02:00 2"},
		},
		"autumn: a time that there is twice begins the first time, once": {
			"daily 02:30 Europe/Berlin 1h min=2", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"10-25T00:30 10-25T01:30 2", "10-26T01:30 10-26T02:30 2"},
		},
		"autumn: the length is of real time": {
			"sun 01:00 Europe/Berlin 4h min=2", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", []string{"10-24T23:00 10-25T03:00 2"},
		},
		"a day that is left out": { // Samoa had no 2011-12-30
			"2011-12-30 08:30 Pacific/Apia 1h min=2", "2011-12-29T00:00:00Z", "2012-01-02T00:00:00Z", []string{"12-30T10:00 12-30T11:00 2"},
		},
		"none": {"", "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := schedule.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range s.Between(at(t, c.from), at(t, c.to)) {
				const layout = "01-02T15:04"
				got = append(got, p.From.UTC().Format(layout)+" "+p.Until.UTC().Format(layout)+" "+p.Entry[strings.LastIndex(p.Entry, "=")+1:])
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("periods (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseTellsWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"mon-fri 08:30 Europe/Berlin 4h":           "does not end with a minimum",
		"mon-fri 08:30 4h min=64":                  "not of the form",
		"mon-fri 08:30 Europe/Berlin 4h min=0":     "number of shards",
		"mon-fri 08:30 Europe/Berlin 4h min=10001": "number of shards",
		"mon-fri 08:30 Europe/Berlin 4h min=many":  "number of shards",
		"mon-fri 08:30 Europe/Atlantis 4h min=64":  `"Europe/Atlantis" is no time zone`,
		"mon-fri 08:30 Local 4h min=64":            `"Local" is no time zone`,
		"mon-fri 08:30 ../../etc/passwd 4h min=64": "is no time zone",
		"mon-fri 25:30 UTC 4h min=64":              "is not a time of the day",
		"mon-fri 08:30 UTC 200h min=64":            "is not a length",
		"mon-fri 08:30 UTC 30s min=64":             "is not a length",
		"mon-fri 08:30 UTC -4h min=64":             "is not a length",
		"mo-fr 08:30 UTC 4h min=64":                "is neither daily, nor weekdays",
		"mon- 08:30 UTC 4h min=64":                 "is neither daily, nor weekdays",
		"2026-02-30 08:30 UTC 4h min=64":           "is neither daily, nor weekdays",
		"*/5 8 * * 1-5 UTC 4h min=64":              "is not a minute",
		"30 8 30 2 * UTC 4h min=64":                "no such day",
		"30 8 * * 9 UTC 4h min=64":                 "cron: ",
		"TZ=UTC 30 8 * * UTC 4h min=64":            "is not a minute",
		"daily 08:30 UTC 4h min=64 /":              "does not end with a minimum",
		"/":                                        "does not end with a minimum",
		strings.Repeat("daily 08:30 UTC 4h min=2 / ", 60) + "daily 08:30 UTC 4h min=2": "more than 60 entries",
	} {
		if _, err := schedule.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestTimes(t *testing.T) {
	times, err := schedule.ParseTimes("mon-fri 08:30  Europe/Berlin 4h")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]struct {
		inForce bool
		next    string
	}{
		"2026-11-26T07:29:59Z": {false, "2026-11-26T07:30:00Z"},
		"2026-11-26T07:30:00Z": {true, "2026-11-26T11:30:00Z"},
		"2026-11-26T11:29:59Z": {true, "2026-11-26T11:30:00Z"},
		"2026-11-27T11:30:00Z": {false, "2026-11-30T07:30:00Z"},
	} {
		if in, next := times.InForce(at(t, now)), times.Next(at(t, now)); in != want.inForce || !next.Equal(at(t, want.next)) {
			t.Errorf("at %s: in force %t, next change %s, want %+v", now, in, next, want)
		}
	}
	if got := times.String(); got != "mon-fri 08:30 Europe/Berlin 4h" {
		t.Errorf("text %q", got)
	}
	if (schedule.Times{}).InForce(at(t, "2026-11-26T07:29:59Z")) {
		t.Error("the zero value is in force")
	}
}
