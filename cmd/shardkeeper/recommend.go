package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

type recommendCommand struct {
	traceFlags `embed:""`

	MaxThrottled fraction   `default:"0.01%" help:"How much of the traffic may be refused (${default})." placeholder:"SHARE"`
	Policy       []string   `help:"A policy that may be used; all of them when left out." placeholder:"NAME" sep:"none"`
	Set          []string   `help:"A setting that stays as it is, like max-shards=64. Can be repeated." placeholder:"KEY=VALUE" sep:"none"`
	Top          int        `default:"3" help:"How many settings are shown (${default})."`
	Output       string     `default:"table" enum:"table,json" help:"${enum}; json prints one object a line."`
	Price        priceFlags `embed:"" prefix:"price-"`
}

// fraction is a share on the command line: "0.01%" or 0.0001.
type fraction float64

// UnmarshalText reads a share.
func (s *fraction) UnmarshalText(text []byte) error {
	number, hundredths := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if hundredths {
		v /= 100
	}
	if err != nil || math.IsNaN(v) || v < 0 || v > 1 {
		return fmt.Errorf("%q is no share; want one like 0.01%% or 0.0001", text)
	}
	*s = fraction(v)
	return nil
}

// errNoSettings means that no settings keep throttling under the limit.
var errNoSettings = errors.New("no settings keep throttling under the limit")

// Run searches the settings.
func (c recommendCommand) Run(ctx context.Context, at surroundings) error {
	search, err := c.search()
	if err != nil {
		return err
	}
	if search.Trace, err = c.read(at.stderr); err != nil {
		return err
	}
	bar := at.progress("trying settings", "tried")
	search.Progress = bar.set
	found, err := recommend.Run(ctx, search)
	bar.done()
	if err != nil {
		return fmt.Errorf("search settings for %s: %w", c.Trace, err)
	}
	at.tellFaults("settings tried", found.Faults)
	if len(found.Best) > c.Top {
		found.Best = found.Best[:c.Top]
	}
	if c.Output == "json" {
		if text := fixedText(found); text != "" {
			_, _ = fmt.Fprintln(at.stderr, text)
		}
		err = recommendedJSON(at.stdout, found)
	} else {
		err = recommendedTable(at.stdout, found, search)
	}
	if err == nil && len(found.Best) == 0 {
		return fmt.Errorf("%w of %s; what came closest throttles %s at %s a month: %s", errNoSettings,
			trial.Share(search.MaxThrottled), trial.Share(found.Closest.Throttled()), trial.Dollars(found.Closest.Month.Total()), trial.TagsText(found.Closest.Settings))
	}
	return err
}

func (c recommendCommand) search() (recommend.Search, error) {
	fixed, err := variantFlags{Set: c.Set}.base()
	if err != nil {
		return recommend.Search{}, err
	}
	prices, err := c.Price.prices()
	if err != nil {
		return recommend.Search{}, err
	}
	if c.Top < 1 {
		return recommend.Search{}, fmt.Errorf("%w: --top %d is not at least 1", errUsage, c.Top)
	}
	if mode, set := fixed["mode"]; set && mode != string(scaling.ModeEnabled) {
		return recommend.Search{}, fmt.Errorf("%w: with mode=%s nothing is scaled, so there is nothing to recommend", errUsage, mode)
	}
	names := c.Policy
	if policy, set := fixed["policy"]; set {
		names = append(names, policy)
		delete(fixed, "policy")
	}
	if len(names) == 0 {
		for _, p := range scaling.Policies() {
			names = append(names, string(p))
		}
	}
	s := recommend.Search{StartShards: c.StartShards, Seed: c.Seed, Prices: prices, Fixed: fixed, MaxThrottled: float64(c.MaxThrottled)}
	for _, name := range names {
		v := trial.Variant{Name: name, Settings: scaling.Layer{"policy": name}}
		maps.Copy(v.Settings, fixed)
		if err := v.Validate(); err != nil {
			return s, fmt.Errorf("%w: %w", errUsage, err)
		}
		s.Policies = append(s.Policies, scaling.Policy(name))
	}
	return s, nil
}
