package main

import (
	"runtime/debug"
	"testing"
	"time"
)

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
		if got := versionOf(info).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
