package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"math"
	"time"
)

// data is what the page's script draws, as JSON. Times are in minutes after the start.
type data struct {
	Start   int64      `json:"start"` // Unix milliseconds
	Step    float64    `json:"step"`
	Count   int        `json:"count"` // of steps
	Traffic []float64  `json:"traffic"`
	Kinds   []kind     `json:"kinds"`
	Runs    []drawnRun `json:"runs"`
}

type drawnRun struct {
	Name      string          `json:"name"`
	Open      [][2]float64    `json:"open"`    // see changes
	Refused   [][2]float64    `json:"refused"` // the same
	Left      int             `json:"left"`
	Decisions []drawnDecision `json:"decisions"`
}

type drawnDecision struct {
	At      float64     `json:"at"`
	Until   float64     `json:"until,omitempty"`
	Times   int         `json:"times,omitempty"`
	Kind    Kind        `json:"kind"`
	From    int         `json:"from"`
	To      int         `json:"to"`
	Used    float64     `json:"used,omitempty"`
	Who     string      `json:"who,omitempty"`
	Reasons [][2]string `json:"why"`
}

func dataOf(p Page) data {
	d := data{Start: p.Start.UnixMilli(), Step: p.Step.Minutes(), Count: len(p.Traffic), Traffic: make([]float64, len(p.Traffic)), Kinds: kinds()}
	for i, v := range p.Traffic {
		d.Traffic[i] = threeDigits(v)
	}
	minutes := func(at time.Time) float64 { return at.Sub(p.Start).Round(time.Second).Minutes() }
	for _, r := range p.Runs {
		drawn := drawnRun{Name: r.Name, Open: changes(r.Open), Refused: changes(r.Refused), Left: r.Left, Decisions: []drawnDecision{}}
		for _, one := range r.Decisions {
			row := drawnDecision{
				At: threeDecimals(minutes(one.At)), Times: one.Times, Kind: one.Kind, From: one.From, To: one.To,
				Used: threeDigits(one.Utilization), Who: one.Who, Reasons: [][2]string{},
			}
			if !one.Until.IsZero() {
				row.Until = threeDecimals(minutes(one.Until))
			}
			for _, reason := range one.Reasons {
				row.Reasons = append(row.Reasons, [2]string{reason.Code, reason.Detail})
			}
			drawn.Decisions = append(drawn.Decisions, row)
		}
		d.Runs = append(d.Runs, drawn)
	}
	return d
}

// changes keeps the first value and those that differ from the one before, each with how many steps
// it comes after the one that was kept before: that packs better than its place.
func changes[N int | float64](values []N) [][2]float64 {
	kept, before := [][2]float64{}, 0
	for i, v := range values {
		if i == 0 || v != values[i-1] {
			kept = append(kept, [2]float64{float64(i - before), threeDigits(float64(v))})
			before = i
		}
	}
	return kept
}

// threeDigits rounds to what can be seen in a drawing. Whole numbers of up to five digits, such as
// open shards, stay as they are. What is no number becomes 0: JSON has none.
func threeDigits(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	if v == math.Trunc(v) || v == 0 {
		return v
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return cleaned(math.Round(v/unit) * unit)
}

func threeDecimals(v float64) float64 { return cleaned(math.Round(v*1000) / 1000) }

// cleaned takes away what a multiplication left behind the digits that say something.
func cleaned(v float64) float64 {
	const digits = 1e9
	if math.Abs(v) < 1e-6 || math.Abs(v) > 1e6 {
		return v
	}
	return math.Round(v*digits) / digits
}

// packed is the data as base64 of gzip: HTML takes it as text, whatever is in it.
func packed(d data) (string, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(text); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
