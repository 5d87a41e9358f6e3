package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html style.css script
var files embed.FS

// scripts are the parts of the page's script, in their order.
func scripts() []string {
	return []string{"element", "say", "series", "chart", "marks", "readout", "days", "table", "tools", "main"}
}

// view is what the template shows beside the page itself.
type view struct {
	Page
	Policy string
	Style  template.CSS
	Script template.JS
	Data   template.HTML
}

// Write writes the page.
func Write(w io.Writer, p Page) error {
	html, err := files.ReadFile("page.html")
	if err != nil {
		return err
	}
	filled, err := template.New("page").Funcs(template.FuncMap{"percent": func(part, whole float64) string { return percent(part, whole) }}).Parse(string(html))
	if err != nil {
		return err
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return err
	}
	script, err := script()
	if err != nil {
		return err
	}
	drawn, err := packed(dataOf(p))
	if err != nil {
		return err
	}
	return filled.Execute(w, view{
		Page: p, Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // our own text, nothing of it from outside
		Data:   template.HTML(drawn), //nolint:gosec // base64 has no sign that HTML knows
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", digest(string(style)), digest(script)),
	})
}

// script joins the parts. They see each other, and nobody else sees them.
func script() (string, error) {
	var b strings.Builder
	b.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range scripts() {
		text, err := files.ReadFile("script/" + name + ".js")
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	b.WriteString("})();\n")
	return b.String(), nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// MostCost is the largest cost of the page's ways; it sets the scale of their bars.
func (p Page) MostCost() float64 {
	most := 0.0
	for _, way := range p.Ways {
		most = max(most, way.Cost)
	}
	return most
}

// percent writes a part of a whole as a length of SVG.
func percent(part, whole float64) string {
	if !(whole > 0) || !(part > 0) {
		return "0%"
	}
	return fmt.Sprintf("%.2f%%", 100*min(part/whole, 1))
}

// ForShards is the part of the cost that is for shards.
func (w Way) ForShards() float64 { return max(w.Cost-w.Rest, 0) }

// Number is the number of the run at a place of the page's runs.
func (Run) Number(place int) int { return place + 1 }
