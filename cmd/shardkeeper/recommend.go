package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

type recommendCommand struct {
	traceFlags
	variantFlags
	profileFlags

	maxThrottled fraction
	top          int
	price        priceFlags
	format       output.Format
}

func newRecommend(at environment) *cobra.Command {
	c := recommendCommand{maxThrottled: 0.0001}
	cmd := &cobra.Command{
		Use:     "recommend --trace FILE.csv",
		GroupID: groupTry,
		Short:   "Search the settings that run a trace cheapest without throttling more than allowed",
		Long: `Searches the settings that run a trace cheapest without throttling more than allowed, and prints them as tags.
They are chosen on the first half of the trace, and shown only if they keep to what is allowed on the rest too. The
first line says whether they, a fixed size or on-demand is cheapest.
It ends with status 3 when no settings keep to what is allowed.`,
		Example: `  shardkeeper recommend --trace orders.csv
  shardkeeper recommend --trace orders.csv --max-throttled 0.1% --policy target-tracking --set max-shards=64`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	c.traceFlags.add(cmd, "")
	c.profileFlags.add(cmd)
	flags := cmd.Flags()
	flags.Var(&c.maxThrottled, "max-throttled", "how much of the traffic may be refused")
	flags.StringArrayVar(&c.policy, "policy", nil, "a policy that may be used, by `name`; all of them when left out; can be repeated")
	c.addSet(cmd, "a setting that stays as it is, `KEY=VALUE`, like max-shards=64")
	completePolicies(cmd)
	flags.IntVar(&c.top, "top", 3, "how many settings are shown, `N`")
	c.price.add(cmd)
	formatFlag(cmd, &c.format, "object")
	return cmd
}

// errNoSettings means that no settings keep throttling under the limit.
var errNoSettings = errors.New("no settings keep throttling under the limit")

// run searches the settings.
func (c *recommendCommand) run(ctx context.Context, at environment) error {
	search, err := c.search()
	if err != nil {
		return err
	}
	path, err := c.one()
	if err != nil {
		return err
	}
	if search.Trace, err = readTrace(ctx, path, c.peak, at); err != nil {
		return err
	}
	bar := at.progress("trying settings", "tried")
	search.Progress = bar.Set
	sweepLess()
	found, err := recommend.Run(ctx, search)
	bar.Done()
	if err != nil {
		return fmt.Errorf("search settings for %s: %w", path, err)
	}
	at.tellFaults("settings tried", found.Faults)
	if c.format == output.CSV {
		said, _ := found.Verdict(search)
		at.tell("%s", said.Sentence)
	}
	switch c.format {
	case output.JSON:
		err = recommendedJSON(at.stdout, found, search)
	case output.CSV:
		err = recommendedCSV(at.stdout, found)
	case output.Table:
		err = recommendedTable(at.screen, found, search)
	}
	if err == nil && len(found.Best) == 0 {
		return refused("%w of %s; what came closest throttles %s at %s a month: %s", errNoSettings,
			trial.Share(search.MaxThrottled), trial.Share(max(found.Closest.First, found.Closest.Rest)), trial.Dollars(found.Closest.Month.Total()), trial.TagsText(found.Closest.Settings))
	}
	return err
}

func (c *recommendCommand) search() (recommend.Search, error) {
	fixed, err := c.base()
	if err != nil {
		return recommend.Search{}, err
	}
	prices, err := c.price.prices()
	if err != nil {
		return recommend.Search{}, err
	}
	if c.top < 1 {
		return recommend.Search{}, usage("--top %d is not at least 1", c.top)
	}
	if mode, set := fixed["mode"]; set && mode != string(scaling.ModeEnabled) {
		return recommend.Search{}, usage("with mode=%s nothing is scaled, so there is nothing to recommend", mode)
	}
	names := c.policy
	if policy, set := fixed["policy"]; set {
		names = []string{policy}
		delete(fixed, "policy")
	}
	if len(names) == 0 {
		for _, p := range scaling.Policies() {
			names = append(names, string(p))
		}
	}
	spread, err := c.spread()
	if err != nil {
		return recommend.Search{}, err
	}
	s := recommend.Search{
		StartShards: c.startShards, Seed: c.seed, Spread: spread, ResendMinutes: c.resend, Prices: prices, Fixed: fixed,
		MaxThrottled: float64(c.maxThrottled), Wanted: c.top,
	}
	if err := eachOnce("policy", names); err != nil {
		return s, err
	}
	for _, name := range names {
		v := trial.Variant{Name: name, Settings: scaling.Layer{"policy": name}}
		maps.Copy(v.Settings, fixed)
		if err := v.Validate(); err != nil {
			return s, usage("%w", err)
		}
		s.Policies = append(s.Policies, scaling.Policy(name))
	}
	return s, nil
}
