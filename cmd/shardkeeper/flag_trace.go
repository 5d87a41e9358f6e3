package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// traceFlags say what traffic is played.
type traceFlags struct {
	trace       string
	peak        float64
	startShards int
	seed        uint64
}

func (f *traceFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.trace, "trace", "", "the traffic: a CSV `file` with the columns timestamp, records_per_second and bytes_per_second, a CloudWatch export, or the JSON of get-metric-data; gzipped or not; - for stdin")
	flags.Float64Var(&f.peak, "peak", 0, "scale the traffic so that its highest minute needs so many `shards`; 0 leaves it as it is")
	flags.IntVar(&f.startShards, "start-shards", 0, "`N` open shards at the start; 0: so many that the first minute fills half of them")
	flags.Uint64Var(&f.seed, "seed", 1, "of what is random in the model; the same seed gives the same actions")
	_ = cmd.MarkFlagFilename("trace", "csv") // fails only where there is no such flag
}

// read reads the trace that the flags name.
func (f *traceFlags) read(at environment) (trace.Trace, error) {
	if f.trace == "" {
		return trace.Trace{}, usage("--trace is needed: a file of traffic")
	}
	if f.startShards < 0 || f.startShards > scaling.MaxStreamShards {
		return trace.Trace{}, usage("--start-shards %d is not between 1 and %d", f.startShards, scaling.MaxStreamShards)
	}
	if err := checkPeak(f.peak); err != nil {
		return trace.Trace{}, err
	}
	return readTrace(f.trace, f.peak, at)
}

func checkPeak(peak float64) error {
	if math.IsNaN(peak) || peak < 0 || peak > 10_000 {
		return usage("--peak %v is not between 0 and 10000", peak)
	}
	return nil
}

// A trace may come from stdin, which is called by a name then.
const (
	stdinPath = "-"
	stdinName = "stdin"
)

// readTrace reads a trace, tells what was put right in it, and scales it to a peak, unless that is 0.
func readTrace(path string, peak float64, at environment) (trace.Trace, error) {
	from, size := at.stdin, int64(0)
	if path == stdinPath {
		path = stdinName
	} else {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return trace.Trace{}, fmt.Errorf("read the trace: %w", err)
		}
		defer file.Close()
		from, size = file, sizeOf(file)
	}
	bar := at.progress("reading "+filepath.Base(path), "MB")
	t, err := trace.Read(&watchedFile{from, size, 0, bar.Set})
	bar.Done()
	if err != nil {
		return trace.Trace{}, fmt.Errorf("read the trace %s: %w", path, err)
	}
	for _, repair := range t.Repairs {
		at.tell("%s: %s", path, repair)
	}
	if peak > 0 && t.Peak() == (trace.Rate{}) {
		at.tell("%s: no traffic, so --peak does nothing", path)
	}
	if peak > 0 {
		t = trial.Scaled(t, peak)
	}
	return t, nil
}

// watchedFile is a file that tells how many megabytes of it were read.
type watchedFile struct {
	from       io.Reader
	size, read int64
	tell       func(done, most int)
}

func (w *watchedFile) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	w.read += int64(n)
	w.tell(int(w.read>>20), int(w.size>>20))
	return n, err
}

// sizeOf is a file's length; 0 where it has none, as a pipe.
func sizeOf(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// traceName is what people call a trace: its file without endings such as .csv and .csv.gz.
func traceName(path string) string {
	if path == stdinPath {
		return stdinName
	}
	path = strings.TrimSuffix(path, ".gz")
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}
