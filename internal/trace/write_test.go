package trace_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	if err := trace.Write(&b, trace.Trace{Start: noon, Minutes: rates(0, 0, 1200, 1048576.5, 0.12345, 1e-9)}); err != nil {
		t.Fatal(err)
	}
	want := header + "2026-11-23T12:00:00Z,0,0\n2026-11-23T12:01:00Z,1200,1048576.5\n2026-11-23T12:02:00Z,0.123,0\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Map(rapid.Float64Range(0, 1e12), func(v float64) float64 { return math.Round(v) / 8 }) // three decimals
		minutes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) trace.Rate {
			return trace.Rate{Records: rate.Draw(t, "records"), Bytes: rate.Draw(t, "bytes")}
		}), 1, 50).Draw(t, "minutes")
		written := trace.Trace{Start: noon, Minutes: minutes}
		var b bytes.Buffer
		if err := trace.Write(&b, written); err != nil {
			t.Fatal(err)
		}
		read, err := trace.Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written, read); diff != "" {
			t.Fatal(diff)
		}
	})
}
