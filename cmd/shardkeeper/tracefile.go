package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/trace"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// traceFlags say what traffic is played.
type traceFlags struct {
	Trace       string  `required:"" help:"The traffic: CSV with timestamp,records_per_second,bytes_per_second, or a CloudWatch export." placeholder:"FILE.csv"`
	Peak        float64 `help:"Scale the traffic so that its highest minute needs so many shards; as it is when left out." placeholder:"SHARDS"`
	StartShards int     `help:"Open shards at the start; so many that the first minute fills half of them when left out." placeholder:"N"`
	Seed        uint64  `default:"1" help:"Of what is random in the model. The same seed gives the same actions."`
}

// read reads the trace, tells what was put right in it, and scales it.
func (f traceFlags) read(stderr io.Writer) (trace.Trace, error) {
	if f.StartShards < 0 {
		return trace.Trace{}, fmt.Errorf("%w: --start-shards %d is negative", errUsage, f.StartShards)
	}
	if err := checkPeak(f.Peak); err != nil {
		return trace.Trace{}, err
	}
	t, err := readTrace(f.Trace)
	if err != nil {
		return t, err
	}
	for _, repair := range t.Repairs {
		_, _ = fmt.Fprintf(stderr, "%s: %s\n", f.Trace, repair)
	}
	if f.Peak > 0 {
		t = trial.Scaled(t, f.Peak)
	}
	return t, nil
}

func checkPeak(peak float64) error {
	if math.IsNaN(peak) || peak < 0 || peak > 10_000 {
		return fmt.Errorf("%w: --peak %v is not between 0 and 10000", errUsage, peak)
	}
	return nil
}

func readTrace(path string) (trace.Trace, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return trace.Trace{}, fmt.Errorf("read the trace: %w", err)
	}
	defer file.Close()
	t, err := trace.Read(file)
	if err != nil {
		return trace.Trace{}, fmt.Errorf("read the trace %s: %w", path, err)
	}
	return t, nil
}

// traceName is what people call a trace.
func traceName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}
