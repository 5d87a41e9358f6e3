package recommend

import (
	"slices"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// costly is a candidate of so many settings that costs so much a month.
func costly(dollars float64, settings ...string) Candidate {
	c := Candidate{Settings: scaling.Layer{}, Month: trial.Month{Shards: dollars}}
	for _, name := range settings {
		c.Settings[name] = "1"
	}
	return c
}

func TestFewerSettingsGoFirstUnlessTheyCostMuchMore(t *testing.T) {
	cheapest, few, dear := costly(100, "a", "b", "c"), costly(108, "a"), costly(130)
	for name, test := range map[string]struct {
		rival float64 // cents
		want  []Candidate
	}{
		"a twentieth for each setting":            {1e6, []Candidate{few, cheapest, dear}},
		"but not if a fixed size costs less":      {105_00, []Candidate{cheapest, few, dear}},
		"nor if all are dearer than that":         {50_00, []Candidate{few, cheapest, dear}},
		"as much as a fixed size is no cheaper":   {108_00, []Candidate{cheapest, few, dear}},
		"a cent less than a fixed size is enough": {108_01, []Candidate{few, cheapest, dear}},
	} {
		got := ranked([]Candidate{cheapest, few, dear}, itself, test.rival)
		if !slices.EqualFunc(got, test.want, func(a, b Candidate) bool { return a.Month == b.Month }) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := ranked[Candidate](nil, itself, 1); len(got) > 0 {
		t.Errorf("of nothing: %v", got)
	}
}
