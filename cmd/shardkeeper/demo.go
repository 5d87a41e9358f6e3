package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

type demoCommand struct {
	profileFlags

	format  output.Format
	seed    uint64
	eager   bool
	verbose bool
}

func newDemo(at environment) *cobra.Command {
	var c demoCommand
	cmd := &cobra.Command{
		Use:     "demo",
		GroupID: groupTry,
		Short:   "Play two days of a stream in a model of AWS",
		Long: `Plays two days of a stream with a flash crowd in a model of AWS, and prints on one screen when it scaled and why. The
enroller, scaler and reconciler are the real ones, and the settings are the defaults. No account is needed.`,
		Example: "  shardkeeper demo\n  shardkeeper demo --eager --verbose\n  shardkeeper demo --seed 7 --output json",
		Args:    arguments(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	c.format = output.Table
	words := append(values(output.Formats()), "text")
	choose(cmd, choice{word: (*string)(&c.format), words: words[:3], old: map[string]string{"text": string(output.Table)}}, "output", "o",
		"how it is written; json prints one object a line, csv the timeline")
	c.add(cmd)
	cmd.Flags().Uint64Var(&c.seed, "seed", 1, "of the traffic's noise and crowd; the same seed prints the same")
	cmd.Flags().BoolVar(&c.eager, "eager", false, "scale early and often, so that the budget of operations runs short")
	cmd.Flags().BoolVar(&c.verbose, "verbose", false, "print the whole timeline, the history, and each check; json and csv always do")
	return cmd
}

// errDemo means that something in the demo did not happen as it should.
var errDemo = errors.New("the demo did not go as it should; see its checks")

// printer shows the demo as it goes, and what it came to.
type printer interface {
	row(r demo.Row) error
	result(r demo.Result) error
}

// run plays the demo. It fails when something did not happen that the demo is to show.
func (c *demoCommand) run(ctx context.Context, at environment) error {
	spread, err := c.spread()
	if err != nil {
		return err
	}
	p, err := c.printer(at, spread)
	if err != nil {
		return err
	}
	bar := at.demoProgress()
	defer bar.Done()
	var broken error
	sweepLess()
	result, err := demo.Run(ctx, demo.Spec{Seed: c.seed, Spread: spread, ResendMinutes: c.resend, Eager: c.eager}, func(r demo.Row) {
		bar.Set(max(0, int(r.At.Sub(demo.Start()).Hours())), demoHours)
		if broken == nil {
			broken = p.row(r)
		}
	})
	bar.Done()
	if err = errors.Join(err, broken); err != nil {
		return fmt.Errorf("play the demo: %w", err)
	}
	if err := p.result(result); err != nil {
		return err
	}
	if !result.OK() {
		return errDemo
	}
	return nil
}

const demoHours = 2 * 24 // of demo.Run

// demoProgress is a bar for the demo; none where the rows themselves show how far it is.
func (at environment) demoProgress() *terminal.Progress {
	if at.shared {
		return nil
	}
	return at.progress("playing the demo", "hours")
}

func (c *demoCommand) printer(at environment, spread *profile.Spread) (printer, error) {
	switch c.format {
	case output.JSON:
		return jsonDemo{at.stdout}, nil
	case output.CSV:
		sheet, err := output.NewSheet[timelineLine](at.stdout)
		return csvDemo{sheet}, err
	case output.Table:
	}
	if !c.verbose {
		return newShortDemo(at.screen)
	}
	return newTextDemo(at.screen, c.seed, spread)
}
