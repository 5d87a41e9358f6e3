package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/race"
)

func recommended(t *testing.T, args ...string) (status int, lines []recommendedLine, stderr string) {
	t.Helper()
	status, stdout, stderr := execute(t, append([]string{"recommend", "--output", "json", "--policy", "double-halve"}, args...)...)
	for line := range strings.Lines(stdout) {
		var l recommendedLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if l.Type != "verdict" || len(lines) > 0 {
			lines = append(lines, l)
		}
	}
	if !strings.HasPrefix(stdout, `{"type":"verdict",`) {
		t.Errorf("%v: the first line is no verdict", args)
	}
	return status, lines, stderr
}

func TestRecommendPrintsTheCheapestWithItsTags(t *testing.T) {
	race.SkipLong(t)
	trace := dayTrace(t)
	status, lines, stderr := recommended(t, "--trace", trace, "--max-throttled", "1%", "--top", "2")
	if status != statusOK || stderr != "" || len(lines) != 7 {
		t.Fatalf("status %d, %d lines, %s", status, len(lines), stderr)
	}
	for i, kind := range []string{"recommendation", "recommendation", "default", "comparison", "comparison", "comparison", "comparison"} {
		if lines[i].Type != kind {
			t.Errorf("line %d is %s, want %s", i, lines[i].Type, kind)
		}
	}
	best, defaults := lines[0], lines[2]
	if best.Rank != 1 || best.ThrottledShare > 0.01 || !strings.HasPrefix(best.Tags, "shardkeeper=enabled,") {
		t.Errorf("the best is %+v", best)
	}
	if defaults.ThrottledShare <= 0.01 && best.CostMonth > 1.01*defaults.CostMonth {
		t.Errorf("the best costs $%v, the default $%v", best.CostMonth, defaults.CostMonth)
	}
	// simulate says the same of the settings.
	args := []string{"simulate", "--trace", trace, "--output", "json"}
	for key, value := range best.Settings {
		args = append(args, "--set", key+"="+value)
	}
	stdout, _ := succeed(t, args...)
	var v variantLine
	if err := json.Unmarshal([]byte(strings.Split(stdout, "\n")[1]), &v); err != nil {
		t.Fatal(err)
	}
	if v.CostMonth != best.CostMonth || v.ThrottledShare != best.ThrottledShare || v.Ups != best.Ups || v.Downs != best.Downs {
		t.Errorf("recommend says %+v, simulate %+v", best, v)
	}
	table, _ := succeed(t, "recommend", "--policy", "double-halve", "--trace", trace, "--max-throttled", "1%", "--top", "1")
	for _, want := range []string{"1. double-halve", "double-halve as is", "aws kinesis add-tags-to-stream --stream-name NAME --tags " + best.Tags, "at most 1 % of the rest"} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
}

// The day is worth scaling. The hour is not: its one high minute is in the half that nobody has seen before.
func TestRecommendSaysFirstWhatIsCheapest(t *testing.T) {
	race.SkipLong(t)
	for _, test := range []struct{ trace, limit, choice, says string }{
		{hourTrace(t), "0.01%", "fixed", "Keep a fixed 6 shards: $"},
		{dayTrace(t), "1%", "settings", "Autoscale with double-halve and the tags below: $"},
	} {
		args := []string{"recommend", "--trace", test.trace, "--policy", "double-halve", "--max-throttled", test.limit, "--output"}
		_, lines, _ := executeWide(t, 0, append(args, "json")...)
		if !strings.HasPrefix(lines, `{"type":"verdict","choice":"`+test.choice+`",`) {
			t.Errorf("want %s, the first line is %.300s", test.choice, lines)
		}
		_, table, _ := executeWide(t, 0, append(args, "table")...)
		sentence, _, _ := strings.Cut(table, "\n")
		if !strings.HasPrefix(sentence, test.says) || !strings.Contains(lines, `"sentence":"`+sentence+`"`) {
			t.Errorf("the first line is %s, want %s", sentence, test.says)
		}
		_, _, stderr := executeWide(t, 0, append(args, "csv")...)
		if !strings.HasPrefix(stderr, sentence) {
			t.Errorf("beside CSV it says %s", stderr)
		}
	}
}

