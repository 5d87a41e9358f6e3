package profile_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

// lines opens a reference table, made by another program with the same definition of the profiles, and
// reads it behind its heading.
func lines(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "reference-table-of-profiles", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []string
	for scan := bufio.NewScanner(file); scan.Scan(); {
		all = append(all, scan.Text())
	}
	if len(all) < 10 {
		t.Fatalf("%s has %d lines", name, len(all))
	}
	return all[1:]
}

func spread(t *testing.T, name string) *profile.Spread {
	t.Helper()
	p, err := profile.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return p.Spread()
}

// What is refused on the first day at a grid of demands and sizes.
func TestRefusalsAreThoseOfTheReferenceTable(t *testing.T) {
	for _, name := range profile.Names() {
		t.Run(name, func(t *testing.T) {
			s := spread(t, name)
			for _, line := range lines(t, name+"-refusals.csv") {
				var demand, want float64
				var shards int
				if _, err := fmt.Sscanf(line, "%g,%d,%g", &demand, &shards, &want); err != nil {
					t.Fatal(err)
				}
				if got := s.Shards(s.Day(0), profile.Even(shards)).Refused(demand); math.Abs(got-want) > 1e-6 {
					t.Errorf("%v on %d shards: refused %.9f, want %.9f", demand, shards, got, want)
				}
			}
		})
	}
}

// How full the fullest shard is, and what a size is said to hold: two decimals are in the table.
func TestSizesAreThoseOfTheReferenceTable(t *testing.T) {
	for _, name := range profile.Names() {
		t.Run(name, func(t *testing.T) {
			s := spread(t, name)
			for _, line := range lines(t, name+"-sizes.txt") {
				var shards int
				var hottest, usable float64
				if _, err := fmt.Sscan(line, &shards, &hottest, &usable); err != nil {
					t.Fatal(err)
				}
				size := float64(shards)
				if got := s.Shards(0, profile.Even(shards)).Hottest() * size; math.Abs(got-hottest) > 0.00501 {
					t.Errorf("%d shards: the fullest has %.4f times the mean, want %.2f", shards, got, hottest)
				}
				if got := s.Capacity(shards) / size; math.Abs(got-usable) > 0.00501 {
					t.Errorf("%d shards: %.4f is usable, want %.2f", shards, got, usable)
				}
			}
		})
	}
}
