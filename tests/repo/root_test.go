package repo_test

// What holds for the repository as a whole: its imports, conventions, documents, template and roles.

import (
	"fmt"
	"os"
	"testing"
)

// TestMain runs the tests from the repository's root, since they read the whole of it.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		fmt.Fprintln(os.Stderr, "the tests of the repository start at its root:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
