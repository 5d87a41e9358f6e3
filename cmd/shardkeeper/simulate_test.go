package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// succeed runs the command, which must succeed, and returns what it printed.
func succeed(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	status, stdout, stderr := execute(t, args...)
	if status != statusOK {
		t.Fatalf("%v: status %d, %s", args, status, stderr)
	}
	return stdout, stderr
}

// dayTrace is a file with a day of traffic that needs up to eight shards.
func dayTrace(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "day.csv")
	succeed(t, "traffic", "days", "--days", "1", "--peak", "8", "--output-file", path)
	return path
}

// writeTrace writes a file for a test.
func traceFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An hour at one shard's records and one minute above two shards: a stream that is not scaled has
// costs that can be computed by hand.
func hourTrace(t *testing.T) string {
	t.Helper()
	text := "timestamp,records_per_second,bytes_per_second\n"
	for minute := range 60 {
		records := "1000"
		if minute == 30 {
			records = "4000"
		}
		text += "2026-11-23T00:" + string(rune('0'+minute/10)) + string(rune('0'+minute%10)) + ":00Z," + records + ",600000\n"
	}
	return traceFile(t, text)
}

func TestSimulatePrints(t *testing.T) {
	trace := hourTrace(t)
	args := []string{"simulate", "--trace", trace, "--set", "mode=disabled", "--variant", "one:", "--variant", "the other: max-shards=8"}
	for _, format := range []string{"table", "json"} {
		stdout, stderr := succeed(t, append(args, "--output", format)...)
		if stderr != "" {
			t.Errorf("%s: says %q", format, stderr)
		}
		golden(t, "simulate."+format, stdout)
	}
}

func TestSimulateRepeatsByteForByte(t *testing.T) {
	trace := dayTrace(t)
	for _, policy := range []string{"double-halve", "target-tracking"} {
		var actions, reports, outputs []string
		for range 2 {
			folder := t.TempDir()
			stdout, _ := succeed(t, "simulate", "--trace", trace, "--policy", policy, "--peak", "40", "--seed", "5",
				"--actions", filepath.Join(folder, "a.csv"), "--report", filepath.Join(folder, "r.html"), "--output", "json")
			actions, reports, outputs = append(actions, readText(t, filepath.Join(folder, "a.csv"))), append(reports, readText(t, filepath.Join(folder, "r.html"))), append(outputs, stdout)
		}
		if actions[0] != actions[1] || reports[0] != reports[1] || outputs[0] != outputs[1] {
			t.Errorf("%s: the same seed gave something else", policy)
		}
		if strings.Count(actions[0], "\n") < 4 {
			t.Errorf("%s: hardly any action: %s", policy, actions[0])
		}
	}
}

func TestSimulateComparesPolicies(t *testing.T) {
	stdout, _ := succeed(t, "simulate", "--trace", dayTrace(t), "--policy", "double-halve", "--policy", "target-tracking",
		"--variant", "small: policy=double-halve max-shards=4", "--start-shards", "3", "--output", "json")
	types := map[string]int{}
	var variants []variantLine
	for line := range strings.Lines(stdout) {
		var v variantLine
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if types[v.Type]++; v.Type == "variant" {
			variants = append(variants, v)
		}
	}
	if types["trace"] != 1 || len(variants) != 3 || types["comparison"] != 4 || types["verdict"] != 1 || types["decision"] < 3 || len(types) != 5 {
		t.Errorf("lines by type: %v", types)
	}
	for i, name := range []string{"double-halve", "target-tracking", "small"} {
		if v := variants[i]; v.Variant != name || v.StartShards != 3 || v.CostMonth <= 0 || v.OptimumShardHours <= 0 || v.Ups == 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := variants[2]; v.HighestShards != 4 || v.ThrottledShare == 0 || v.Settings["max-shards"] != "4" {
		t.Errorf("small: up to %d shards, %v throttled", v.HighestShards, v.ThrottledShare)
	}
}

func TestRepairsAreTold(t *testing.T) {
	trace := traceFile(t, "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:01:00Z,1,1\n2026-11-23T00:00:00Z,1,1\n2026-11-23T00:02:00Z,1,1\n2026-11-23T00:05:00Z,1,1\n")
	for _, args := range [][]string{{"simulate", "--trace", trace}, {"bench", "--traces", filepath.Dir(trace)}} {
		_, stderr := succeed(t, args...)
		if want := trace + ": line 3: rows out of order, sorted (1)\n" + trace + ": line 5: missing minutes before this row repeat the one before (2)\n"; stderr != want {
			t.Errorf("%v: it says %q, want %q", args, stderr, want)
		}
	}
}

func TestAPeakWithoutTrafficIsTold(t *testing.T) {
	trace := traceFile(t, "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,0,0\n2026-11-23T00:05:00Z,0,0\n")
	for _, args := range [][]string{{"simulate", "--trace", trace, "--peak", "4"}, {"bench", "--traces", filepath.Dir(trace)}} {
		if _, stderr := succeed(t, args...); !strings.Contains(stderr, trace+": no traffic, so --peak does nothing\n") {
			t.Errorf("%v: it says %q", args, stderr)
		}
	}
	if _, stderr := succeed(t, "simulate", "--trace", trace); strings.Contains(stderr, "--peak") {
		t.Errorf("without --peak it says %q", stderr)
	}
}

func TestPricesCanBeChanged(t *testing.T) {
	args := []string{"simulate", "--trace", hourTrace(t), "--profile", "even", "--set", "mode=disabled"}
	before, _ := succeed(t, args...)
	after, _ := succeed(t, append(args, "--price-shard-hour", "1", "--price-put-units", "0", "--price-on-demand-gb", "0", "--price-on-demand-stream-hour", "2", "--price-as", "my contract")...)
	for _, want := range []string{"$1,460.00", "$2,920.00", "Prices of my contract."} { // two shards; four at the peak; 730 hours
		if !strings.Contains(after, want) || strings.Contains(before, want) {
			t.Errorf("%q is not in\n%s", want, after)
		}
	}
	if !strings.Contains(before, "Prices of us-east-1, September 2026.") {
		t.Errorf("the prices have no date in\n%s", before)
	}
}

func TestFilesAreWrittenWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "there", "r.html")
	status, _, stderr := execute(t, "simulate", "--trace", hourTrace(t), "--report", path)
	if status != statusFailed || !strings.Contains(stderr, "write "+path) {
		t.Errorf("status %d, %s", status, stderr)
	}
	path = filepath.Join(folder, "a.csv")
	succeed(t, "simulate", "--trace", hourTrace(t), "--actions", path)
	succeed(t, "simulate", "--trace", hourTrace(t), "--actions", path, "--set", "mode=disabled")
	if got, want := readText(t, path), "minute,from,to\n0,2,2\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Errorf("%v left, %v", left, err)
	}
}

