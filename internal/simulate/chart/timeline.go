// Package chart draws what trials came to as a file of SVG for the documents: traffic, open shards and
// throttling over time. It follows light and dark, says in words what it shows, and loads nothing.
package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// Panel is one timeline to be drawn.
type Panel struct {
	Title    string // what is shown, for people and screen readers
	Summary  string // what is to be seen, for those who cannot
	Timeline trial.Timeline
	Top      float64 // shards that the plot shows at least, for panels to be compared; 0: as many as it needs
	// TopThrottled is the share, 0 to 1, that the strip of throttling shows at least; 0: as much as it needs.
	TopThrottled float64
}

// Sizes of a panel, in pixels of a page of this width.
const (
	width       = 960.0
	panelHeight = 312.0
	left        = 52.0
	right       = width - 10
	plotTop     = 34.0
	plotBottom  = 218.0
	stripTop    = 240.0
	stripBottom = 276.0
	axisText    = 298.0
)

// Figure draws panels under each other as a file of its own. Each has its title above it.
func Figure(title string, panels []Panel) string {
	const heading = 30.0
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %g %g" role="img" aria-labelledby="title text">`, width, (panelHeight+heading)*float64(len(panels)))
	fmt.Fprintf(&b, "<title id=\"title\">%s</title><desc id=\"text\">", html.EscapeString(title))
	for _, p := range panels {
		fmt.Fprintf(&b, "%s: %s ", html.EscapeString(p.Title), html.EscapeString(p.Summary))
	}
	fmt.Fprintf(&b, "</desc>\n<style>%s</style>\n<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n", rules())
	for i, p := range panels {
		top := (panelHeight + heading) * float64(i)
		fmt.Fprintf(&b, `<g transform="translate(0 %g)"><text class="heading" x="%g" y="22">%s</text></g>`, top, left, html.EscapeString(p.Title))
		fmt.Fprintf(&b, `<g transform="translate(0 %g)">`, top+heading)
		p.draw(&b)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// draw draws the panel into a space of width by panelHeight.
func (p Panel) draw(b *strings.Builder) {
	legend(b)
	buckets := p.Timeline.Buckets
	if len(buckets) == 0 {
		return
	}
	highest := max(p.Top, 1)
	for _, k := range buckets {
		highest = max(highest, k.HighDemand, float64(k.HighShards))
	}
	top, step := ceiling(highest)
	y := func(shards float64) float64 { return plotBottom - (plotBottom-plotTop)*shards/top }
	for v := 0.0; v <= top*1.001; v += step {
		fmt.Fprintf(b, `<path class="grid" d="M%g %sH%g"/><text class="tick end" x="%g" y="%s">%s</text>`,
			left, px(y(v)), right, left-6, px(y(v)+4), amount(v))
	}
	p.times(b)
	x := func(i int) float64 { return left + (right-left)*float64(i)/float64(len(buckets)) }
	area(b, "high", buckets, x, y, func(k trial.Bucket) float64 { return k.HighDemand })
	area(b, "low", buckets, x, y, func(k trial.Bucket) float64 { return k.LowDemand })
	steps(b, buckets, x, y)
	strip(b, p.Timeline, x, p.TopThrottled)
}

func legend(b *strings.Builder) {
	fmt.Fprintf(b, `<rect class="high" x="%g" y="10" width="14" height="10"/><text class="tick" x="%g" y="19">traffic: shards that it fills</text>`, left, left+20)
	fmt.Fprintf(b, `<path class="open" d="M%g 15h14"/><text class="tick" x="%g" y="19">open shards</text>`, left+220, left+240)
	fmt.Fprintf(b, `<rect class="refused" x="%g" y="10" width="14" height="10"/><text class="tick" x="%g" y="19">throttled: most of a minute's traffic that was refused</text>`, left+360, left+380)
}

// area fills what is below a curve.
func area(b *strings.Builder, class string, buckets []trial.Bucket, x func(int) float64, y func(float64) float64, value func(trial.Bucket) float64) {
	fmt.Fprintf(b, `<path class="%s" d="M%g %g`, class, left, plotBottom)
	before := ""
	for i, k := range buckets {
		if at := px(y(value(k))); at != before {
			fmt.Fprintf(b, "H%sV%s", px(x(i)), at)
			before = at
		}
	}
	fmt.Fprintf(b, `H%gV%gZ"/>`, right, plotBottom)
}

// steps draws the open shards. A bucket in which they changed has a line over all that they were.
func steps(b *strings.Builder, buckets []trial.Bucket, x func(int) float64, y func(float64) float64) {
	at := func(shards int) string { return px(y(float64(shards))) }
	fmt.Fprintf(b, `<path class="open" d="M%g %s`, left, at(buckets[0].FirstShards))
	before := buckets[0].FirstShards
	for i, k := range buckets {
		if k.LowShards == before && k.HighShards == before {
			continue
		}
		fmt.Fprintf(b, "H%sV%sV%sV%s", px(x(i)), at(k.HighShards), at(k.LowShards), at(k.LastShards))
		before = k.LastShards
	}
	fmt.Fprintf(b, `H%g"/>`, right)
}

// strip draws the throttling below the plot, on a scale up to the top or the most that there is.
func strip(b *strings.Builder, line trial.Timeline, x func(int) float64, top float64) {
	most := line.HighThrottled()
	highest := max(most, top)
	fmt.Fprintf(b, `<path class="grid" d="M%g %gH%g"/>`, left, stripBottom, right)
	fmt.Fprintf(b, `<text class="tick end" x="%g" y="%g">0</text>`, left-6, stripBottom+4)
	if most <= 0 {
		fmt.Fprintf(b, `<text class="tick" x="%g" y="%g">never throttled</text>`, left+6, stripBottom-8)
		return
	}
	fmt.Fprintf(b, `<text class="tick end" x="%g" y="%g">%s</text><path class="refused" d="`, left-6, stripTop+8, percent(highest))
	wide := max((right-left)/float64(len(line.Buckets)), 1.5)
	for i, k := range line.Buckets {
		if k.HighThrottled > 0 {
			tall := max((stripBottom-stripTop)*k.HighThrottled/highest, 1.5)
			fmt.Fprintf(b, "M%s %gv-%sh%sv%sz", px(x(i)), stripBottom, px(tall), px(wide), px(tall))
		}
	}
	b.WriteString(`"/>`)
}

// times draws the ticks of the time axis.
func (p Panel) times(b *strings.Builder) {
	start, end := p.Timeline.Start, p.Timeline.End()
	every, layout := tickEvery(end.Sub(start))
	first := start.Truncate(every)
	if every >= 24*time.Hour { // Truncate counts from year 1, a Monday
		first = time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
	}
	for at := first; at.Before(end); at = at.Add(every) {
		if at.Before(start) {
			continue
		}
		x := left + (right-left)*float64(at.Sub(start))/float64(end.Sub(start))
		fmt.Fprintf(b, `<path class="grid" d="M%s %gV%g"/>`, px(x), plotTop, stripBottom)
		if x < right-40 {
			fmt.Fprintf(b, `<text class="tick" x="%s" y="%g">%s</text>`, px(x), axisText, at.Format(layout))
		}
	}
}

// tickEvery returns how far apart the ticks of a span are, and how their times are written.
func tickEvery(span time.Duration) (every time.Duration, layout string) {
	const most = 12
	for _, minutes := range []int{5, 10, 30, 60, 120, 180, 360, 720} {
		if every = time.Duration(minutes) * time.Minute; span <= most*every {
			return every, "Mon 15:04"
		}
	}
	for _, days := range []int{1, 2, 7, 14, 28, 91, 182} {
		if every = time.Duration(days) * 24 * time.Hour; span <= most*every {
			break
		}
	}
	if span > 300*24*time.Hour {
		return every, "2 Jan 2006"
	}
	return every, "Mon 2 Jan"
}

// ceiling returns a round number not below the highest, and how far apart its ticks are.
func ceiling(highest float64) (top, step float64) {
	power := math.Pow(10, math.Floor(math.Log10(highest/4)))
	for _, factor := range []float64{1, 2, 2.5, 5, 10} {
		if step = max(factor*power, 0.5); step*5 >= highest {
			break
		}
	}
	return math.Ceil(highest/step) * step, step
}
