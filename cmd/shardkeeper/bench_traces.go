package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// played is a trace that bench plays.
type played struct {
	name   string // FOLDER/TRACE where there are several folders
	folder string // that it is from; empty for our own traffic
	path   string // of its file; empty for our own traffic
	trace  trace.Trace
}

// read returns what is played.
func (c *benchCommand) read(ctx context.Context, at environment) ([]played, error) {
	if len(c.traces) == 0 {
		return c.ownTraffic(ctx, at)
	}
	var said bytes.Buffer // what is said of the traces, after the bar
	quiet := at
	quiet.stderr, quiet.watched = &said, false
	bar := at.progress("reading traces", "traces")
	all, err := c.readFolders(ctx, quiet, bar)
	bar.Done()
	_, _ = at.stderr.Write(said.Bytes())
	return all, err
}

func (c *benchCommand) readFolders(ctx context.Context, at environment, bar *terminal.Progress) ([]played, error) {
	var all []played
	var faults []error
	folders := map[string]bool{}
	for _, path := range c.traces {
		whole, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		folder := filepath.Base(whole) // of "." too
		if folders[folder] {
			return nil, usage("two folders are named %s", folder)
		}
		folders[folder] = true
		files, err := tracesIn(path)
		if err != nil {
			return nil, err
		}
		for _, path := range files {
			t, err := readTrace(ctx, path, c.peak, at)
			name := traceName(path)
			if len(c.traces) > 1 {
				name = filepath.Join(folder, name)
			}
			faults = append(faults, err)
			all = append(all, played{name, folder, path, t})
			bar.Set(len(all), 0)
		}
	}
	return all, errors.Join(faults...)
}

// tracesIn are the files of traces in a folder.
func tracesIn(folder string) ([]string, error) {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failed("", "there is no folder %s", folder)
	case err != nil:
		return nil, fmt.Errorf("read the folder of traces: %w", err)
	case !info.IsDir():
		return nil, failed("shardkeeper simulate --trace "+folder, "%s is a file; --traces takes the folder in which traces are", folder)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("read the folder of traces: %w", err)
	}
	var files []string
	of := map[string]string{} // files by the name of their trace
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if entry.IsDir() || !strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".csv") {
			continue
		}
		if other, known := of[traceName(path)]; known {
			return nil, failed("", "%s and %s are two traces of one name; rename one, or move it to another folder", other, path)
		}
		of[traceName(path)] = path
		files = append(files, path)
	}
	if len(files) == 0 {
		return nil, failed("", "there is no *.csv or *.csv.gz in %s", folder)
	}
	return files, nil
}

// ownTraffic is that of all kinds.
func (c *benchCommand) ownTraffic(ctx context.Context, at environment) ([]played, error) {
	if c.days < 1 || c.days > maxTrafficDays {
		return nil, usage("--days %d is not between 1 and %d", c.days, maxTrafficDays)
	}
	bar := at.progress("making traffic", "kinds")
	defer bar.Done()
	var all []played
	for _, kind := range traffic.Kinds() {
		t, err := traffic.Make(ctx, traffic.Spec{Kind: kind, Start: trafficStart(), Days: c.days, Peak: max(c.peak, 1), Seed: c.seed})
		if err != nil {
			return nil, err
		}
		all = append(all, played{name: string(kind), trace: t})
		bar.Set(len(all), len(traffic.Kinds()))
	}
	return all, nil
}
