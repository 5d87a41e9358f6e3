//go:build unix

package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// saying writes a text.
func saying(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// failing writes a part, and then fails.
func failing(w io.Writer) error {
	return errors.Join(saying("half")(w), errors.New("no more"))
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

// made writes a file of a certain mode.
func made(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func linked(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

func TestAFileKeepsItsMode(t *testing.T) {
	folder := t.TempDir()
	for name, mode := range map[string]fs.FileMode{"secret": 0o600, "group": 0o664} {
		path := filepath.Join(folder, name)
		made(t, path, "before", mode)
		if err := Write(path, saying("after")); err != nil {
			t.Fatal(err)
		}
		if got := readText(t, path); got != "after" || modeOf(t, path) != mode {
			t.Errorf("%s: %q, mode %v", name, got, modeOf(t, path))
		}
	}
	path := filepath.Join(folder, "new")
	if err := Write(path, saying("after")); err != nil || modeOf(t, path) != NewMode {
		t.Errorf("a new file: %v, mode %v", err, modeOf(t, path))
	}
}

func TestALinkStaysALink(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "there"), 0o700); err != nil {
		t.Fatal(err)
	}
	made(t, filepath.Join(folder, "there", "file"), "before", 0o600)
	linked(t, filepath.Join("there", "file"), filepath.Join(folder, "one"))
	linked(t, "one", filepath.Join(folder, "two"))
	linked(t, filepath.Join("there", "not yet"), filepath.Join(folder, "three"))
	for link, file := range map[string]string{"two": "file", "three": "not yet"} {
		path := filepath.Join(folder, link)
		if err := Write(path, saying("through "+link)); err != nil {
			t.Fatal(err)
		}
		if got := readText(t, filepath.Join(folder, "there", file)); got != "through "+link || modeOf(t, path).Type() != fs.ModeSymlink {
			t.Errorf("%s: %q, mode %v", link, got, modeOf(t, path))
		}
	}
	if mode := modeOf(t, filepath.Join(folder, "there", "file")); mode != 0o600 {
		t.Errorf("the file now has the mode %v", mode)
	}
}

func TestAPipeStaysAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	linked(t, path, path+"-link")
	for _, name := range []string{path, path + "-link"} {
		read := make(chan string, 1)
		go func() {
			text, err := os.ReadFile(path)
			if err != nil {
				text = []byte(err.Error())
			}
			read <- string(text)
		}()
		if err := Write(name, saying("through")); err != nil {
			t.Fatal(err)
		}
		if modeOf(t, path).Type() != fs.ModeNamedPipe {
			t.Fatalf("it is now %v", modeOf(t, path)) // nobody ends the read
		}
		if got := <-read; got != "through" {
			t.Errorf("read %q", got)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	made(t, file, "before", 0o600)
	linked(t, "loop", filepath.Join(folder, "loop"))
	for _, test := range []struct {
		path, says string
		write      func(io.Writer) error
	}{
		{folder, "write " + folder + ": it is a folder, not a file", saying("x")},
		{filepath.Join(folder, "loop"), "loop: ", saying("x")},
		{filepath.Join(folder, "nowhere", "file"), "there is no folder " + filepath.Join(folder, "nowhere"), saying("x")},
		{file, "no more", failing},
	} {
		if err := Write(test.path, test.write); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.path, err, test.says)
		}
	}
	left, err := os.ReadDir(folder)
	if got := readText(t, file); got != "before" || len(left) != 2 || err != nil {
		t.Errorf("%q in the file, left %v, %v", got, left, err)
	}
}

// Who made a file read-only wants it to stay: a new one does not take its place, though the folder would allow it.
func TestAReadOnlyFileStays(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write to any file")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	made(t, path, "kept", 0o400)
	linked(t, path, filepath.Join(folder, "link"))
	for _, path := range []string{path, filepath.Join(folder, "link")} {
		for what, err := range map[string]error{"Check": Check(path), "Write": Write(path, saying("after"))} {
			if want := "write " + path + ": it may not be written to; give another file, or change its mode"; err == nil || err.Error() != want {
				t.Errorf("%s: %v, want %q", what, err, want)
			}
		}
	}
	if left, err := os.ReadDir(folder); readText(t, path) != "kept" || modeOf(t, path) != 0o400 || len(left) != 2 || err != nil {
		t.Errorf("%q in the file, mode %v, left %v, %v", readText(t, path), modeOf(t, path), left, err)
	}
}

// What Check finds is what Write would say, and it leaves nothing.
func TestCheck(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "there")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for of, says := range map[string]string{
		path: "", filepath.Join(folder, "new"): "", os.DevNull: "", folder: "it is a folder, not a file",
		filepath.Join(folder, "none", "new"): "there is no folder " + filepath.Join(folder, "none"), filepath.Join(path, "new"): "not a directory",
	} {
		if err := Check(of); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", of, err, says)
		}
	}
	for of, says := range map[string]string{folder: "", filepath.Join(folder, "a", "b"): "", path: "is a file, not a folder", filepath.Join(path, "a"): "not a directory"} {
		if err := CheckFolder(of); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("folder %s: %v, want %q", of, err, says)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("%v left, %v", left, err)
	}
}
