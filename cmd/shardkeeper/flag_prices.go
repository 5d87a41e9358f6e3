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

// prices returns the prices, and refuses those that cannot be.
func (f *priceFlags) prices() (simulate.Prices, error) {
	p, given := simulate.DefaultPrices(), f.given
	for _, price := range []float64{given.ShardHour, given.PutUnits, given.AlarmMonth, given.OnDemandHour, given.OnDemandGigabyte, given.AdvantageGigabyte, given.AdvantageMinimum} {
		if math.IsNaN(price) || price < 0 || price > 1e6 {
			return p, usage("a price of %v cannot be", price)
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
