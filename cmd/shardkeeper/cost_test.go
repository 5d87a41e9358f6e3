package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// TestCostIsWhatSimulateSays reads a stream and plays it, and does the same with what export has written.
func TestCostIsWhatSimulateSays(t *testing.T) {
	var samples []scaling.Sample
	for minute := range 24 * 60 {
		samples = append(samples, scaling.Sample{At: now.Add(-24*time.Hour - exportLag + time.Duration(minute)*time.Minute), Records: 1500, Bytes: 150_000})
	}
	account := &fakeAccount{traffic: &cloudWatch{samples: samples}}
	page, file := filepath.Join(t.TempDir(), "orders.html"), filepath.Join(t.TempDir(), "orders.csv")
	status, cost, stderr := onAccount(t, 0, account, "cost", "orders", "--days", "1", "-o", "csv", "--report", page)
	if status != statusOK || !strings.Contains(readText(t, page), "orders") {
		t.Fatalf("status %d, %s", status, stderr)
	}
	if status, _, stderr := onAccount(t, 0, account, "export", "orders", "--days", "1", "--output-file", file); status != statusOK {
		t.Fatal(stderr)
	}
	status, simulated, stderr := onAccount(t, 0, account, "simulate", "--trace", file, "--policy", "double-halve", "--policy", "target-tracking", "-o", "csv")
	if status != statusOK || simulated != cost {
		t.Errorf("status %d, %s\ncost says\n%s\nsimulate says\n%s", status, stderr, cost, simulated)
	}
	_, chosen, _ := onAccount(t, 0, account, "cost", "orders", "--days", "1", "-o", "csv", "--set", "policy=target-tracking")
	if !strings.Contains(chosen, "variant,target-tracking,") || strings.Contains(chosen, "variant,double-halve,") {
		t.Errorf("the policy that is set is not the one that is played:\n%s", chosen)
	}
	for args, says := range map[string]string{
		"cost nobody": "has no traffic of stream nobody", "cost no/name": "no stream is named", "cost orders --days 61": "is not between 1 and 60",
		"cost orders --policy gossip": "gossip", "cost": "needs one stream",
		"cost orders --set policy=target-tracking --policy double-halve": "exclude each other; give one",
	} {
		if status, _, stderr := onAccount(t, 0, account, strings.Fields(args)...); status == statusOK || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
}
