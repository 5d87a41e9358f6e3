package trial_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// climbs is eight days of a load that is level but for noise, and climbs to many times that within hours on the fifth
// and the sixth: what a stream of weekend games looks like in the week after it was enrolled.
func climbs(seed uint64) trace.Trace {
	random := rand.New(rand.NewPCG(seed, 1))
	minutes := make([]trace.Rate, 8*trial.MinutesOfDay)
	noise := 0.0
	for i := range minutes {
		noise = 0.95*noise + 0.31*random.NormFloat64()
		load := 7.0
		for day := 5; day <= 6; day++ {
			hours := float64(i)/60 - float64(24*day+16)
			load += 30 * math.Exp(-hours*hours/(2.5*2.5))
		}
		records := load * math.Exp(0.08*noise) * scaling.RecordsPerShard
		minutes[i] = trace.Rate{Records: records, Bytes: 300 * records}
	}
	return trace.Trace{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Minutes: minutes}
}

// Noise does not use up the operations that a climb which nobody foresaw will want.
func TestOperationsLastForAnUnforeseenClimb(t *testing.T) {
	race.SkipLong(t)
	usual, err := profile.Named("typical")
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{0, 3, 4} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			got, err := trial.Run(t.Context(), trial.Spec{
				Trace: climbs(seed), Settings: scaling.Layer{"policy": string(scaling.TargetTracking)}, Spread: usual.Spread(),
			})
			if err != nil {
				t.Fatal(err)
			}
			if refused := got.Usage.ThrottledShare(); refused > 0.0005 {
				t.Errorf("%s of the records were refused", trial.Share(refused))
			}
		})
	}
}
