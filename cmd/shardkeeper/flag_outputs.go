package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/file"
)

// named is a file with the flag that names it.
type named struct{ flag, path string }

// fileName is the name of a file or folder to write, on the command line. An empty one, as of a variable that is not set,
// is none: what was to be kept would go to the terminal, or be lost.
type fileName string

// fileFlag adds a flag for a file or folder to write. The help calls it as the word in backquotes says.
func fileFlag(flags *pflag.FlagSet, to *string, name, help string) {
	flags.Var((*fileName)(to), name, help)
}

// errNoName means that a file was to be written whose name is empty.
var errNoName = errors.New("its name is empty")

// Set takes a name.
func (f *fileName) Set(text string) error {
	if text == "" {
		return errNoName
	}
	*f = fileName(text)
	return nil
}

// String returns the name.
func (f *fileName) String() string { return string(*f) }

// Type is what the help calls it where it has no word of its own.
func (f *fileName) Type() string { return "file" }

// checkOutputs refuses, before a run, files that cannot be written, or would be lost.
func (at environment) checkOutputs(reads, writes []named) error {
	if err := at.checkLost(reads, writes); err != nil {
		return err
	}
	for _, w := range writes {
		if w.path == "" {
			continue
		}
		if err := file.Check(w.path, at.stdout, at.stderr); err != nil {
			return err
		}
	}
	return nil
}

// checkLost refuses files that would be written over what is read, or over what else is written. What is no regular file,
// such as a pipe, can be written to by two.
func (at environment) checkLost(reads, writes []named) error {
	known := make([]target, 0, len(reads)+len(writes))
	for _, r := range reads {
		if t, is := at.targetOf(r); is {
			known = append(known, t)
		}
	}
	for _, w := range writes {
		if w.path == "" {
			continue
		}
		t, is := at.targetOf(w)
		if !is {
			continue
		}
		for _, other := range known {
			if t.same(other) {
				return usage("%s %s and %s %s are the same file, which would be lost; give two", other.flag, other.path, w.flag, w.path)
			}
		}
		known = append(known, t)
	}
	return nil
}

// target is where a path leads to.
type target struct {
	named

	whole string
	info  os.FileInfo // nil: nothing is there
}

// targetOf finds it. It is none where nothing can be lost.
func (at environment) targetOf(n named) (target, bool) {
	t := target{named: n, whole: whole(n.path)}
	var err error
	if from, is := at.stdin.(*os.File); n.path == stdinPath && is {
		t.info, err = from.Stat()
	} else if n.path == stdinPath {
		return t, false
	} else {
		t.info, err = os.Stat(n.path)
	}
	if err != nil {
		t.info = nil
		return t, true
	}
	// To stdout several write, one after the other.
	return t, t.info.Mode().IsRegular() && file.OpenOf(t.info, []io.Writer{at.stdout, at.stderr}) == nil
}

// same reports whether two paths lead to one file.
func (t target) same(other target) bool {
	if t.info != nil && other.info != nil {
		return os.SameFile(t.info, other.info)
	}
	return t.info == nil && other.info == nil && t.whole == other.whole
}

// whole is a path from the root on, without links among its folders.
func whole(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(folder, filepath.Base(abs))
	}
	return abs
}
