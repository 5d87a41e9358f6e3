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
// one of the open ones is, such as stdout's, since others write there too. A folder is an error.
func Write(path string, write func(io.Writer) error, open ...io.Writer) error {
	err := writeTo(path, write, open)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
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
		return errors.New("it is a folder, not a file")
	}
	for _, w := range open {
		if file, is := w.(*os.File); is && sameFile(file, info) {
			return write(file)
		}
	}
	if !info.Mode().IsRegular() {
		return writeThrough(path, 0, write)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	return replace(path, info.Mode().Perm(), write)
}

func sameFile(open *os.File, info fs.FileInfo) bool {
	of, err := open.Stat()
	return err == nil && os.SameFile(of, info)
}

// replace puts a new file in the place of what is there, once it is complete.
func replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
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
