package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// length is a length of time on the command line: "30m", "2h" or "7d".
type length time.Duration

// lengthFlag adds a flag for a length of time. The help calls it as the word in backquotes says.
func lengthFlag(flags *pflag.FlagSet, to *time.Duration, name string, usual time.Duration, help string) {
	*to = usual
	flags.Var((*length)(to), name, help)
}

// Type is what the help calls it.
func (l *length) Type() string { return "length" }

// String returns it without parts that are zero.
func (l *length) String() string {
	if *l == 0 {
		return "0"
	}
	text := time.Duration(*l).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Set reads it. What is below zero is read too: each flag says what it needs at least.
func (l *length) Set(text string) error {
	d, err := parseAgo(text)
	if err != nil {
		return fmt.Errorf("%q is no length of time; want 30m, 2h or 7d", text)
	}
	*l = length(d)
	return nil
}

// longestFor is how long a stream can be given shards at most. What is to stay longer is an override.
const longestFor = 366 * 24 * time.Hour

// checkFor says what is wrong with --for.
func checkFor(duration time.Duration) error {
	switch {
	case duration < time.Minute:
		return usage("--for %s is less than a minute", duration)
	case duration > longestFor:
		return usage("--for %s is more than 366 days; shardkeeper set sets what is to stay", (*length)(&duration))
	}
	return nil
}

// checkWait says that a command would wait for less than one look.
func checkWait(patience time.Duration, noWait bool) error {
	if !noWait && patience < looksEvery {
		return usage("--wait %s is not at least %s; --no-wait does not wait", patience, looksEvery)
	}
	return nil
}
