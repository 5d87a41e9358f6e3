// Command mutants measures what the fault simulation sees: it makes one deliberate mistake after the other in
// a copy of the code, runs the simulation on it, and prints which promise noticed it. The code itself is not
// touched: the compiler is told to read the changed file in place of the real one (go build -overlay).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	seeds := flag.Int("seeds", 300, "how many seeds to run for each mistake")
	only := flag.String("only", "", "make only the mistakes whose name contains this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *seeds, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run makes the mistakes one by one and prints the table. The error says that a mistake cannot be made, or
// that too few were noticed.
func run(ctx context.Context, seeds int, only string) error {
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	began, seen, counted := time.Now(), 0, 0
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	defer func() { _ = table.Flush() }()
	fmt.Fprintln(table, "| mistake\t| noticed as\t|")
	fmt.Fprintln(table, "|---\t|---\t|")
	for _, m := range mutants() {
		if !strings.Contains(m.name, only) {
			continue
		}
		noticed, err := trial{dir: dir, seeds: seeds}.of(ctx, m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		switch {
		case noticed != "":
			seen++
			counted++
		case m.unseen != "":
			noticed = "not counted: " + m.unseen
		default:
			counted++
			noticed = "**not noticed**"
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", m.name, noticed)
		fmt.Fprintf(table, "| %s\t| %s\t|\n", m.name, noticed)
	}
	fmt.Fprintf(table, "\n%d of %d noticed within %d seeds, in %s\n", seen, counted, seeds, time.Since(began).Round(time.Second))
	if 10*seen < 9*counted {
		return fmt.Errorf("%d of %d mistakes were noticed; nine of ten must be", seen, counted)
	}
	return nil
}
