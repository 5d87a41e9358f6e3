//go:build unix && e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// maxZip keeps a function small: Lambda copies it to every new environment. An SDK client more is
// about 1 MB.
const maxZip = 8 << 20

// buildDir is where sam build puts the functions, from the module's root. Git ignores it.
const buildDir = ".aws-sam/e2e"

// functions are the functions of the template and the folders of their handlers.
func functions() map[string]string {
	return map[string]string{"ScalerFunction": "scaler", "EnrollerFunction": "enroller", "ReconcilerFunction": "reconciler"}
}

// architecture is the template's parameter for functions that run on this machine.
func architecture() string {
	if runtime.GOARCH == "arm64" {
		return "Architecture=arm64"
	}
	return "Architecture=x86_64"
}

// built builds the functions once, as a user does: plain sam build, without Docker.
var built = sync.OnceValue(func() error {
	_, err := command(context.Background(), nil, installed("sam", "bin", "sam"), "build",
		"--parameter-overrides", architecture(), "--build-dir", buildDir)
	return err
})

// bootstrap is the built program of a function of the template.
func bootstrap(t *testing.T, function string) string {
	t.Helper()
	if err := built(); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(filepath.Join(root, buildDir, function, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestArtifacts(t *testing.T) {
	t.Parallel()
	t.Run("sam validate --lint", func(t *testing.T) {
		counted(t)
		mustRun(t, nil, installed("sam", "bin", "sam"), "validate", "--lint", "--region", "us-east-1")
	})
	t.Run("cfn-lint", func(t *testing.T) {
		counted(t)
		mustRun(t, nil, installed("sam", "bin", "cfn-lint"), "template.yaml")
	})
	for function, handler := range functions() {
		t.Run("sam build "+handler, func(t *testing.T) {
			counted(t)
			program, err := os.ReadFile(bootstrap(t, function))
			if err != nil {
				t.Fatal(err)
			}
			checkStatic(t, program)
			size := len(zipped(t, program))
			t.Logf("%s: %.1f MB zipped", handler, float64(size)/1e6)
			if size > maxZip {
				t.Errorf("its zip has %d bytes, more than %d: what was added?", size, maxZip)
			}
		})
	}
}

// checkStatic fails if a program needs a C library, which may be newer than the one that Lambda has.
func checkStatic(t *testing.T, program []byte) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	libraries, err := file.ImportedLibraries()
	if err != nil || len(libraries) > 0 {
		t.Errorf("it needs the libraries %v, %v", libraries, err)
	}
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("it needs a dynamic linker")
		}
	}
}

// SAM remembers the hash of CodeUri. What it builds from its cache must have every edit in it, wherever in the
// module that is: an old program would be deployed, and nobody would be told.
func TestCachedBuildSeesEdits(t *testing.T) {
	t.Parallel()
	counted(t)
	checkout := t.TempDir()
	for file := range strings.Lines(mustRun(t, nil, "git", "ls-files", "--cached", "--others", "--exclude-standard")) {
		copyFile(t, checkout, strings.TrimSuffix(file, "\n"))
	}
	sam, err := filepath.Abs(installed("sam", "bin", "sam"))
	if err != nil {
		t.Fatal(err)
	}
	build := func() []byte {
		mustRun(t, nil, "sh", "-c", "cd "+checkout+" && "+sam+" build --cached ScalerFunction --parameter-overrides "+architecture())
		program, err := os.ReadFile(filepath.Join(checkout, ".aws-sam", "build", "ScalerFunction", "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		return program
	}
	before := build()
	if !bytes.Equal(before, build()) {
		t.Error("the same sources give another program")
	}
	edit := []byte("package scaling\n\nfunc init() { println(\"an edit in scaling\") }\n")
	if err := os.WriteFile(filepath.Join(checkout, "scaling", "edit.go"), edit, 0o600); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(build(), []byte("an edit in scaling")) {
		t.Error("the edit is not in the program")
	}
}

// copyFile copies a file of the module into another folder. One that was deleted and not committed is left out.
func copyFile(t *testing.T, to, file string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(to, file)), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, file), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// zipped is a function's package as sam package makes it: a zip with one file.
func zipped(t *testing.T, program []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := entry.Write(program); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
