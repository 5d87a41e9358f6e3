package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

// playedHour plays the hour at a fixed size and returns the lines of the trace and of its one variant.
func playedHour(t *testing.T, args ...string) (traceLine, variantLine) {
	t.Helper()
	stdout, _ := succeed(t, append([]string{"simulate", "--trace", hourTrace(t), "--set", "mode=disabled", "--start-shards", "2", "--output", "json"}, args...)...)
	lines := strings.Split(stdout, "\n")
	var played traceLine
	var variant variantLine
	if err := json.Unmarshal([]byte(lines[0]), &played); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &variant); err != nil {
		t.Fatal(err)
	}
	return played, variant
}

// An hour at one shard's traffic, one minute of it at four, on two shards. Evenly spread, two of the 63
// shard-minutes are refused. One key fills its shard, so three are.
func TestProfilesAreAskedFor(t *testing.T) {
	for _, test := range []struct {
		args    string
		profile string
		needs   int // open shards for the highest minute; 0: no number
		refused float64
	}{
		{"--profile even", "even", 4, 2.0 / 63},
		{"--profile even --keys 1", "even with --keys 1", 0, 3.0 / 63},
		{"--profile even --hot-key 100%", "even with --hot-key 100%", 4, 3.0 / 63},
		{"--profile typical --keys 0 --zipf 0 --burst 0", "typical with --keys 0 --zipf 0 --burst 0", 4, 2.0 / 63},
		{"--profile even --resend-minutes 1", "even", 4, 9.0 / 196}, // 2 are sent again with the next minute's, so 1 of 3 is refused, and a third of that sent again
	} {
		played, variant := playedHour(t, strings.Fields(test.args)...)
		if difference := variant.ThrottledShare - test.refused; played.Profile != test.profile || played.PeakNeeds != test.needs || difference > 1e-9 || difference < -1e-9 {
			t.Errorf("%s: profile %q, %d shards needed, %v refused; want %q, %d, %v", test.args, played.Profile, played.PeakNeeds, variant.ThrottledShare, test.profile, test.needs, test.refused)
		}
	}
	usual, _ := playedHour(t)
	named, _ := playedHour(t, "--profile", "typical")
	if usual.Profile != "typical" || usual.PeakNeeds != named.PeakNeeds || usual.PeakNeeds <= 4 {
		t.Errorf("without --profile it is %q, and needs %d shards; typical needs %d", usual.Profile, usual.PeakNeeds, named.PeakNeeds)
	}
	_, one := playedHour(t, "--keys", "3", "--key-seed", "1")
	_, other := playedHour(t, "--keys", "3", "--key-seed", "2")
	if one.ThrottledShare == other.ThrottledShare {
		t.Errorf("of other keys %v is refused too", one.ThrottledShare)
	}
}

func TestEachCommandTakesTheProfile(t *testing.T) {
	hour := hourTrace(t)
	for name, args := range map[string][]string{
		"simulate":  {"simulate", "--trace", hour},
		"recommend": {"recommend", "--trace", hour, "--policy", "double-halve", "--max-throttled", "100%"},
		"bench":     {"bench", "--traces", filepath.Dir(hour), "--peak", "0"},
		"demo":      {"demo", "--output", "json"},
	} {
		seen := map[string]bool{}
		for _, flags := range []string{"--profile even", "--profile typical", "--profile typical --resend-minutes 5"} {
			_, stdout, _ := execute(t, append(args, strings.Fields(flags)...)...)
			seen[stdout] = true
		}
		if len(seen) != 3 {
			t.Errorf("%s: %d of 3 outputs differ", name, len(seen))
		}
	}
}

func TestProfilesThatCannotBe(t *testing.T) {
	hour := hourTrace(t)
	for args, says := range map[string]string{
		"--profile usual":       `"usual" is none of even, typical`,
		"--keys -1":             "-1 keys: want 0 to",
		"--zipf NaN":            "zipf NaN: want 0 to 5",
		"--burst 3":             "burst 3: want 0 to 2",
		"--hot-key 1.2":         "is no share",
		"--key-seed one":        `"one" is no number`,
		"--resend-minutes -1":   "--resend-minutes -1 is not between 0 and 60",
		"--resend-minutes 61":   "--resend-minutes 61 is not between 0 and 60",
		"--keys 10 --keys 11":   "--keys: it is given twice",
		"--keys 99999999999999": "keys: want 0 to",
	} {
		status, stdout, stderr := execute(t, append([]string{"simulate", "--trace", hour}, strings.Fields(args)...)...)
		if status != statusUsage || !strings.Contains(stderr, says) || stdout != "" {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
}

// Where no fixed size holds the highest minute, none is shown.
func TestNoSizeHoldsThePeak(t *testing.T) {
	hour := hourTrace(t)
	for _, args := range [][]string{
		{"simulate", "--trace", hour},
		{"simulate", "--trace", hour, "--output", "json"},
		{"recommend", "--trace", hour, "--policy", "double-halve", "--max-throttled", "100%"},
		{"recommend", "--trace", hour, "--policy", "double-halve", "--max-throttled", "100%", "--output", "json"},
	} {
		stdout, stderr := succeed(t, append(args, "--keys", "1")...)
		if said := stdout + stderr; strings.Contains(said, "provisioned at peak") || strings.Contains(said, "beats a fixed size") {
			t.Errorf("%v: it says\n%s", args, said)
		}
	}
	page := filepath.Join(t.TempDir(), "page.html")
	succeed(t, "simulate", "--trace", hour, "--keys", "1", "--report", page)
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), "no number of shards holds its highest minute") {
		t.Errorf("the page does not say it, %v", err)
	}
	markdown, _ := succeed(t, "bench", "--traces", filepath.Dir(hour), "--peak", "0", "--keys", "1", "--output", "markdown")
	if !strings.Contains(markdown, "| - |\n") {
		t.Errorf("the table is\n%s", markdown)
	}
	if _, demo, _ := execute(t, "demo", "--keys", "1"); !strings.Contains(demo, "no fixed size holds the peak") {
		t.Errorf("the demo says\n%s", demo)
	}
}

// The table of docs/simulate.md says what each profile's sizes hold.
func TestTheDocumentSaysWhatSizesHold(t *testing.T) {
	document := readText(t, "../../docs/simulate.md")
	for _, name := range []string{"even", "typical", "drift", "skewed", "spiky"} {
		p, err := profile.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		spread := p.Spread()
		var shares []string
		for _, shards := range []int{1, 8, 40, 128} {
			share := strconv.FormatFloat(spread.Capacity(shards)/float64(shards), 'f', 2, 64)
			shares = append(shares, strings.TrimSuffix(share, ".00"))
		}
		row := regexp.MustCompile("(?m)^\\| `" + name + "` .*$").FindString(document)
		if want := "| " + strings.Join(shares, ", "); !strings.Contains(row, want) {
			t.Errorf("%q does not say %q", row, want)
		}
	}
}