func TestRecommendAndSimulateCompareWithTheSame(t *testing.T) {
	simulated, _ := succeed(t, "simulate", "--trace", hourTrace(t))
	recommended, _ := succeed(t, "recommend", "--trace", hourTrace(t), "--policy", "double-halve", "--max-throttled", "100%")
	for _, name := range []string{"provisioned at peak", "on-demand", "optimum"} {
		row := regexp.MustCompile("(?m)^" + name + " .*$")
		got, want := strings.Fields(row.FindString(recommended)), strings.Fields(row.FindString(simulated))
		if !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("recommend says %q, simulate %q", got, want)
		}
	}
}

func TestRecommendRefusesWhenNothingQualifies(t *testing.T) {
	status, lines, stderr := recommended(t, "--trace", dayTrace(t), "--set", "max-shards=2")
	if status != statusRefused || len(lines) != 6 || lines[0].Type != "default" || lines[1].Type != "closest" {
		t.Fatalf("status %d, %+v, %s", status, lines, stderr)
	}
	for _, want := range []string{"no settings keep throttling under the limit of 0.01 %", "what came closest throttles", "max-shards=2"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in %q", want, stderr)
		}
	}
}

func TestFraction(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "0.01%": 0.0001, " 1 % ": 0.01, "0.0001": 0.0001, "100%": 1, "1": 1} {
		var f fraction
		if err := f.UnmarshalText([]byte(text)); err != nil || float64(f) != want {
			t.Errorf("%q is %v, %v; want %v", text, f, err, want)
		}
	}
	for _, text := range []string{"", "%", "-1%", "101%", "NaN", "two"} {
		var f fraction
		if err := f.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %v", text, f)
		}
	}
}

// The tags are quoted so that a shell takes them as one argument.
func TestTagsAreOneArgument(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	_, lines, _ := recommended(t, "--trace", hourTrace(t), "--max-throttled", "100%", "--set", "fan-out-consumers=audit billing", "--top", "1")
	out, err := exec.CommandContext(t.Context(), shell, "-c", `printf '%s\n' `+lines[0].Tags).Output()
	if err != nil || strings.Count(string(out), "\n") != 1 || !strings.Contains(string(out), "=audit billing") {
		t.Errorf("%q, %v", out, err)
	}
}

// With a bar or without, the output is the same, and the command ends, also when it fails.
func TestABarChangesNothing(t *testing.T) {
	race.SkipLong(t)
	trace := dayTrace(t)
	ended, end := context.WithCancel(t.Context())
	end()
	for _, args := range [][]string{
		{"recommend", "--trace", trace, "--policy", "double-halve"},
		{"bench", "--days", "1"},
	} {
		var with, without, errs bytes.Buffer
		if status := run(t.Context(), args, environment{stdout: &without, stderr: &errs, screen: output.Screen{W: &without}}); status != statusOK {
			t.Fatalf("%v: %s", args, errs.String())
		}
		if status := run(t.Context(), args, environment{stdout: &with, stderr: &errs, screen: output.Screen{W: &with}, watched: true}); status != statusOK || with.String() != without.String() {
			t.Errorf("%v with a bar: %s\nwithout: %s", args, with.String(), without.String())
		}
		if status := run(ended, args, environment{stdout: &with, stderr: &errs, screen: output.Screen{W: &with}, watched: true}); status != statusInterrupted || !strings.HasSuffix(errs.String(), "shardkeeper: interrupted\n") {
			t.Errorf("%v, canceled: status %d, %s", args, status, errs.String())
		}
	}
}

// Where nothing is gained by scaling, the tags below the verdict are not what it advises.
func TestTagsThatAreNotAdvisedSaySo(t *testing.T) {
	race.SkipLong(t)
	const allTheSame = "The best settings, should it be scaled all the same:\n\n1. aws kinesis add-tags-to-stream"
	level := traceFile(t, "timestamp,records_per_second,bytes_per_second\n"+"2026-11-23T00:00:00Z,100,100\n2026-11-23T00:01:00Z,100,100\n")
	stdout, _ := succeed(t, "recommend", "--trace", level)
	if !strings.HasPrefix(stdout, "Keep a fixed 1 shard: ") || !strings.Contains(stdout, allTheSame) {
		t.Errorf("a level stream is told\n%s", stdout)
	}
	if stdout, _ = succeed(t, "recommend", "--trace", dayTrace(t), "--max-throttled", "1%", "--policy", "double-halve"); !strings.HasPrefix(stdout, "Autoscale") || strings.Contains(stdout, allTheSame) {
		t.Errorf("a stream with a day is told\n%s", stdout)
	}
}
