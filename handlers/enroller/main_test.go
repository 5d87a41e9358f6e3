package main

import (
	"strings"
	"testing"
)

// Without its environment the function does not start, and says what it lacks.
func TestRunNeedsItsEnvironment(t *testing.T) {
	err := run(t.Context(), func(string) string { return "" })
	if err == nil || !strings.Contains(err.Error(), "TABLE_NAME") {
		t.Errorf("err = %v, want one that names TABLE_NAME", err)
	}
}
