package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate/chart"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), ">"), strings.Split(got, ">")); diff != "" {
		t.Errorf("%s differs (-want +got); if it should, look at it and run go test ./internal/simulate/chart -update\n%s", path, diff)
	}
}

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// line is a timeline of an hour in six buckets: it grows, throttles once, and shrinks.
func line() trial.Timeline {
	return trial.Timeline{Start: monday, BucketMinutes: 10, Buckets: []trial.Bucket{
		{Minutes: 10, LowDemand: 1, HighDemand: 2, LowShards: 4, HighShards: 4, FirstShards: 4, LastShards: 4, Sent: 15},
		{Minutes: 10, LowDemand: 2, HighDemand: 3, LowShards: 4, HighShards: 4, FirstShards: 4, LastShards: 4, Sent: 25},
		{Minutes: 10, LowDemand: 3, HighDemand: 6, LowShards: 4, HighShards: 8, FirstShards: 4, LastShards: 8, Sent: 45, Refused: 4, HighThrottled: 1.0 / 3, RefusedMinutes: 2},
		{Minutes: 10, LowDemand: 3, HighDemand: 5, LowShards: 8, HighShards: 8, FirstShards: 8, LastShards: 8, Sent: 40},
		{Minutes: 10, LowDemand: 1, HighDemand: 3, LowShards: 8, HighShards: 8, FirstShards: 8, LastShards: 8, Sent: 20},
		{Minutes: 10, LowDemand: 0, HighDemand: 1, LowShards: 4, HighShards: 4, FirstShards: 4, LastShards: 4, Sent: 5},
	}}
}

func TestFigure(t *testing.T) {
	golden(t, "figure.svg", chart.Figure("An hour", []chart.Panel{
		{Title: "one & two", Summary: "Grows once.", Timeline: line()},
		{Title: "compared", Summary: "The same, with room above.", Timeline: line(), Top: 16, TopThrottled: 1},
	}))
}

// wellFormed reads a chart as XML, and returns its text.
func wellFormed(t interface{ Fatalf(string, ...any) }, svg string) string {
	var text strings.Builder
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if data, is := token.(xml.CharData); is {
			text.Write(data)
		}
	}
}

func TestWhateverIsDrawnIsWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// What XML cannot hold at all is not in names: they come from the command line as text.
		text := rapid.StringMatching(`[a-zA-Z0-9 <>&"'/=;é-]{0,30}`)
		size := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 1e5), rapid.Float64Range(0, 1e-6))
		shards := rapid.IntRange(1, 10_000)
		p := chart.Panel{
			Title: text.Draw(t, "title"), Summary: text.Draw(t, "summary"), Top: size.Draw(t, "top"), TopThrottled: rapid.Float64Range(0, 1).Draw(t, "top throttled"),
			Timeline: trial.Timeline{Start: monday, BucketMinutes: rapid.IntRange(1, 10_000).Draw(t, "minutes")},
		}
		for range rapid.IntRange(0, 30).Draw(t, "buckets") {
			low, more := shards.Draw(t, "shards"), rapid.IntRange(0, 10).Draw(t, "more")
			p.Timeline.Buckets = append(p.Timeline.Buckets, trial.Bucket{
				Minutes: p.Timeline.BucketMinutes, LowDemand: 0, HighDemand: size.Draw(t, "demand"),
				LowShards: low, HighShards: low + more, FirstShards: low, LastShards: low + more, HighThrottled: rapid.Float64Range(0, 1).Draw(t, "throttled"),
			})
		}
		svg := chart.Figure(p.Title, []chart.Panel{p, p})
		if said := wellFormed(t, svg); !strings.Contains(said, p.Title) || !strings.Contains(said, p.Summary) {
			t.Fatalf("%q and %q are not said in %q", p.Title, p.Summary, said)
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatalf("no number in %s", svg)
		}
	})
}

// The ticks are at round times of the clock: at most thirteen, each with its text but for one that would hang over the edge.
func TestTicksAreAtRoundTimes(t *testing.T) {
	start := monday.Add(7*time.Minute + 9*time.Hour)
	for _, c := range []struct {
		minutes            int
		first, second, end string
	}{
		{60, "Mon 09:10", "Mon 09:15", "Mon 10:00"},
		{2 * 60, "Mon 09:10", "Mon 09:20", "Mon 11:00"},
		{24 * 60, "Mon 10:00", "Mon 12:00", "Tue 08:00"},
		{6 * 24 * 60, "Mon 12:00", "Tue 00:00", "Sun 00:00"},
		{12 * 24 * 60, "Tue 3 Nov", "Wed 4 Nov", "Fri 13 Nov"},
		{15 * 24 * 60, "Wed 4 Nov", "Fri 6 Nov", "Mon 16 Nov"},
		{300 * 24 * 60, "Mon 30 Nov", "Mon 28 Dec", "Mon 9 Aug"},
		{400 * 24 * 60, "1 Feb 2027", "3 May 2027", "1 Nov 2027"},
	} {
		line := trial.Timeline{Start: start, BucketMinutes: c.minutes, Buckets: []trial.Bucket{{Minutes: c.minutes, LowShards: 1, HighShards: 1, FirstShards: 1, LastShards: 1}}}
		svg := chart.Figure("", []chart.Panel{{Timeline: line}})
		var ticks []string
		for _, found := range regexp.MustCompile(`<text class="tick" x="[^"]*" y="[^"]*">((?:[A-Z][a-z]{2} |[0-9]+ [A-Z])[^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
			ticks = append(ticks, found[1])
		}
		if len(ticks) < 2 || len(ticks) > 13 || ticks[0] != c.first || ticks[1] != c.second || ticks[len(ticks)-1] != c.end {
			t.Errorf("%d minutes: %q", c.minutes, ticks)
		}
	}
}
