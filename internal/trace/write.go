package trace

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
)

// Write writes a trace in Shardkeeper's own form, which [Read] reads back to the same, to a
// thousandth of a record and of a byte.
func Write(w io.Writer, t Trace) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	_ = out.Write([]string{"timestamp", "records_per_second", "bytes_per_second"}) // Error tells
	for i, m := range t.Minutes {
		at := t.Start.Add(time.Duration(i) * time.Minute).UTC().Format(time.RFC3339)
		_ = out.Write([]string{at, number(m.Records), number(m.Bytes)})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// number has three decimals at most.
func number(v float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0"), ".")
}
