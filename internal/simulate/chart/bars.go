package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// Bar is one row of a bar chart.
type Bar struct {
	Label string
	Value float64 // at least 0
	Rest  float64 // the part of Value, at its end, that is drawn paler
	Text  string  // the value, for people
	Other bool    // one to compare with: drawn paler
}

// Bars draws bars from zero as an element for a page of HTML.
func Bars(id, title string, bars []Bar) string {
	const row, labels, values = 30.0, 250.0, 110.0
	var b strings.Builder
	id = html.EscapeString(id)
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-labelledby="%s-title %s-text">`, width, row*float64(len(bars)), id, id)
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%s-text">`, id, html.EscapeString(title), id)
	highest := math.SmallestNonzeroFloat64
	for _, bar := range bars {
		highest = max(highest, bar.Value)
		fmt.Fprintf(&b, "%s: %s. ", html.EscapeString(bar.Label), html.EscapeString(bar.Text))
	}
	b.WriteString("</desc>")
	for i, bar := range bars {
		top, class := row*float64(i), "bar"
		if bar.Other {
			class = "bar other"
		}
		long := max((width-labels-values)*bar.Value/highest, 1)
		fmt.Fprintf(&b, `<text class="label end" x="%g" y="%g">%s</text>`, labels-10, top+20, html.EscapeString(shortened(bar.Label, 34)))
		rest := (width - labels - values) * min(bar.Rest, bar.Value) / highest
		fmt.Fprintf(&b, `<rect class="%s rest" x="%g" y="%g" width="%s" height="%g"/>`, class, labels, top+5, px(long), row-10)
		fmt.Fprintf(&b, `<rect class="%s" x="%g" y="%g" width="%s" height="%g"/>`, class, labels, top+5, px(long-rest), row-10)
		fmt.Fprintf(&b, `<text class="label" x="%s" y="%g">%s</text>`, px(labels+long+8), top+20, html.EscapeString(bar.Text))
	}
	b.WriteString("</svg>")
	return b.String()
}

// shortened cuts a text that has no room.
func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// px writes a length to a tenth of a pixel.
func px(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// amount writes a tick of shards.
func amount(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// percent writes a share, escaped for XML.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.001:
		return "&lt;0.1 %"
	case share < 0.095:
		return fmt.Sprintf("%.1f %%", 100*share)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}
