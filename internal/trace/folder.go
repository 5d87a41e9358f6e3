package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Named is a trace and the name of its file, without ".csv".
type Named struct {
	Name  string
	Trace Trace
}

// Folders reads the traces of folders, the files *.csv, in the order of their names. A folder without any is an error.
func Folders(folders ...string) ([]Named, error) {
	var all []Named
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
		if err == nil && len(files) == 0 {
			err = fmt.Errorf("no traces, *.csv, in %s", folder)
		}
		if err != nil {
			return nil, err
		}
		for _, path := range files {
			t, err := readFile(path)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			all = append(all, Named{strings.TrimSuffix(filepath.Base(path), ".csv"), t})
		}
	}
	return all, nil
}

func readFile(path string) (Trace, error) {
	file, err := os.Open(path) //nolint:gosec // whoever runs the tool names the folder
	if err != nil {
		return Trace{}, err
	}
	defer file.Close()
	return Read(file)
}
