package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
)

// What is wrong with the command line is said with what was meant, and with the verb's own help.
func TestUsageIsHelpful(t *testing.T) {
	trace := hourTrace(t)
	for _, test := range []struct{ args, says, next string }{
		{"histroy", `no verb is named "histroy"; did you mean history?`, "shardkeeper --help"},
		{"", "a verb is needed", "shardkeeper --help"},
		{"history --sinse7 7d", "history has no flag --sinse7; did you mean --since?", "shardkeeper history --help"},
		{"history -x", "history has no flag -x", "shardkeeper history --help"},
		{"history --since", "--since needs a value", "shardkeeper history --help"},
		{"history --limit many", `--limit: "many" is no number that it can be`, "shardkeeper history --help"},
		{"history --limit 5 --limit 6", "--limit: it is given twice, and can be given once", "shardkeeper history --help"},
		{"history --since 7d --since 8d", "--since: it is given twice", "shardkeeper history --help"},
		{"history --output json -o csv", "--output: it is given twice", "shardkeeper history --help"},
		{"history --output jsno", `--output: "jsno" is none of table, json, csv; did you mean json?`, "shardkeeper history --help"},
		{"history --kind hlod", `did you mean hold?`, "shardkeeper history --help"},
		{"history orders clicks", `history takes one stream at most; "clicks" is too much`, "shardkeeper history --help"},
		{"history --stack keeper --table t", "--stack and --table are two ways to say the same", "shardkeeper history --help"},
		{"demo orders", `demo takes no argument; "orders" is too much`, "shardkeeper demo --help"},
		{"traffic dasy", `"dasy" is none of`, "shardkeeper traffic --help"},
		{"traffic", "traffic needs one kind of days", "shardkeeper traffic --help"},
		{"traffic days --peak 0", "--peak 0 makes no traffic", "shardkeeper traffic --help"},
		{"traffic days --days 0", "--days 0 is not between 1 and 3660\n", "shardkeeper traffic --help"},
		{"bench --price-shard-hour -1", "--price-shard-hour -1 is not between 0 and 1000000", "shardkeeper bench --help"},
		{"simulate --trace x --price-advantage-minimum NaN", "--price-advantage-minimum NaN is not", "shardkeeper simulate --help"},
		{"export orders --stream clicks", "the stream is named twice", "shardkeeper export --help"},
		{"simulate --trace " + trace + " --set max-shard=4", "max-shard: no such setting; did you mean max-shards?", "shardkeeper simulate --help"},
		{"simulate --trace " + trace + " --variant small:max-shard=4", "max-shard: no such setting; did you mean max-shards?", "shardkeeper simulate --help"},
		{"show arn:aws:kinesis:eu-west-1:123456789012:stream/orders", "is an ARN; give the stream's name, orders", "shardkeeper show --help"},
		{"enroll ord*", `no stream is named "ord*"; a name has at most 128 letters, digits, _, . and -`, "shardkeeper enroll --help"},
		{"recommend --trace " + trace + " --policy double-halve --policy double-halve", "--policy double-halve is there twice", "shardkeeper recommend --help"},
		{"traffic days --output-file=", "--output-file: its name is empty", "shardkeeper traffic --help"},
		{"export orders --output-file=", "--output-file: its name is empty", "shardkeeper export --help"},
		{"export-settings --output-file=", "--output-file: its name is empty", "shardkeeper export-settings --help"},
		{"simulate --trace " + trace + " --report=", "--report: its name is empty", "shardkeeper simulate --help"},
		{"bench --actions=", "--actions: its name is empty", "shardkeeper bench --help"},
		{"replay --stack keeper --queue scalr", "did you mean scaler?", "shardkeeper replay --help"},
	} {
		status, stdout, stderr := execute(t, strings.Fields(test.args)...)
		if status != statusUsage || stdout != "" || !strings.Contains(stderr, test.says) || !strings.HasSuffix(stderr, "\ntry "+test.next+"\n") {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want %q", test.args, status, stdout, stderr, test.says)
		}
	}
}

