package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write writes a trace of four hours, of so many records a second in each minute, and returns its folder.
func write(t *testing.T, records func(minute int) string) string {
	t.Helper()
	folder := t.TempDir()
	var b strings.Builder
	b.WriteString("timestamp,records_per_second,bytes_per_second\n")
	for minute := range 240 {
		b.WriteString("2026-11-23T0" + string(rune('0'+minute/60)) + ":" + string(rune('0'+minute/10%6)) + string(rune('0'+minute%10)) + ":00Z," + records(minute) + ",1\n")
	}
	if err := os.WriteFile(filepath.Join(folder, "written.csv"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// judged reads the trace of a folder, and judges it.
func judged(t *testing.T, folder string) row {
	t.Helper()
	traces, err := read([]string{folder})
	if err != nil || len(traces) != 1 {
		t.Fatalf("%v, %v", traces, err)
	}
	r, err := judge(t.Context(), traces[0].Trace)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Traffic that stays as it is keeps what was chosen; a flood that nobody could know of breaks it.
func TestWhatIsChosenIsJudgedOnTheSecondHalf(t *testing.T) {
	even := write(t, func(int) string { return "3000" })
	flood := write(t, func(minute int) string {
		if minute < 180 {
			return "100"
		}
		return "30000"
	})
	for folder, want := range map[string]bool{even: true, flood: false} {
		r := judged(t, folder)
		if r.kept() != want || strings.Contains(r.String(), "**") == want {
			t.Errorf("%s; kept: %v, want %v", r, r.kept(), want)
		}
	}
}

// A size that the first half asks for counts only where it holds in the second.
func TestTheFixedSizeOfTheFirstHalf(t *testing.T) {
	shrunk := write(t, func(minute int) string {
		if minute < 120 {
			return "9000"
		}
		return "3000"
	})
	grown := write(t, func(minute int) string {
		if minute < 120 {
			return "3000"
		}
		return "9000"
	})
	for folder, want := range map[string]bool{shrunk: true, grown: false} {
		r := judged(t, folder)
		if r.foreseen <= 0 || r.foreseenHolds != want || strings.Contains(r.String(), "does not hold") == want {
			t.Errorf("%s; holds: %v, want %v", r, r.foreseenHolds, want)
		}
		if want && (r.foreseen <= r.fixed || !r.cheapForeseen()) {
			t.Errorf("the first half asks for more than the second needs: %s, %v, want more than %v", r, r.foreseen, r.fixed)
		}
	}
}

// Twelve traces are made, the same each time, of two weeks each; every minute has traffic that a stream can hold.
func TestMadeTraces(t *testing.T) {
	traces, err := read(nil)
	if err != nil || len(traces) != 12 {
		t.Fatalf("%d traces, %v", len(traces), err)
	}
	again := made()
	for _, one := range traces {
		minutes := one.Trace.Minutes
		if !slices.Equal(minutes, again[one.Name].Minutes) {
			t.Errorf("%s: not the same when it is made again", one.Name)
		}
		highest := 0.0
		for minute, rate := range minutes {
			if rate.Records <= 0 || math.IsNaN(rate.Records) {
				t.Fatalf("%s: %v records in minute %d", one.Name, rate.Records, minute)
			}
			highest = max(highest, rate.Records)
		}
		if len(minutes) != 14*24*60 || highest < 6000 || highest > 90000 {
			t.Errorf("%s: %d minutes, at most %v records a second", one.Name, len(minutes), highest)
		}
	}
}

func TestAFolderWithoutTraces(t *testing.T) {
	if err := run(context.Background(), []string{t.TempDir()}); err == nil {
		t.Error("nothing is judged, and nothing said")
	}
}
