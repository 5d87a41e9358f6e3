package trial

import (
	"encoding/csv"
	"io"
	"strconv"
)

// WriteActions writes the operations as CSV: minute, from, to. Minutes count from 0 at the trace's
// first one. The first row is the start, with from = to.
func (r *Result) WriteActions(w io.Writer) error {
	out := csv.NewWriter(w)
	row := func(minute, from, to int) {
		_ = out.Write([]string{strconv.Itoa(minute), strconv.Itoa(from), strconv.Itoa(to)}) // Error tells
	}
	_ = out.Write([]string{"minute", "from", "to"})
	row(0, r.StartShards, r.StartShards)
	for _, o := range r.Operations {
		row(o.Minute, o.From, o.To)
	}
	out.Flush()
	return out.Error()
}
