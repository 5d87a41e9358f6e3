package faults

import (
	"context"
	"maps"
	"slices"
)

// maxTries bounds how many runs a shrinking takes.
const maxTries = 300

// Shrink leaves out faults and actions of a plan for as long as the same promise is still broken,
// many at a time and then one by one, and returns the last run that broke it, with its story. The
// argument is a run of the plan that broke a promise.
func Shrink(ctx context.Context, plan Plan, options Options, failed Result) (Result, error) {
	drop := maps.Clone(options.Drop)
	if drop == nil {
		drop = map[string]bool{}
	}
	left := failed.Faults
	tries := 0
	for size := max(len(left)/2, 1); tries < maxTries; {
		shrunk := false
		for first := 0; first < len(left) && tries < maxTries; {
			end := min(first+size, len(left))
			attempt := maps.Clone(drop)
			for _, id := range left[first:end] {
				attempt[id] = true
			}
			tries++
			result, err := Run(ctx, plan, Options{Drop: attempt, Altered: options.Altered})
			if err != nil {
				return failed, err
			}
			if result.Violation == nil || result.Violation.Promise != failed.Violation.Promise {
				first = end
				continue
			}
			drop, shrunk = attempt, true
			left = slices.DeleteFunc(slices.Clone(result.Faults), func(id string) bool { return attempt[id] })
		}
		if size == 1 && !shrunk {
			break
		}
		size = max(size/2, 1)
	}
	return Run(ctx, plan, Options{Drop: drop, Story: true, Altered: options.Altered})
}
