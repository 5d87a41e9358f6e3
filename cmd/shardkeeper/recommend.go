package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
		err = recommendedJSON(at.stdout, found)
	} else {
		err = c.table(at.stdout, found, search)
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

func (c recommendCommand) table(w io.Writer, found recommend.Found, s recommend.Search) error {
	optimum := trial.Optimum(s.Trace)
	rows := resultTable("settings")
	if err := rows.header(w); err != nil {
		return err
	}
	show := func(name string, r recommend.Candidate) error {
		cells := resultCells(name, r.Result, r.Month, optimum)
		cells[6], cells[7] = fmt.Sprint(r.Ups), fmt.Sprint(r.Downs) // a candidate does not keep its operations
		return rows.row(w, cells...)
	}
	for i, r := range found.Best {
		if err := show(fmt.Sprintf("%d. %s", i+1, r.Settings["policy"]), r); err != nil {
			return err
		}
	}
	for _, r := range found.Defaults {
		if err := show(r.Settings["policy"]+" as is", r); err != nil {
			return err
		}
	}
	var b strings.Builder
	for i, r := range found.Best {
		fmt.Fprintf(&b, "\n%d. aws kinesis add-tags-to-stream --stream-name NAME --tags %s\n", i+1, trial.TagsText(r.Settings))
	}
	fmt.Fprintf(&b, "\nOf %d settings tried, these are the cheapest that throttle at most %s. They fit this traffic:\ntry them on another week, with simulate, before you rely on them. Prices of %s.\n", found.Tried, trial.Share(s.MaxThrottled), s.Prices.As)
	if len(found.Best) == 0 {
		b.Reset()
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// recommendedLine is a candidate as one JSON line: a default, a recommendation, or the closest.
type recommendedLine struct {
	Type             string        `json:"type"`
	Rank             int           `json:"rank,omitempty"`
	Settings         scaling.Layer `json:"settings"`
	Tags             string        `json:"tags"`
	CostMonth        float64       `json:"cost_month_usd"`
	ShardHours       float64       `json:"shard_hours"`
	ThrottledShare   float64       `json:"throttled_share"`
	ThrottledMinutes int           `json:"throttled_minutes"`
	Ups              int           `json:"scale_ups"`
	Downs            int           `json:"scale_downs"`
}

func recommendedJSON(w io.Writer, found recommend.Found) error {
	line := func(kind string, rank int, c recommend.Candidate) recommendedLine {
		return recommendedLine{
			Type: kind, Rank: rank, Settings: c.Settings, Tags: trial.TagsText(c.Settings), CostMonth: rounded(c.Month.Total()),
			ShardHours: rounded(c.Result.Usage.ShardHours()), ThrottledShare: c.Throttled(), ThrottledMinutes: c.Result.Usage.ThrottledMinutes,
			Ups: c.Ups, Downs: c.Downs,
		}
	}
	var lines []recommendedLine
	for i, c := range found.Best {
		lines = append(lines, line("recommendation", i+1, c))
	}
	for _, c := range found.Defaults {
		lines = append(lines, line("default", 0, c))
	}
	return writeJSON(w, append(lines, line("closest", 0, found.Closest))...)
}
