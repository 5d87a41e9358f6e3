package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// benchTable has a part for each variant, with its medians, so that variants can be compared.
func benchTable(to output.Screen, all []benched, variants []trial.Variant, prices simulate.Prices) error {
	for _, v := range variants {
		rows := resultGrid(to, v.Name)
		ofVariant := slices.DeleteFunc(slices.Clone(all), func(b benched) bool { return b.variant.Name != v.Name })
		for _, b := range ofVariant {
			if err := rows.Row(resultCells(b.name, b.result, b.month, b.optimum)...); err != nil {
				return err
			}
		}
		for _, g := range groupsOf(ofVariant) {
			over, throttled := medianOf(g.all, benched.cost), medianOf(g.all, benched.throttled)
			if err := rows.Row(g.name, "", "", over.text(2, ""), trial.Share(throttled.value)); err != nil {
				return err
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(to.W); err != nil {
			return err
		}
	}
	note := fmt.Sprintf("optimum: shard-hours over the fewest possible without throttling, knowing the future. Prices of %s.\n", prices.As)
	_, err := io.WriteString(to.W, output.Wrapped(note, to.Width))
	return err
}

// benchMarkdown is one table of all variants: what each costs over the optimum, and what it
// throttles, with the medians in the last rows.
func benchMarkdown(w io.Writer, all []benched, variants []trial.Variant) error {
	head, under, names := "| trace |", "|---|", "| |"
	for _, v := range variants {
		head += " " + strings.ReplaceAll(v.Name, "|", " ") + " | |"
		under += "---|---|"
		names += " cost | throttled % |"
	}
	lines := []string{head + " provisioned at peak |", under + "---|", names + " cost |"}
	for i := 0; i < len(all); i += len(variants) {
		ofTrace := all[i : i+len(variants)]
		lines = append(lines, markdownRow(ofTrace[0].name, variants, func(variant int, of measure) figure { return of(ofTrace[variant]) }))
	}
	for _, g := range groupsOf(all) {
		lines = append(lines, markdownRow(g.name, variants, func(variant int, of measure) figure {
			return medianOf(everyNth(g.all, variant, len(variants)), of)
		}))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// markdownRow asks for each variant's cost and share, and for the cost at the peak. Costs have two
// decimals, the shares between them four; a dash is what is not known.
func markdownRow(name string, variants []trial.Variant, ask func(variant int, of measure) figure) string {
	cells := []string{name}
	for i := range variants {
		throttled := ask(i, benched.throttled)
		throttled.value *= 100
		cells = append(cells, ask(i, benched.cost).text(2, "-"), throttled.text(4, "-"))
	}
	return "| " + strings.Join(append(cells, ask(0, benched.costAtPeak).text(2, "-")), " | ") + " |"
}

// benchSummary has a row of Markdown for each variant and folder: the median and the highest of what it
// costs over the optimum, and of what it throttles. Its rows carry the profile, so that those of several
// runs make one table.
func benchSummary(w io.Writer, all []benched, variants []trial.Variant, profile string, resendMinutes int) error {
	lines := []string{
		"| profile | sent again for | traces | variant | cost, median | highest | throttled %, median | highest |",
		"|---|---|---|---|---|---|---|---|",
	}
	for _, g := range groupsOf(all) {
		traces := strings.TrimPrefix(g.name, "median of ")
		if g.name == "median" {
			traces = "all"
		}
		for i, v := range variants {
			of := everyNth(g.all, i, len(variants))
			median, highest := medianOf(of, benched.throttled), highestOf(of, benched.throttled)
			median.value, highest.value = 100*median.value, 100*highest.value
			cells := []string{
				profile, trial.Counted(resendMinutes, "minute"), traces, strings.ReplaceAll(v.Name, "|", " "),
				medianOf(of, benched.cost).text(2, "-"), highestOf(of, benched.cost).text(2, "-"), median.text(4, "-"), highest.text(4, "-"),
			}
			lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// benchLine is a variant on one trace as one JSON line.
type benchLine struct {
	variantLine

	Trace string `json:"trace"`
}

func (b benched) line() benchLine {
	return benchLine{variantLineOf(b.variant, b.result, b.month, b.optimum), b.name}
}

func benchJSON(w io.Writer, all []benched) error {
	for _, b := range all {
		if err := output.WriteJSON(w, b.line()); err != nil {
			return err
		}
	}
	return nil
}

func benchCSV(w io.Writer, all []benched) error {
	sheet, err := output.NewSheet[benchLine](w)
	if err != nil {
		return err
	}
	for _, b := range all {
		if err := sheet.Row(b.line()); err != nil {
			return err
		}
	}
	return sheet.Close()
}

// safeName reports whether a text can be the name of a folder.
func safeName(text string) bool {
	return text != "" && text != "." && text != ".." && !strings.ContainsAny(text, `/\`+"\x00")
}
