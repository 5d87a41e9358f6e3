package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// knownTags are the tags of streams that all exist.
type knownTags struct{ *watched }

func (knownTags) Tags(context.Context, string) (map[string]string, error) {
	return map[string]string{"shardkeeper": "dry-run", "team": "a"}, nil
}

func (knownTags) Set(context.Context, string, map[string]string) error { return nil }

// richAccount has something to show to every verb.
func richAccount(t *testing.T) *fakeAccount {
	t.Helper()
	account := scaledDay(t)
	samples := account.traffic.samples
	w := &watched{records: 7600, alarm: scaling.StateAlarm, shards: 8, names: []string{"orders", "payments-with-a-name-that-is-long"}, predecessors: adopted()[:1], others: []string{"theirs-scale-up"}}
	return &fakeAccount{
		registry: fleet(t), watched: w, traffic: &cloudWatch{samples: samples, others: []string{"payments-with-a-name-that-is-long"}},
		queue: filledBox(t), removal: installed(), tags: knownTags{w},
	}
}

// onScreen runs a verb in a rich account.
func onScreen(t *testing.T, width int, colour bool, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	account := richAccount(t)
	switch args[0] {
	case "history":
		account.registry = filled(t)
	case "restored":
		r := fleet(t)
		if err := r.Pause(t.Context(), ledger.Pause{InForce: true, At: now, Who: ana, Why: "a restore"}); err != nil {
			t.Fatal(err)
		}
		account.registry = r
	}
	var out, errs bytes.Buffer
	status = run(t.Context(), args, environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: width, Colour: colour}, now: clock,
		getenv: func(string) string { return "" }, open: account.open, wait: func(context.Context, time.Duration) error { return nil },
	})
	return status, out.String(), errs.String()
}

// toCopy are the beginnings of lines that stay whole on every screen, since they are to be copied.
func toCopy(line string) bool {
	line = strings.TrimSpace(line)
	for _, begin := range []string{"aws ", "shardkeeper ", "https://", "arn:"} {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	return false
}

// What every verb prints fits the screen, has no colours in a pipe, and says the same in words with colours.
func TestEveryVerbFitsEveryScreen(t *testing.T) {
	simulates := []string{"cost", "report", "survey"} // these take a while; other tests have them on other screens
	for verb, args := range awsVerbs(t) {
		for _, width := range screens() {
			if slices.Contains(simulates, verb) && width != 60 {
				continue
			}
			status, stdout, stderr := onScreen(t, width, false, args...)
			if want := map[string]int{"doctor": statusFailed}[verb]; status != want {
				t.Errorf("%s on %d columns: status %d, %s", verb, width, status, stderr)
			}
			if strings.Contains(stdout+stderr, "\x1b") || strings.Contains(stdout+stderr, "%!") {
				t.Errorf("%s on %d columns: there are colours or faults in %q", verb, width, stdout+stderr)
			}
			for line := range strings.Lines(stdout) {
				line = strings.TrimSuffix(line, "\n")
				if n := len([]rune(line)); width > 0 && n > width && !toCopy(line) && verb != "export" && verb != "export-settings" {
					t.Errorf("%s on %d columns: a line has %d: %s", verb, width, n, line)
				}
			}
			if width != 80 {
				continue // one screen is enough for the colours
			}
			_, coloured, _ := onScreen(t, width, true, args...)
			if plain := withoutColours(coloured); plain != withoutColours(stdout) {
				t.Errorf("%s on %d columns says something else in colours:\n%s\n%s", verb, width, plain, stdout)
			}
		}
	}
}

// withoutColours is a text without what colours it, and without the spaces at the ends of its lines.
func withoutColours(text string) string {
	for _, code := range []string{"\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[2m"} {
		text = strings.ReplaceAll(text, code, "")
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// Every verb that has --output writes what programs can read.
func TestEveryVerbIsForProgramsToo(t *testing.T) {
	formats := map[string]bool{}
	for _, verb := range newRoot(environment{}).Commands() {
		formats[verb.Name()] = verb.Flags().Lookup("output") != nil
	}
	for verb, args := range awsVerbs(t) {
		if !formats[verb] || verb == "export" {
			continue // export writes traces
		}
		_, stdout, stderr := onScreen(t, 80, true, append(slices.Clone(args), "-o", "json")...)
		for line := range strings.Lines(stdout) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: a line is no JSON: %s", verb, line)
			}
		}
		if stdout == "" {
			t.Errorf("%s: nothing is written; %s", verb, stderr)
		}
		_, stdout, _ = onScreen(t, 80, true, append(slices.Clone(args), "-o", "csv")...)
		if rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll(); err != nil || len(rows) < 2 {
			t.Errorf("%s: %d rows of CSV, %v: %s", verb, len(rows), err, stdout)
		}
	}
	for verb, has := range formats {
		if without := []string{"export-settings", "uninstall", "restored", "completion", "help", "man"}; !has && !slices.Contains(without, verb) {
			t.Errorf("%s has no --output", verb)
		}
	}
}
