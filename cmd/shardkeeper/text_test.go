package main

import (
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWrappedKeepsEveryWordWithinTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abé \t\n"))).Draw(t, "text")
		width := rapid.IntRange(1, 20).Draw(t, "width")
		lines := wrapped(text, width)
		for _, line := range lines {
			if n := len([]rune(line)); n > width {
				t.Fatalf("line %q has %d characters, more than %d", line, n, width)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestMoment(t *testing.T) {
	for text, want := range map[string]time.Time{
		"24h":                       now.Add(-24 * time.Hour),
		"90m":                       now.Add(-90 * time.Minute),
		"7d":                        now.Add(-7 * 24 * time.Hour),
		"0d":                        now,
		"2026-11-01":                time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		"2026-11-01T12:00:00Z":      time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
		"2026-11-01T12:00:00+01:00": time.Date(2026, 11, 1, 11, 0, 0, 0, time.UTC),
	} {
		var m moment
		if err := m.UnmarshalText([]byte(text)); err != nil || !m.of(now).Equal(want) {
			t.Errorf("%s: %v, %v, want %v", text, m.of(now), err, want)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-24h", "7w", "99999999999d", "24", "2026-13-01"} {
		var m moment
		if err := m.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %v", text, m)
		}
	}
}

func TestVersionSaysWhatTheBuildKnows(t *testing.T) {
	for want, info := range map[string]*debug.BuildInfo{
		"shardkeeper (unknown) ": {},
		"shardkeeper v1.2.3 0123456789ab (modified) go1.26.8": {
			GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}},
		},
	} {
		if got := versionLine(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
