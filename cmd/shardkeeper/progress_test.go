package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Reading a long file counts megabytes; where the length is not known, as of a pipe, it still counts.
func TestReadingTellsHowFarItIs(t *testing.T) {
	var told [][2]int
	from := &watchedFile{from: strings.NewReader(strings.Repeat("x", 5<<20/2)), size: 5 << 20, ended: t.Context().Err, tell: func(done, most int) { told = append(told, [2]int{done, most}) }}
	buffer := make([]byte, 1<<20)
	for {
		if _, err := io.ReadFull(from, buffer); err != nil {
			break
		}
	}
	if last := told[len(told)-1]; told[0] != [2]int{1, 5} || last != [2]int{2, 5} {
		t.Errorf("told %v first and %v last", told[0], last)
	}
	path := filepath.Join(t.TempDir(), "trace.csv")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if known, unknown := sizeOf(file), sizeOf(folder); known != 5 || unknown != 0 {
		t.Errorf("a file of five bytes has %d, what is no file %d", known, unknown)
	}
}
