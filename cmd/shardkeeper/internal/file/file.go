// Package file writes the files that people ask the command for, each as a whole or not at all.
package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// NewMode is that of files that people write: nothing in them is secret.
const NewMode = 0o644

// Write writes a file as a whole: when something fails, what was there before is still there.
// A file that was there keeps its mode. Of a link the file that it leads to is written. What is
// not a regular file, such as a pipe or a device, is written to, never replaced; so is the file that
// one of the open ones is, such as stdout's, since others write there too. A folder is an error, and so
// is a file that may not be written to.
func Write(path string, write func(io.Writer) error, open ...io.Writer) error {
	return named(path, writeTo(path, write, open))
}

// Check returns nil, or why Write could not write a file, as far as that is known before there is anything to write.
func Check(path string, open ...io.Writer) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		to, err := target(path)
		if err == nil {
			err = tryFolder(filepath.Dir(to))
		}
		return named(path, err)
	case err != nil:
		return named(path, err)
	case info.IsDir():
		return named(path, errFolder)
	case !info.Mode().IsRegular() || OpenOf(info, open) != nil:
		return nil
	}
	to, err := filepath.EvalSymlinks(path)
	if err == nil {
		err = tryFile(to)
	}
	if err == nil {
		err = tryFolder(filepath.Dir(to))
	}
	return named(path, err)
}

// target is where a file that is not there would be made: what its link leads to, or itself.
func target(path string) (string, error) {
	to, err := os.Readlink(path)
	if err != nil { // it is no link
		return path, nil //nolint:nilerr // what is wrong with it otherwise, making it tells
	}
	if filepath.IsAbs(to) {
		return to, nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(folder, to), err
}

// CheckFolder returns nil, or why files could not be written in a folder that may have to be made first.
func CheckFolder(folder string) error {
	for at := filepath.Clean(folder); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at):
			continue
		case err == nil && !info.IsDir():
			err = fmt.Errorf("%s is a file, not a folder", at)
		case err == nil:
			err = tryFolder(at)
		}
		return named(folder, err)
	}
}

// errFolder means that there is a folder where a file is to be.
var errFolder = errors.New("it is a folder, not a file")

// errReadOnly means that there is a file that is to stay as it is.
var errReadOnly = errors.New("it may not be written to; give another file, or change its mode")

// named says of an error which file it is about; nil for nil.
func named(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", path, err)
}

// tryFile returns nil, or why a file that is there may not be replaced: its folder alone would allow it.
func tryFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the operator names the file
	switch {
	case errors.Is(err, fs.ErrPermission):
		return errReadOnly
	case err != nil:
		return err
	}
	return file.Close()
}

// tryFolder returns nil, or why no file can be made in a folder. Only to make one tells.
func tryFolder(folder string) error {
	probe, err := os.CreateTemp(folder, ".shardkeeper-*")
	if err == nil {
		return errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	return folderFault(folder, err)
}

// folderFault says why no file could be made in a folder.
func folderFault(folder string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s", folder)
	}
	if inner, is := errors.AsType[*fs.PathError](err); is { // its path is the probe's, which nobody knows
		return fmt.Errorf("folder %s: %w", folder, inner.Err)
	}
	return err
}

func writeTo(path string, write func(io.Writer) error, open []io.Writer) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil { // a link to a file that is not there yet
			return writeThrough(path, os.O_CREATE, write)
		}
		return replace(path, NewMode, write)
	case err != nil:
		return err
	case info.IsDir():
		return errFolder
	}
	if file := OpenOf(info, open); file != nil {
		return write(file)
	}
	if !info.Mode().IsRegular() {
		return writeThrough(path, 0, write)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	if err := tryFile(path); err != nil {
		return err
	}
	return replace(path, info.Mode().Perm(), write)
}

// OpenOf returns the open file that a file is; nil where it is none.
func OpenOf(info fs.FileInfo, open []io.Writer) *os.File {
	for _, w := range open {
		file, is := w.(*os.File)
		if !is {
			continue
		}
		if of, err := file.Stat(); err == nil && os.SameFile(of, info) {
			return file
		}
	}
	return nil
}

// replace puts a new file in the place of what is there, once it is complete.
func replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return folderFault(filepath.Dir(path), err)
	}
	err = fill(file, write)
	if err == nil {
		err = os.Chmod(file.Name(), mode)
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// writeThrough writes to what a path leads to.
func writeThrough(path string, flags int, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|flags, NewMode) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return fill(file, write)
}

// fill writes an open file and closes it.
func fill(file *os.File, write func(io.Writer) error) error {
	err := write(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
