package trace_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// What gzip made smaller is the same trace: of each form, with a byte order mark too.
func TestGzip(t *testing.T) {
	for _, text := range []string{
		"timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,1,10\n2026-11-23T00:01:00Z,2,20\n",
		"\xef\xbb\xbftimestamp,bytes_per_second\n2026-11-23T00:00:00Z,10\n",
		`{"MetricDataResults":[{"Label":"IncomingBytes","Timestamps":["2026-11-23T00:00:00Z"],"Values":[600]}]}`,
	} {
		want, err := trace.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := trace.Read(bytes.NewReader(packed(t, text)))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v, %s", err, diff)
		}
	}
}

func TestAGzipThatIsNotWhole(t *testing.T) {
	whole := packed(t, "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,1,10\n")
	for length := 2; length < len(whole); length++ {
		if _, err := trace.Read(bytes.NewReader(whole[:length])); err == nil || !strings.Contains(err.Error(), "gzip: ") {
			t.Errorf("%d of %d bytes: %v", length, len(whole), err)
		}
	}
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
