package trace

// From rows to minutes, and what is put right on the way.

import (
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	// holdMinutes is how many missing minutes repeat the row before.
	holdMinutes = 10
	// maxStep is the largest distance of rows that counts as their resolution, and maxSumStep of rows that are
	// sums: further apart, sums of single minutes and sums of all the time between look alike.
	maxStep, maxSumStep = 24 * 60, 60
	// maxGap is the longest gap, in minutes, that can be meant. A longer one is a wrong time.
	maxGap = 31 * 24 * 60
)

// assemble makes a trace of rows in any order.
func assemble(rows []row, form columns) (Trace, error) {
	var repairs repairs
	if form.records < 0 {
		repairs.note(form.line, 1, "no column for records, taken as 0")
	}
	if form.bytes < 0 {
		repairs.note(form.line, 1, "no column for bytes, taken as 0")
	}
	if !slices.IsSortedFunc(rows, compareRows) {
		for i := 1; i < len(rows); i++ {
			if rows[i].minute < rows[i-1].minute {
				repairs.note(rows[i].line, 1, "rows out of order, sorted")
			}
		}
		slices.SortFunc(rows, compareRows)
	}
	rows = averaged(rows, &repairs)
	step := form.period
	if step == 0 {
		if step = resolution(rows); form.sums && step > maxSumStep {
			return Trace{}, fmt.Errorf("line %d: rows are %d minutes apart, and nothing tells whether each is the sum of one minute or of all of them; "+
				"read it with a period of an hour at most, add the heading Period to CSV, or use shardkeeper export", rows[0].line, step)
		}
	} else if line, minutes := closest(rows); minutes < step {
		return Trace{}, fmt.Errorf("line %d: %d minutes after the row before, but the period is %d minutes", line, minutes, step)
	}
	if step > 1 {
		repairs.note(rows[0].line, len(rows), fmt.Sprintf("rows stand for %d minutes each", step))
	}
	if form.sums {
		for i := range rows {
			rows[i].rate.Records /= 60 * float64(step)
			rows[i].rate.Bytes /= 60 * float64(step)
		}
	}
	minutes, err := filled(rows, step, form.sums, &repairs)
	if err != nil {
		return Trace{}, err
	}
	return Trace{Start: time.Unix(rows[0].minute*60, 0).UTC(), Minutes: minutes, Repairs: repairs.found}, nil
}

// averaged joins the rows of each minute into one.
func averaged(rows []row, repairs *repairs) []row {
	joined := rows[:1]
	same := 1.0 // rows joined into the last one
	for _, next := range rows[1:] {
		last := &joined[len(joined)-1]
		if next.minute != last.minute {
			joined, same = append(joined, next), 1
			continue
		}
		same++
		last.rate.Records += (next.rate.Records - last.rate.Records) / same
		last.rate.Bytes += (next.rate.Bytes - last.rate.Bytes) / same
		repairs.note(next.line, 1, "several rows of one minute, averaged")
	}
	return joined
}

// closest returns the line of the row that is closest to the one before it, and their distance in
// minutes.
func closest(rows []row) (line int, minutes int64) {
	minutes = math.MaxInt64
	for i := 1; i < len(rows); i++ {
		if d := rows[i].minute - rows[i-1].minute; d < minutes {
			line, minutes = rows[i].line, d
		}
	}
	return line, minutes
}

// resolution returns the distance of the rows in minutes, if more than half of them have the
// same; otherwise 1.
func resolution(rows []row) int64 {
	counts := make([]int, maxStep+1)
	for i := 1; i < len(rows); i++ {
		if d := rows[i].minute - rows[i-1].minute; d <= maxStep {
			counts[d]++
		}
	}
	for d, count := range counts {
		if d > 1 && 2*count > len(rows)-1 && len(rows) > 2 {
			return int64(d)
		}
	}
	return 1
}

// filled gives every minute a rate.
func filled(rows []row, step int64, sparse bool, repairs *repairs) ([]Rate, error) {
	length := rows[len(rows)-1].minute - rows[0].minute + step
	if length > maxRows {
		return nil, fmt.Errorf("line %d: %d minutes after the first row, more than ten years", rows[len(rows)-1].line, length)
	}
	minutes := make([]Rate, 0, length)
	for i, r := range rows {
		until := r.minute + step
		if i+1 < len(rows) {
			until = rows[i+1].minute
		}
		gap := until - r.minute - step
		if gap > maxGap {
			return nil, fmt.Errorf("line %d: %d days without a row before this one; is its time right?", rows[i+1].line, gap/(24*60))
		}
		hold := min(step, until-r.minute)
		if gap > 0 && gap <= holdMinutes && !sparse {
			repairs.note(rows[i+1].line, int(gap), "missing minutes before this row repeat the one before")
			hold += gap
		} else if gap > 0 {
			repairs.note(rows[i+1].line, int(gap), "missing minutes before this row count as no traffic")
		}
		for range hold {
			minutes = append(minutes, r.rate)
		}
		minutes = append(minutes, make([]Rate, until-r.minute-hold)...)
	}
	return minutes, nil
}

// repairs collects what was put right, each kind once.
type repairs struct{ found []Repair }

func (r *repairs) note(line, count int, what string) {
	for i := range r.found {
		if r.found[i].What == what {
			r.found[i].Count += count
			r.found[i].Line = min(r.found[i].Line, line)
			return
		}
	}
	r.found = append(r.found, Repair{Line: line, Count: count, What: what})
}
