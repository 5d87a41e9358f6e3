// Package race tells a test whether it runs with the race detector, which makes the model of AWS ten times slower.
package race

import "testing"

// SkipLong skips a test that plays the model for long, where it runs with the race detector: it is run without it too.
func SkipLong(tb testing.TB) {
	tb.Helper()
	if enabled {
		tb.Skip("it plays for long")
	}
}
