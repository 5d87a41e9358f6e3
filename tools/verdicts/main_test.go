package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes a trace of some minutes, of so many records a second in each.
func write(t *testing.T, name string, minutes int, records func(minute int) string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".csv")
	var b strings.Builder
	b.WriteString("timestamp,records_per_second,bytes_per_second\n")
	for minute := range minutes {
		b.WriteString("2026-11-23T0" + string(rune('0'+minute/60)) + ":" + string(rune('0'+minute/10%6)) + string(rune('0'+minute%10)) + ":00Z," + records(minute) + ",1\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Traffic that stays as it is keeps what was chosen; a flood that nobody could know of breaks it.
func TestWhatIsChosenIsJudgedOnTheSecondHalf(t *testing.T) {
	even := write(t, "even", 240, func(int) string { return "3000" })
	flood := write(t, "flood", 240, func(minute int) string {
		if minute < 180 {
			return "100"
		}
		return "30000"
	})
	for path, want := range map[string]bool{even: true, flood: false} {
		r, err := judge(t.Context(), path)
		if err != nil || r.kept() != want || strings.Contains(r.String(), "**") == want {
			t.Errorf("%s, %v; kept: %v, want %v", r, err, r.kept(), want)
		}
	}
}

func TestWithoutAFolder(t *testing.T) {
	if err := run(context.Background(), nil); err == nil {
		t.Error("nothing is judged, and nothing said")
	}
}
