package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// level is a day of traffic that stays as it is but for one minute, at so many times the others.
func level(times float64) trace.Trace {
	t := trace.Trace{Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Minutes: make([]trace.Rate, 24*60)}
	for i := range t.Minutes {
		t.Minutes[i] = trace.Rate{Records: 1000, Bytes: 1000}
	}
	t.Minutes[len(t.Minutes)/2].Records *= times
	return t
}

// A level stream takes less than twice the fixed size; one that is idle but for a minute takes a small part of it, and refuses that minute.
func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		times, least, most float64
		refuses            bool
	}{{1, 0.7, 2, false}, {100, 0.01, 0.5, true}} {
		r, err := measure(t.Context(), trace.Named{Name: "orders", Trace: level(c.times)})
		if err != nil || len(r.played) != len(scaling.Policies()) {
			t.Fatalf("%v, %v", r, err)
		}
		for i, p := range r.played {
			part, refused := ofFixed(p.Usage), p.Usage.ThrottledShare()
			if part < c.least || part > c.most || (refused > 0.01) != c.refuses {
				t.Errorf("%v times, %s: %.2f of the fixed size, %.4f refused", c.times, scaling.Policies()[i], part, refused)
			}
		}
		if columns := strings.Count(r.String(), "|") - 1; columns != 2+2*len(r.played) {
			t.Errorf("%s has %d columns", r, columns)
		}
	}
}

func TestOverMean(t *testing.T) {
	of := func(times float64) float64 {
		t.Helper()
		r, err := measure(t.Context(), trace.Named{Name: "orders", Trace: level(times)})
		if err != nil {
			t.Fatal(err)
		}
		return r.overMean
	}
	if got := of(1); got != 1 {
		t.Errorf("level traffic: %v", got)
	}
	if got := of(1441); got < 720 || got > 721 {
		t.Errorf("a minute as high as all others together and more: %v", got)
	}
	if got := overMean(simulate.Usage{}); got != 0 {
		t.Errorf("no traffic: %v", got)
	}
}

func TestWithoutFolders(t *testing.T) {
	if err := run(t.Context(), nil); err == nil {
		t.Error("nothing is measured, and nothing said")
	}
	if err := run(t.Context(), []string{t.TempDir()}); err == nil {
		t.Error("a folder without traces is no error")
	}
}
