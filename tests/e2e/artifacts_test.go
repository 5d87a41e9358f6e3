//go:build unix && e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
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

// built builds the functions once, as a user does: make package, which is sam build without Docker.
var built = sync.OnceValue(func() error {
	sam, err := filepath.Abs(installed("sam", "bin"))
	if err != nil {
		return err
	}
	_, err = command(context.Background(), []string{"PATH=" + sam + string(os.PathListSeparator) + os.Getenv("PATH")},
		"make", "package", "SAM_FLAGS=--parameter-overrides "+architecture()+" --build-dir "+buildDir)
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
			size := len(zipped(t, program))
			t.Logf("%s: %.1f MB zipped", handler, float64(size)/1e6)
			if size > maxZip {
				t.Errorf("its zip has %d bytes, more than %d: what was added?", size, maxZip)
			}
		})
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
