package trial_test

import (
	"math"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// level is an hour in which producers send what so many shards take.
func level(shards float64) trace.Trace {
	t := trace.Trace{Start: time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC), Minutes: make([]trace.Rate, 60)}
	for i := range t.Minutes {
		t.Minutes[i].Records = 1000 * shards
	}
	return t
}

// What is computed of a fixed size is what a stream that stays at it refuses.
func TestWhatAFixedSizeRefuses(t *testing.T) {
	for _, c := range []struct {
		profile     string
		demand      float64
		most, least float64 // of what it refuses
	}{
		{"even", 8, 0, 0},
		{"typical", 8, 0.0001, 0},
		{"hotkey", 8, 0.2, 0.1},
		{"fewkeys", 40, 0.8, 0.5},
	} {
		p, err := profile.Named(c.profile)
		if err != nil {
			t.Fatal(err)
		}
		spread, tr := p.Spread(), level(c.demand)
		needs, _ := spread.ShardsFor(c.demand)
		played, err := trial.Run(t.Context(), trial.Spec{Trace: tr, Settings: scaling.Layer{"mode": "disabled"}, StartShards: needs, Spread: spread, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		got, always := trial.RefusedAt(tr, spread, needs), trial.RefusedAlways(tr, spread)
		if math.Abs(got-played.Usage.ThrottledShare()) > 1e-9 || got > c.most || got < c.least {
			t.Errorf("%s: %d shards refuse %v, played %v", c.profile, needs, got, played.Usage.ThrottledShare())
		}
		if always > got || always < c.least {
			t.Errorf("%s: every size refuses %v, and %d shards %v", c.profile, always, needs, got)
		}
		prices := simulate.DefaultPrices()
		compared := played.Compare(prices, 0).Refusing(tr, spread)
		if compared.PeakRefused != got || compared.AlwaysRefused != always {
			t.Errorf("%s: compared with what refuses %v and %v", c.profile, compared.PeakRefused, compared.AlwaysRefused)
		}
		billed := compared.AtPeak.Writes / played.Month(prices).Writes
		if most := (1 - always) / (1 - got); billed < 1-1e-9 || billed > most+1e-9 {
			t.Errorf("%s: a fixed size is billed for %v times what it lets in when played, want 1 to %v", c.profile, billed, most)
		}
	}
}

func TestASilentTraceRefusesNothing(t *testing.T) {
	if got := trial.RefusedAt(level(0), nil, 1); got != 0 {
		t.Errorf("%v of nothing", got)
	}
}

// The sentence is of what the size holds: with a hot key, of all else.
func TestTheSentenceOfASizeIsTrueWithAHotKey(t *testing.T) {
	for name, want := range map[string]string{
		"typical": "so its highest minute needs 9 open shards.",
		"hotkey":  "so without the hot key its highest minute needs 9 open shards.",
		"fewkeys": "so with usual keys its highest minute would need 9 open shards.",
	} {
		p, err := profile.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := trial.SpreadText(p.Spread(), 9); len(got) < len(want) || got[len(got)-len(want):] != want {
			t.Errorf("%s: %q does not end with %q", name, got, want)
		}
	}
}

// Of what keys lose at every size nothing is billed, but the account's minimum is.
func TestAdvantageBillsItsMinimumOfWhatGotIn(t *testing.T) {
	p, err := profile.Named("hotkey")
	if err != nil {
		t.Fatal(err)
	}
	spread, prices := p.Spread(), simulate.DefaultPrices()
	for mebibytes, want := range map[float64]float64{ // MiB a second that are billed
		10: 25, // less than the minimum, whatever is refused
		30: 25, // less only by what is refused
		60: 0,  // more than the minimum: what got in
	} {
		tr := level(0)
		for i := range tr.Minutes {
			tr.Minutes[i] = trace.Rate{Records: 100, Bytes: mebibytes * (1 << 20)}
		}
		played, err := trial.Run(t.Context(), trial.Spec{Trace: tr, Settings: scaling.Layer{"mode": "disabled"}, StartShards: 100, Spread: spread, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		c := played.Compare(prices, 0).Refusing(tr, spread)
		if want == 0 {
			want = mebibytes * (1 - c.AlwaysRefused)
		}
		if got := c.Advantage.Writes / prices.AdvantageGigabyte * 1024 / (trial.HoursOfMonth * 3600); math.Abs(got-want) > 0.001*want {
			t.Errorf("%v MiB a second, of which %v is refused: %v are billed, want %v", mebibytes, c.AlwaysRefused, got, want)
		}
	}
}
