package simulate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
)

// Two weeks of one stream, with everything that goes on around it.
func BenchmarkTwoWeeks(b *testing.B) {
	b.ReportAllocs()
	operations := 0
	for b.Loop() {
		w := simulate.New(simulate.Options{Start: start})
		err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Tags: enabled(), Load: dayCurve(2, 40), Age: 24 * time.Hour})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Run(b.Context(), 14*1440); err != nil {
			b.Fatal(err)
		}
		operations += len(w.Operations())
		w.Close()
	}
	b.ReportMetric(float64(operations)/float64(b.N), "operations/op")
}

// An hour of two thousand streams.
func BenchmarkFleetHour(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w := simulate.New(simulate.Options{Start: start})
		for i := range 2000 {
			err := w.CreateStream(simulate.StreamSpec{
				Name: fmt.Sprintf("stream-%04d", i), Shards: 2, Tags: enabled(), Load: dayCurve(1+float64(i%10)/10, 4), Age: 4 * time.Hour,
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Run(b.Context(), 60); err != nil {
			b.Fatal(err)
		}
		w.Close()
	}
}
