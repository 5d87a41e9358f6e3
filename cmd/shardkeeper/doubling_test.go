package main

import (
	"fmt"
	"strings"
	"testing"
)

// steadyTrace is an hour in which producers send the same each minute.
func steadyTrace(t *testing.T, records int) string {
	t.Helper()
	text := "timestamp,records_per_second,bytes_per_second\n"
	for minute := range 60 {
		text += fmt.Sprintf("2026-11-23T00:%02d:00Z,%d,600000\n", minute, records)
	}
	return traceFile(t, text)
}

// A person who looks at steady traffic reads in the first line that doubling loses, and what to tag.
func TestTheFirstLineSaysThatDoublingLoses(t *testing.T) {
	const loses = "double-halve costs more than a fixed size"
	steady := steadyTrace(t, 8000)
	for _, c := range []struct{ name, command, want string }{
		{"by default", "simulate", loses + " here: try it with --policy target-tracking."},
		{"a sheet", "simulate --output csv", loses + " here: try it with --policy target-tracking."},
		{"several traces", "simulate --trace " + steadyTrace(t, 8000), "a fixed size on 2; " + loses + " on 2: try it with --policy target-tracking."},
		{"both policies", "simulate --policy double-halve --policy target-tracking", loses + " here"},
	} {
		status, stdout, stderr := executeWide(t, 0, strings.Fields(c.command+" --trace "+steady+" --profile even")...)
		first, _, _ := strings.Cut(stdout, "\n")
		if strings.Contains(c.command, "--output csv") {
			first, _, _ = strings.Cut(stderr, "\n")
		}
		if status != 0 || !strings.Contains(first, c.want) {
			t.Errorf("%s: status %d, the first line is %q, want %q", c.name, status, first, c.want)
		}
	}
}

// With a hot key the first line does not praise a size that refuses records.
func TestTheFirstLineWithAHotKey(t *testing.T) {
	_, text, _ := executeWide(t, 0, "simulate", "--profile", "hotkey", "--trace", steadyTrace(t, 8000))
	if !strings.HasPrefix(text, "No size holds this traffic, since a key of it needs more than a shard: ") ||
		!strings.Contains(text, "so without the hot key its highest minute needs") {
		t.Errorf("it says %s", text)
	}
}
