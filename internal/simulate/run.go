package simulate

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// New returns a world without streams, at minute 0.
func New(o Options) *World {
	numbers := DefaultNumbers()
	if o.Numbers != nil {
		numbers = *o.Numbers
	}
	w := &World{
		env:    env{clock: clock{start: o.Start.UTC().Truncate(time.Minute)}, numbers: numbers, hooks: o.Hooks},
		faults: o.Faults, altered: o.Altered, rules: o.Rules, pace: o.Pace,
		random:     rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // it must repeat; nothing secret hangs on it
		quotas:     newRates(numbers.Quotas),
		paces:      newRates(numbers.ReconcilerPace),
		scaler:     &function{name: Scaler, timeout: numbers.ScalerTimeout, concurrency: numbers.ScalerConcurrency, maxAge: time.Hour},
		enroller:   &function{name: Enroller, timeout: numbers.EnrollerTimeout, concurrency: cmp.Or(numbers.EnrollerConcurrency, numbers.Concurrency), maxAge: 6 * time.Hour},
		reconciler: &function{name: Reconciler, timeout: numbers.ReconcilerTimeout},
	}
	w.rules.SettingTable = scaling.NewSettingTable()
	w.registry = inmem.New(inmem.Options{Now: func() time.Time { return w.clock.time().Add(w.off) }})
	w.kinesis = kinesis{env: &w.env, cloudwatch: &w.cloudwatch, lambda: &w.lambda, even: profile.EvenSpread(), streams: map[string]*stream{}}
	w.cloudwatch = cloudwatch{env: &w.env, notify: w.notify, series: map[string]*series{}, alarms: map[string]*metricAlarm{}}
	w.lambda = lambda{concurrency: numbers.Concurrency, functions: map[string]*reservation{}}
	return w
}

// Run lets a number of minutes pass. It returns early, with the context's error, when that ends.
func (w *World) Run(ctx context.Context, minutes int) error {
	for range minutes {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.step()
	}
	return nil
}

// step is one minute.
func (w *World) step() {
	start := time.Duration(w.minute) * time.Minute
	w.clock.horizon = start + time.Minute
	w.kinesis.finish()
	w.cloudwatch.evaluate()
	w.clock.plan(start+w.numbers.ReconcilerAt, w.reconcile)
	for {
		do, found := w.clock.next()
		if !found {
			break
		}
		do()
	}
	w.kinesis.flow()
	w.clock.elapsed = w.clock.horizon
	w.minute++
}

// Close ends the invocations that still wait. The world can be read afterwards, not run.
func (w *World) Close() {
	w.coroutines.stop()
}