// Lists can be repeated, and an old word still works.
func TestWhatCanBeRepeated(t *testing.T) {
	trace := hourTrace(t)
	succeed(t, "simulate", "--trace", trace, "--set", "mode=disabled", "--set", "min-shards=1", "--variant", "a:", "--variant", "b:")
	text, _ := succeed(t, "demo", "--output", "text")
	table, _ := succeed(t, "demo", "--output", "table")
	if text != table {
		t.Error("text is not what is now called table")
	}
}

func TestVersionFlag(t *testing.T) {
	flag, _ := succeed(t, "--version")
	verb, _ := succeed(t, "version")
	if flag != verb || !strings.HasPrefix(flag, "shardkeeper ") {
		t.Errorf("--version says %q, version %q", flag, verb)
	}
}

func TestHelpFitsTheScreen(t *testing.T) {
	for _, verb := range newRoot(quiet()).Commands() {
		if verb.Name() == "completion" || verb.Name() == "help" {
			continue
		}
		_, stdout, _ := executeWide(t, 80, verb.Name(), "--help")
		_, options, _ := strings.Cut(stdout, "Flags:")
		for line := range strings.Lines(options) {
			if n := len([]rune(line)); n > 81 {
				t.Errorf("%s: a line has %d columns: %s", verb.Name(), n, line)
			}
		}
		if !strings.Contains(stdout, "Examples:") {
			t.Errorf("%s: no examples in its help", verb.Name())
		}
	}
}

// The account is opened as the flags say, and its stack finds the table and the queue.
func TestTheAccountIsTheOneOfTheFlags(t *testing.T) {
	account := &fakeAccount{registry: filled(t), queue: filledBox(t)}
	at := quiet()
	at.open, at.getenv = account.open, func(string) string { return "" }
	at.now = clock
	if status := run(t.Context(), strings.Fields("history --region us-east-2 --profile production --stack keeper"), at); status != statusOK {
		t.Errorf("status %d", status)
	}
	if want := (operator.Access{Region: "us-east-2", Profile: "production"}); account.access != want || account.table != "keeper-table" {
		t.Errorf("opened %+v, table %q; want %+v", account.access, account.table, want)
	}
	run(t.Context(), strings.Fields("replay --stack keeper --queue scaler"), at)
	if !slices.Contains(account.queue.invoked, "keeper-scaler") || !slices.Contains(account.queue.invoked, "keeper-enroller") {
		t.Errorf("invoked %v", account.queue.invoked)
	}
}

func TestAnAccountThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	for _, args := range []string{"history", "export orders", "replay --queue " + deadLetters, "history --stack nobody", "replay --stack nobody --queue scaler"} {
		account := &fakeAccount{}
		if !strings.Contains(args, "nobody") {
			account.refused = &operator.PlainError{What: "no AWS credentials", Next: "aws sso login", Err: errors.New("EC2 IMDS role")}
		}
		var errs strings.Builder
		at := quiet()
		at.open, at.getenv, at.stderr, at.now = account.open, func(string) string { return "" }, &errs, clock
		status := run(t.Context(), strings.Fields(args), at)
		if status != statusFailed || !strings.Contains(errs.String(), "\ntry aws ") || strings.Contains(errs.String(), "IMDS") {
			t.Errorf("%s: status %d, %q", args, status, errs.String())
		}
	}
}

func TestAnInterruptedVerbEndsWith130(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for _, args := range []string{"demo", "simulate --trace " + hourTrace(t), "bench --days 1"} {
		var errs strings.Builder
		at := quiet()
		at.stderr = &errs
		if status := run(ended, strings.Fields(args), at); status != statusInterrupted || errs.String() != "shardkeeper: interrupted\n" {
			t.Errorf("%s: status %d, %q", args, status, errs.String())
		}
	}
}
