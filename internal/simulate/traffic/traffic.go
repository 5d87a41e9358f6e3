// Package traffic makes traffic of the kinds that streams have in practice, from a seed: for
// figures, for trying out settings without a trace of one's own, and for comparing policies.
package traffic

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Kind names a kind of traffic.
type Kind string

// The kinds.
const (
	Days    Kind = "days"    // smooth: quiet nights, busy noons, weekends at two thirds, little noise
	Batches Kind = "batches" // jobs of all sizes and lengths that start at any time, on a small base
	News    Kind = "news"    // a calm day curve, and every few days a burst to many times that within minutes
	Hourly  Kind = "hourly"  // a spike at each full hour, the nightly ones larger
	Squares Kind = "squares" // on for some hours, off for some, at once
	Flashes Kind = "flashes" // near idle, with rare flashes of some minutes
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Days, Batches, News, Hourly, Squares, Flashes} }

// Spec says what traffic is to be made.
type Spec struct {
	Kind  Kind
	Start time.Time // of the first minute; cut to the minute
	Days  int       // how long; at least 1
	Peak  float64   // shards that the highest minute fills; above 0
	Seed  uint64    // the same seed gives the same traffic
}

// recordBytes is the size of a record. Records bind, not bytes.
const recordBytes = 700

// Make returns the traffic. An unknown kind is an error, and so is the context's end.
func Make(ctx context.Context, s Spec) (trace.Trace, error) {
	start := s.Start.UTC().Truncate(time.Minute)
	random := rand.New(rand.NewPCG(s.Seed, uint64(slices.Index(Kinds(), s.Kind)))) //nolint:gosec // it must repeat; nothing secret hangs on it
	var shape []float64
	switch s.Kind {
	case Days:
		shape = days(ctx, start, s.Days, random)
	case Batches:
		shape = batches(ctx, s.Days, random)
	case News:
		shape = news(ctx, start, s.Days, random)
	case Hourly:
		shape = hourly(ctx, start, s.Days, random)
	case Squares:
		shape = squares(ctx, s.Days, random)
	case Flashes:
		shape = flashes(ctx, s.Days, random)
	default:
		return trace.Trace{}, fmt.Errorf("%q is no kind of traffic; there are %v", s.Kind, Kinds())
	}
	if err := ctx.Err(); err != nil {
		return trace.Trace{}, err
	}
	scale := s.Peak / slices.Max(shape)
	t := trace.Trace{Start: start, Minutes: make([]trace.Rate, len(shape))}
	for minute, v := range shape {
		records := math.Round(v * scale * scaling.RecordsPerShard)
		t.Minutes[minute] = trace.Rate{Records: records, Bytes: records * recordBytes}
	}
	return t, nil
}