func TestWhatCannotBeSimulated(t *testing.T) {
	day, bad := dayTrace(t), traceFile(t, "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,1,1\n2026-11-23T00:01:00Z,-1,1\n")
	for _, test := range []struct {
		args   string
		status int
		says   string
	}{
		{"simulate", statusUsage, "--trace"},
		{"simulate --trace " + day + " --trace " + day, statusUsage, "is there twice"},
		{"simulate --trace " + day + " --trace " + bad + " --report r.html", statusUsage, "--actions and --report are for one trace, there are 2"},
		{"simulate --trace " + day + " --trace " + bad, statusFailed, "line 3: records: -1 is negative"},
		{"recommend --trace " + day + " --trace " + bad, statusUsage, "--trace is needed once"},
		{"recommend", statusUsage, "--trace is needed once"},
		{"simulate --trace nowhere.csv", statusFailed, "nowhere.csv"},
		{"simulate --trace " + filepath.Dir(day), statusFailed, filepath.Dir(day) + " is a folder; --trace takes a file of traffic\ntry shardkeeper bench --traces " + filepath.Dir(day)},
		{"recommend --trace " + filepath.Dir(day), statusFailed, "is a folder; --trace takes a file of traffic"},
		{"simulate --trace " + day + " --policy=", statusUsage, "--policy needs a name"},
		{"recommend --trace " + day + " --policy=", statusUsage, "--policy needs a name"},
		{"simulate --trace " + bad, statusFailed, "line 3: records: -1 is negative"},
		{"simulate --trace " + traceFile(t, ""), statusFailed, "no rows of traffic"},
		{"simulate --trace " + day + " --policy thirds", statusUsage, `"thirds" is none of`},
		{"simulate --trace " + day + " --policy double-halve --policy double-halve", statusUsage, "two variants are named"},
		{"simulate --trace " + day + " --set max-shards", statusUsage, `"max-shards" is not key=value`},
		{"simulate --trace " + day + " --set max-shards=0", statusUsage, "max-shards: 0"},
		{"simulate --trace " + day + " --set colour=red", statusUsage, "colour: no such setting"},
		{"simulate --trace " + day + " --variant max-shards=4", statusUsage, "want a name"},
		{"simulate --trace " + day + " --set max-shards=4 --set max-shards=64", statusUsage, "--set max-shards=4 and max-shards=64 exclude each other; give one"},
		{"simulate --trace " + day + " --set policy=double-halve --policy target-tracking", statusUsage, "--set policy=double-halve and --policy target-tracking exclude each other; give one"},
		{"simulate --trace " + day + " --policy double-halve --policy target-tracking --actions a.csv", statusUsage, "--actions is for one variant, there are 2"},
		{"simulate --trace " + day + " --start-shards=-1", statusUsage, "--start-shards -1"},
		{"simulate --trace " + day + " --start-shards=10001", statusUsage, "--start-shards 10001 is not between 1 and 10000"},
		{"simulate --trace " + day + " --peak=-1", statusUsage, "--peak"},
		{"simulate --trace " + day + " --peak NaN", statusUsage, "--peak"},
		{"simulate --trace " + day + " --price-shard-hour=-1", statusUsage, "--price-shard-hour -1 is not between"},
		{"simulate --trace " + day + " --output yaml", statusUsage, "--output"},
		{"traffic gossip", statusUsage, "gossip"},
		{"traffic days --days 0", statusUsage, "--days 0"},
		{"traffic days --peak 0", statusUsage, "--peak"},
		{"bench --days 0", statusUsage, "--days 0"},
		{"bench --days 1 --set min-shards=4 --set min-shards=2", statusUsage, "--set min-shards=4 and min-shards=2 exclude each other"},
		{"bench --days 1 --set policy=double-halve --policy double-halve --policy target-tracking", statusUsage, "--set policy=double-halve and --policy target-tracking exclude each other"},
		{"bench --traces " + t.TempDir(), statusFailed, "no *.csv or *.csv.gz in"},
		{"bench --traces " + filepath.Dir(bad), statusFailed, "line 3: records: -1 is negative"},
		{"recommend --trace " + day + " --max-throttled 200%", statusUsage, "is no share"},
		{"recommend --trace " + day + " --max-throttled much", statusUsage, "is no share"},
		{"recommend --trace " + day + " --top 0", statusUsage, "--top 0"},
		{"recommend --trace " + day + " --set mode=disabled", statusUsage, "with mode=disabled nothing is scaled"},
		{"recommend --trace " + day + " --set mode=dry-run", statusUsage, "with mode=dry-run nothing is scaled"},
		{"recommend --trace " + day + " --policy thirds", statusUsage, "thirds"},
		{"recommend --trace " + day + " --set max-shards=4 --set max-shards=64", statusUsage, "--set max-shards=4 and max-shards=64 exclude each other"},
		{"recommend --trace " + day + " --set policy=target-tracking --policy double-halve", statusUsage, "--set policy=target-tracking and --policy double-halve exclude each other"},
		{"recommend --trace " + day + " --set max-shards=0", statusUsage, "max-shards: 0"},
	} {
		status, stdout, stderr := execute(t, strings.Fields(test.args)...)
		if status != test.status || !strings.Contains(stderr, test.says) || stdout != "" {
			t.Errorf("%s: status %d, want %d; stderr %q; stdout %q", test.args, status, test.status, stderr, stdout)
		}
	}
}

