//go:build !race

// Package race tells a test whether it runs with the race detector, which makes the model of AWS ten times slower: what plays
// for long is played without it.
package race

// Enabled is whether the program was built with the race detector.
const Enabled = false
