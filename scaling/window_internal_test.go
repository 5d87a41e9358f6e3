package scaling

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The planner counts an operation until it returns, Decide as long as it is in the window: at any time
// both come to the same number.
func TestReturnsAgreeWithTheWindow(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		ago := rapid.SliceOfN(rapid.IntRange(0, 50*3600), 0, 12).Draw(rt, "seconds ago")
		slices.Sort(ago)
		var ops Operations // newest first
		for _, seconds := range ago {
			ops = append(ops, Operation{At: noon.Add(-time.Duration(seconds) * time.Second)})
		}
		at := noon.Add(time.Duration(rapid.IntRange(0, 25*3600).Draw(rt, "ahead")) * time.Second)
		if len(ops) > 0 && rapid.Bool().Draw(rt, "at an edge") {
			at = ops[rapid.IntRange(0, len(ops)-1).Draw(rt, "operation")].At.Add(OperationWindow + windowMargin)
		}
		used := 0
		for _, returns := range ops.returns() {
			if returns.After(at) {
				used++
			}
		}
		if want := ops.Used(at); used != want {
			rt.Fatalf("%d of the operations return later than %v, and %d are in its window", used, at, want)
		}
	})
}
