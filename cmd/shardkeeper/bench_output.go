package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// benchTable has a part for each variant, with its medians, so that variants can be compared.
func benchTable(w io.Writer, all []benched, variants []trial.Variant, prices simulate.Prices) error {
	for _, v := range variants {
		rows := resultTable(v.Name)
		if err := rows.header(w); err != nil {
			return err
		}
		var over, throttled []float64
		for _, b := range all {
			if b.variant.Name != v.Name {
				continue
			}
			if err := rows.row(w, resultCells(b.trace, b.result, b.month, b.optimum)...); err != nil {
				return err
			}
			if b.optimum > 0 {
				over = append(over, b.cost())
			}
			throttled = append(throttled, b.result.Usage.ThrottledShare())
		}
		if err := rows.row(w, "median", "", "", fmt.Sprintf("%.2f", median(over)), trial.Share(median(throttled))); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "optimum: shard-hours over the fewest possible without throttling, knowing the future. Prices of %s.\n", prices.As)
	return err
}

// benchMarkdown is one table of all variants: what each costs over the optimum, and what it
// throttles, with the medians in the last row.
func benchMarkdown(w io.Writer, all []benched, variants []trial.Variant) error {
	head, under, names := "| trace |", "|---|", "| |"
	for _, v := range variants {
		head += " " + strings.ReplaceAll(v.Name, "|", " ") + " | |"
		under += "---|---|"
		names += " cost | throttled % |"
	}
	lines := []string{head + " provisioned at peak |", under + "---|", names + " cost |"}
	columns := make([][]float64, 2*len(variants)+1)
	for i := 0; i < len(all); i += len(variants) {
		var values []float64
		for _, b := range all[i : i+len(variants)] {
			values = append(values, b.cost(), 100*b.result.Usage.ThrottledShare())
		}
		values = append(values, all[i].costAtPeak())
		for n, v := range values {
			columns[n] = append(columns[n], v)
		}
		lines = append(lines, markdownRow(all[i].trace, values))
	}
	var medians []float64
	for _, column := range columns {
		medians = append(medians, median(column))
	}
	lines = append(lines, markdownRow("median", medians))
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// markdownRow writes costs with two decimals, and the shares between them with four.
func markdownRow(name string, values []float64) string {
	cells := []string{name}
	for i, v := range values {
		cells = append(cells, strconv.FormatFloat(v, 'f', 2+2*(i%2), 64))
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// median is the middle value, or the mean of the two in the middle; 0 for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// benchLine is a variant on one trace as one JSON line.
type benchLine struct {
	variantLine

	Trace string `json:"trace"`
}

func benchJSON(w io.Writer, all []benched) error {
	for _, b := range all {
		line := benchLine{variantLineOf(b.variant, b.result, b.month, b.optimum), b.trace}
		if err := writeJSON(w, line); err != nil {
			return err
		}
	}
	return nil
}

// safeName reports whether a text can be the name of a folder.
func safeName(text string) bool {
	return text != "" && text != "." && text != ".." && !strings.ContainsAny(text, `/\`+"\x00")
}
