package main

import (
	"context"
	"fmt"
	"io"
	"maps"
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
	traces      []string
	peak        float64
	startShards int
	seed        uint64
}

// add adds the flags; the usage of --trace ends with what is to be said of several.
func (f *traceFlags) add(cmd *cobra.Command, several string) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.traces, "trace", nil, "the traffic: a CSV `file` with the columns timestamp, records_per_second and bytes_per_second, a CloudWatch export, or the JSON of get-metric-data; gzipped or not; - for stdin"+several)
	flags.Float64Var(&f.peak, "peak", 0, "scale the traffic so that its highest minute fills so many `shards`; 0 leaves it as it is")
	flags.IntVar(&f.startShards, "start-shards", 0, "`N` open shards at the start; 0: so many that the first minute fills half of them")
	flags.Uint64Var(&f.seed, "seed", 1, "of what is random in the model; the same seed gives the same actions")
	_ = cmd.MarkFlagFilename("trace", "csv") // fails only where there is no such flag
}

// one returns the one trace that the flags name.
func (f *traceFlags) one() (string, error) {
	if len(f.traces) != 1 {
		return "", usage("--trace is needed once: a file of traffic; it is there %s", trial.Counted(len(f.traces), "time"))
	}
	return f.traces[0], f.check()
}

// check refuses what cannot be played.
func (f *traceFlags) check() error {
	if len(f.traces) == 0 {
		return usage("--trace is needed: a file of traffic")
	}
	if f.startShards < 0 || f.startShards > scaling.MaxStreamShards {
		return usage("--start-shards %d is not between 1 and %d", f.startShards, scaling.MaxStreamShards)
	}
	if err := eachOnce("trace", f.traces); err != nil {
		return err
	}
	return checkPeak(f.peak)
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

// readTrace reads a trace until the command ends, tells what was put right in it, and scales it to a peak, unless that is 0.
func readTrace(ctx context.Context, path string, peak float64, at environment) (trace.Trace, error) {
	from, size := at.stdin, int64(0)
	if path == stdinPath {
		path = stdinName
	} else {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return trace.Trace{}, fmt.Errorf("read the trace: %w", err)
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return trace.Trace{}, failed("shardkeeper bench --traces "+path, "%s is a folder; --trace takes a file of traffic", path)
		}
		from, size = file, sizeOf(file)
	}
	bar := at.progress("reading "+filepath.Base(path), "MB")
	t, err := trace.Read(&watchedFile{from: from, size: size, tell: bar.Set, ended: ctx.Err})
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

// watchedFile is a file that tells how many megabytes of it were read. After the command's end no more is read.
type watchedFile struct {
	from       io.Reader
	size, read int64
	tell       func(done, most int)
	ended      func() error // nil until the command ends
}

func (w *watchedFile) Read(p []byte) (int, error) {
	if err := w.ended(); err != nil {
		return 0, err
	}
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

// traceNames are what people call traces that are shown together: those of one name by their paths, as far as it takes.
func traceNames(paths []string) []string {
	names := make([]string, len(paths))
	times := map[string]int{}
	for _, longer := range []func(string) string{traceName, withoutEndings, filepath.ToSlash} {
		before := maps.Clone(times)
		clear(times)
		for i, path := range paths {
			if path == stdinPath {
				names[i] = stdinName
			} else if before[names[i]] != 1 {
				names[i] = longer(path)
			}
			times[names[i]]++
		}
	}
	return names
}

// traceName is what people call a trace: its file without endings such as .csv and .csv.gz.
func traceName(path string) string {
	if path == stdinPath {
		return stdinName
	}
	return filepath.Base(withoutEndings(path))
}

func withoutEndings(path string) string {
	path = strings.TrimSuffix(path, ".gz")
	return strings.TrimSuffix(path, filepath.Ext(path))
}
