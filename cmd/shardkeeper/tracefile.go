package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// traceFlags say what traffic is played.
type traceFlags struct {
	Trace       string  `required:"" help:"The traffic: CSV with timestamp,records_per_second,bytes_per_second, or a CloudWatch export." placeholder:"FILE.csv"`
	Peak        float64 `help:"Scale the traffic so that its highest minute needs so many shards; as it is when left out." placeholder:"SHARDS"`
	StartShards int     `help:"Open shards at the start; so many that the first minute fills half of them when left out." placeholder:"N"`
	Seed        uint64  `default:"1" help:"Of what is random in the model. The same seed gives the same actions."`
}

// read reads the trace that the flags name.
func (f traceFlags) read(stderr io.Writer) (trace.Trace, error) {
	if f.StartShards < 0 || f.StartShards > scaling.MaxStreamShards {
		return trace.Trace{}, fmt.Errorf("%w: --start-shards %d is not between 1 and %d", errUsage, f.StartShards, scaling.MaxStreamShards)
	}
	if err := checkPeak(f.Peak); err != nil {
		return trace.Trace{}, err
	}
	return readTrace(f.Trace, f.Peak, stderr)
}

func checkPeak(peak float64) error {
	if math.IsNaN(peak) || peak < 0 || peak > 10_000 {
		return fmt.Errorf("%w: --peak %v is not between 0 and 10000", errUsage, peak)
	}
	return nil
}

// readTrace reads a trace, tells what was put right in it, and scales it to a peak, unless that is 0.
func readTrace(path string, peak float64, stderr io.Writer) (trace.Trace, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return trace.Trace{}, fmt.Errorf("read the trace: %w", err)
	}
	defer file.Close()
	t, err := trace.Read(file)
	if err != nil {
		return trace.Trace{}, fmt.Errorf("read the trace %s: %w", path, err)
	}
	for _, repair := range t.Repairs {
		_, _ = fmt.Fprintf(stderr, "%s: %s\n", path, repair)
	}
	if peak > 0 && t.Peak() == (trace.Rate{}) {
		_, _ = fmt.Fprintf(stderr, "%s: no traffic, so --peak does nothing\n", path)
	}
	if peak > 0 {
		t = trial.Scaled(t, peak)
	}
	return t, nil
}

// traceName is what people call a trace.
func traceName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}
