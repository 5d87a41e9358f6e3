package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// trial is how the simulation is run on a mistake.
type trial struct {
	dir   string // for what is built
	seeds int
}

// of returns which promise noticed a mistake; empty: none did.
func (t trial) of(ctx context.Context, m mutant) (string, error) {
	overlay, err := t.overlay(m)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(t.dir, "faults.test")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, "./internal/simulate/faults") //nolint:gosec // the paths are our own
	if told, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build it: %w\n%s", err, told)
	}
	test := exec.CommandContext(ctx, binary, "-test.run", "TestSeeds$", "-test.short", "-test.timeout", "5m", "-seeds", strconv.Itoa(t.seeds)) //nolint:gosec // the binary was just built
	told, err := test.CombinedOutput()
	if err == nil {
		return "", nil
	}
	if _, failed := errors.AsType[*exec.ExitError](err); !failed || ctx.Err() != nil {
		return "", errors.Join(err, ctx.Err())
	}
	return noticedBy(told)
}

// overlay writes the changed files and the list that tells the compiler to read them in place of the real ones.
func (t trial) overlay(m mutant) (string, error) {
	changed, err := m.changed()
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, source := range changed {
		original, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		replace[original] = filepath.Join(t.dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(replace[original], source, 0o600); err != nil {
			return "", err
		}
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(t.dir, "overlay.json")
	return overlay, os.WriteFile(overlay, list, 0o600)
}

// noticedBy finds the promise that was broken in what a failed run told. A run that panics was noticed too. One
// that takes too long tells nothing: the machine may have been busy.
func noticedBy(told []byte) (string, error) {
	broken := regexp.MustCompile(`broken: ([^:]+):`)
	if found := broken.FindSubmatch(told); found != nil {
		return string(found[1]), nil
	}
	if bytes.Contains(told, []byte("panic: test timed out")) {
		return "", nil
	}
	if bytes.Contains(told, []byte("panic:")) {
		return "the run panics", nil
	}
	return "", fmt.Errorf("the run failed, and no promise is named:\n%s", told)
}