// What is said twice with the same words is no contradiction.
func TestTheSamePolicyTwiceIsOne(t *testing.T) {
	trace := hourTrace(t)
	for _, verb := range []string{"simulate --trace " + trace, "recommend --max-throttled 100% --trace " + trace} {
		want, _ := succeed(t, strings.Fields(verb+" --policy double-halve --set max-shards=8")...)
		got, _ := succeed(t, strings.Fields(verb+" --policy double-halve --set policy=double-halve --set max-shards=8 --set max-shards=8")...)
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", verb, got, want)
		}
	}
}

// A trace from stdin is played as one from a file.
func TestATraceFromStdin(t *testing.T) {
	trace := hourTrace(t)
	want, _ := succeed(t, "simulate", "--trace", trace)
	var stdout, stderr bytes.Buffer
	at := environment{stdin: strings.NewReader(readText(t, trace)), stdout: &stdout, stderr: &stderr, screen: output.Screen{W: &stdout, Width: oldWidth}}
	if status := run(t.Context(), []string{"simulate", "--trace", "-"}, at); status != statusOK || stdout.String() != want {
		t.Errorf("status %d, %s\n%s", status, stderr.String(), stdout.String())
	}
	at.stdin = strings.NewReader("")
	if status := run(t.Context(), []string{"simulate", "--trace", "-"}, at); status != statusFailed || !strings.Contains(stderr.String(), "read the trace stdin: no rows of traffic") {
		t.Errorf("nothing on stdin: status %d, %s", status, stderr.String())
	}
	if got := []string{traceName("-"), traceName("a/b.csv"), traceName("b.csv.gz")}; !slices.Equal(got, []string{"stdin", "b", "b"}) {
		t.Errorf("traces are called %v", got)
	}
}

// The table and the page begin with the same sentence.
func TestTheTableAndThePageSayTheSameVerdict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.html")
	for _, trace := range []string{hourTrace(t), dayTrace(t)} {
		_, stdout, _ := executeWide(t, 0, "simulate", "--trace", trace, "--policy", "double-halve", "--policy", "target-tracking", "--report", path)
		sentence, _, _ := strings.Cut(stdout, "\n")
		if !strings.Contains(sentence, " a month, $") || !strings.Contains(readText(t, path), `<p class="sentence">`+sentence+"</p>") {
			t.Errorf("the page does not say %q", sentence)
		}
	}
}
