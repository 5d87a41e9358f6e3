package main

import (
	"fmt"
	"math"

	"github.com/alecthomas/kong"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
)

// priceFlags change the prices that costs are computed with.
type priceFlags struct {
	ShardHour          float64 `default:"${price_shard_hour}" help:"USD for a provisioned shard-hour (${price_as}: ${default})."`
	PutUnits           float64 `default:"${price_put_units}" help:"USD for a million PUT payload units (${default})."`
	AlarmMonth         float64 `default:"${price_alarm_month}" help:"USD for a metric that an alarm looks at, a month (${default})."`
	OnDemandStreamHour float64 `default:"${price_on_demand_hour}" help:"USD for a stream-hour on demand (${default})."`
	OnDemandGB         float64 `name:"on-demand-gb" default:"${price_on_demand_gb}" help:"USD for a gigabyte written on demand (${default})."`
	As                 string  `help:"Where and when the prices hold, for the report." placeholder:"TEXT"`
}

// prices returns the prices, and refuses those that cannot be.
func (f priceFlags) prices() (simulate.Prices, error) {
	p := simulate.DefaultPrices()
	given := simulate.Prices{
		As: p.As, ShardHour: f.ShardHour, PutUnits: f.PutUnits, AlarmMonth: f.AlarmMonth,
		OnDemandHour: f.OnDemandStreamHour, OnDemandGigabyte: f.OnDemandGB,
	}
	for _, price := range []float64{given.ShardHour, given.PutUnits, given.AlarmMonth, given.OnDemandHour, given.OnDemandGigabyte} {
		if math.IsNaN(price) || price < 0 || price > 1e6 {
			return p, fmt.Errorf("%w: a price of %v", errUsage, price)
		}
	}
	switch {
	case f.As != "":
		given.As = f.As
	case given != p:
		given.As = "the command line and " + p.As
	}
	return given, nil
}

// priceVars are the default prices, for the flags.
func priceVars() kong.Vars {
	p := simulate.DefaultPrices()
	return kong.Vars{
		"price_as": p.As, "price_shard_hour": fmt.Sprint(p.ShardHour), "price_put_units": fmt.Sprint(p.PutUnits),
		"price_alarm_month": fmt.Sprint(p.AlarmMonth), "price_on_demand_hour": fmt.Sprint(p.OnDemandHour), "price_on_demand_gb": fmt.Sprint(p.OnDemandGigabyte),
	}
}
