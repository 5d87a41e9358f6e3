package trial_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// rows reads a file of testdata/reference-scores, without its heading.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "reference-scores", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil || len(all) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(all), err)
	}
	return all[1:]
}

// numbers are the cells of a row as numbers.
func numbers(t *testing.T, cells []string) []float64 {
	t.Helper()
	var all []float64
	for _, cell := range cells {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// byHand plays a trace while somebody makes the calls of actions.csv.
func byHand(t *testing.T, all trace.Trace, actions [][]string, spread *profile.Spread) simulate.Usage {
	t.Helper()
	w := simulate.New(simulate.Options{Start: all.Start})
	defer w.Close()
	start := numbers(t, actions[0])
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: int(start[1]), Load: simulate.Replay(all), Age: 60e9, Spread: spread}); err != nil {
		t.Fatal(err)
	}
	minute := 0
	for _, row := range actions[1:] {
		action := numbers(t, row)
		if err := w.Run(t.Context(), int(action[0])-minute); err != nil {
			t.Fatal(err)
		}
		minute = int(action[0])
		if err := w.Reshard("orders", int(action[2]), "somebody"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Run(t.Context(), len(all.Minutes)-minute); err != nil {
		t.Fatal(err)
	}
	usage, err := w.Usage("orders")
	if err != nil {
		t.Fatal(err)
	}
	return usage
}

// Another program with the same definition of the profiles scored these actions on this trace: what is
// refused, and what the optimum and a fixed size come to.
func TestScoresAreThoseOfTheReference(t *testing.T) {
	file, err := os.Open(filepath.Join("testdata", "reference-scores", "trace.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	all, err := trace.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	actions := rows(t, "actions.csv")
	scores := rows(t, "scores.csv")
	if len(scores) != len(profile.Names()) {
		t.Errorf("scores of %d profiles, there are %d", len(scores), len(profile.Names()))
	}
	for _, row := range scores {
		t.Run(row[0], func(t *testing.T) {
			want := numbers(t, row[1:])
			p, err := profile.Named(row[0])
			if err != nil {
				t.Fatal(err)
			}
			spread := p.Spread()
			usage := byHand(t, all, actions, spread)
			for _, c := range []struct {
				what      string
				got, want float64
			}{
				{"refused share", usage.ThrottledShare(), want[0]},
				{"throttled minutes", float64(usage.ThrottledMinutes), want[1]},
				{"shard-hours", usage.ShardHours(), want[2]},
				{"the optimum's shard-hours", trial.Optimum(all, spread), want[3]},
				{"open shards for the highest minute", float64(usage.PeakNeeds), want[4]},
			} {
				if math.Abs(c.got-c.want) > 1e-6 {
					t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
				}
			}
		})
	}
}
