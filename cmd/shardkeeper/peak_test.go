package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// --peak is what the highest minute fills. What it needs depends on how keys and seconds differ, and is more.
func TestPeakIsWhatTheHighestMinuteFills(t *testing.T) {
	stdout, _ := succeed(t, "simulate", "--trace", dayTrace(t), "--peak", "20", "-o", "json")
	line, _, _ := strings.Cut(stdout, "\n")
	var first traceLine
	if err := json.Unmarshal([]byte(line), &first); err != nil || first.PeakShards != 20 || first.PeakNeeds <= 20 {
		t.Errorf("the highest minute fills %v shards and needs %d, %v", first.PeakShards, first.PeakNeeds, err)
	}
	for _, verb := range []string{"simulate", "recommend", "bench", "traffic"} {
		if help, _ := succeed(t, verb, "--help"); !strings.Contains(strings.Join(strings.Fields(help), " "), "highest minute fills") {
			t.Errorf("%s --help does not say that --peak is what the highest minute fills", verb)
		}
	}
}
