//go:build race

package race

// enabled is whether the program was built with the race detector.
const enabled = true
