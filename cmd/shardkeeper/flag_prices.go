package main

import (
	"math"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
)

// priceFlags change the prices that costs are computed with.
type priceFlags struct {
	given simulate.Prices
	as    string
}

func (f *priceFlags) add(cmd *cobra.Command) {
	f.given = simulate.DefaultPrices()
	flags, p := cmd.Flags(), &f.given
	flags.Float64Var(&p.ShardHour, "price-shard-hour", p.ShardHour, "`USD` for a provisioned shard-hour, "+p.As)
	flags.Float64Var(&p.PutUnits, "price-put-units", p.PutUnits, "`USD` for a million PUT payload units")
	flags.Float64Var(&p.AlarmMonth, "price-alarm-month", p.AlarmMonth, "`USD` for a metric that an alarm looks at, a month")
	flags.Float64Var(&p.OnDemandHour, "price-on-demand-stream-hour", p.OnDemandHour, "`USD` for a stream-hour on demand")
	flags.Float64Var(&p.OnDemandGigabyte, "price-on-demand-gb", p.OnDemandGigabyte, "`USD` for a gigabyte written on demand")
	flags.Float64Var(&p.AdvantageGigabyte, "price-advantage-gb", p.AdvantageGigabyte, "`USD` for a gigabyte written in on-demand Advantage")
	flags.Float64Var(&p.AdvantageMinimum, "price-advantage-minimum", p.AdvantageMinimum, "`MiB` a second of writes that on-demand Advantage bills an account at least")
	flags.StringVar(&f.as, "price-as", "", "where and when the prices hold, a `text` for the report")
}

// mostPrice is above what anything costs, in any currency.
const mostPrice = 1_000_000

// prices returns the prices, and refuses those that cannot be.
func (f *priceFlags) prices() (simulate.Prices, error) {
	p, given := simulate.DefaultPrices(), f.given
	for _, price := range []struct {
		flag string
		usd  float64
	}{
		{"shard-hour", given.ShardHour},
		{"put-units", given.PutUnits},
		{"alarm-month", given.AlarmMonth},
		{"on-demand-stream-hour", given.OnDemandHour},
		{"on-demand-gb", given.OnDemandGigabyte},
		{"advantage-gb", given.AdvantageGigabyte},
		{"advantage-minimum", given.AdvantageMinimum},
	} {
		if math.IsNaN(price.usd) || price.usd < 0 || price.usd > mostPrice {
			return p, usage("--price-%s %v is not between 0 and %d", price.flag, price.usd, mostPrice)
		}
	}
	switch {
	case f.as != "":
		given.As = f.as
	case given != p:
		given.As = "the command line and " + p.As
	}
	return given, nil
}
