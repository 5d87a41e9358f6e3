package main

// History entries as people and programs read them.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// entryLine is an entry as one JSON line. Its names are part of the command's promise.
type entryLine struct {
	At           time.Time   `json:"at"`
	Stream       string      `json:"stream"` // empty: the entry is of all streams together
	ID           string      `json:"id"`
	Kind         ledger.Kind `json:"kind"`
	Direction    string      `json:"direction,omitempty"`
	From         int         `json:"from,omitempty"`
	To           int         `json:"to,omitempty"`
	Outcome      string      `json:"outcome,omitempty"`
	Reasons      reasonLines `json:"reasons,omitempty"`
	Utilization  float64     `json:"utilization,omitempty"`
	Limit        string      `json:"limit,omitempty"`
	Alarm        string      `json:"alarm,omitempty"`
	TransitionAt *time.Time  `json:"transition_at,omitempty"`
	Actor        string      `json:"actor,omitempty"`
	Fence        int64       `json:"fence,omitempty"`
	Seconds      float64     `json:"duration_seconds,omitempty"`
	Detail       string      `json:"detail,omitempty"`
	Drain        float64     `json:"drain_seconds,omitempty"` // from ACTIVE until the consumers were back; 3600: an hour or more
}

type reasonLine struct {
	Code   scaling.ReasonCode `json:"code"`
	Detail string             `json:"detail,omitempty"`
}

// reasonLines are a trail: in JSON step by step, in CSV one text.
type reasonLines []reasonLine

// String returns the trail as tables have it.
func (all reasonLines) String() string { return trailOf(all).String() }

func trailOf(all reasonLines) scaling.Trail {
	trail := make(scaling.Trail, len(all))
	for i, r := range all {
		trail[i] = scaling.Reason(r)
	}
	return trail
}

func lineOf(e ledger.Entry) entryLine {
	line := entryLine{
		At: e.At.UTC(), Stream: e.Stream, ID: e.ID, Kind: e.Kind, From: e.From, To: e.To, Outcome: string(e.Outcome),
		Utilization: rounded(e.Utilization), Limit: string(e.Limit), Alarm: e.Alarm, Actor: e.Actor, Fence: e.Fence,
		Seconds: e.Duration.Seconds(), Detail: e.Detail, Drain: e.Drain.Seconds(),
	}
	if e.Kind == ledger.KindOperation || e.Kind == ledger.KindHold || e.Kind == ledger.KindExternal {
		line.Direction = e.Direction.String()
	}
	if !e.TransitionAt.IsZero() {
		at := e.TransitionAt.UTC()
		line.TransitionAt = &at
	}
	for _, r := range e.Reasons {
		line.Reasons = append(line.Reasons, reasonLine(r))
	}
	return line
}

// placedEntry is an entry with where it is from.
type placedEntry struct {
	ledger.Entry

	region, profile string
}

// placedLine is an entry of a place as one JSON line. Its names are part of the command's promise.
type placedLine struct {
	entryLine

	Region  string `json:"region"`
	Profile string `json:"profile,omitempty"`
}

func placedLineOf(e placedEntry) placedLine { return placedLine{lineOf(e.Entry), e.region, e.profile} }

// shape says what a table of entries must name: where each is from, and of which stream it is.
type shape struct{ placed, named bool }

func (s shape) columns() []output.Column {
	columns := entryColumns(s.named)
	if s.placed {
		columns = slices.Insert(columns, 1, spotColumn())
	}
	return columns
}

func (s shape) cells(e placedEntry) []string {
	cells := entryCells(e.Entry, s.named)
	if s.placed {
		cells = slices.Insert(cells, 1, spotOf(e.profile, e.region))
	}
	return cells
}

// entryColumns are the columns of entries for people; with the stream's name, or all of one stream.
func entryColumns(named bool) []output.Column {
	columns := []output.Column{{Title: "time (UTC)"}}
	if named {
		columns = append(columns, output.Column{Title: "stream", Min: 12})
	}
	return append(columns, output.Column{Title: "what"}, output.Column{Title: "shards"},
		output.Column{Title: "outcome", Paint: outcomePaint}, output.Column{Title: "why", Min: 20, Below: true})
}

// outcomePaint is the colour of an outcome, by how it begins.
func outcomePaint(cell string) output.Paint {
	outcome, _, _ := strings.Cut(cell, ",")
	switch ledger.Outcome(outcome) {
	case ledger.OutcomeCompleted:
		return output.Good
	case ledger.OutcomeRefused, ledger.OutcomeNotApplied, ledger.OutcomeStreamGone:
		return output.Bad
	case ledger.OutcomeIntended, ledger.OutcomeUnknown, ledger.OutcomeAccepted, ledger.OutcomeSuperseded:
		return output.Wait
	}
	return output.Plain
}

// minuteLayout shows the time to the minute; JSON has all of it.
const minuteLayout = "2006-01-02 15:04"

func entryCells(e ledger.Entry, named bool) []string {
	cells := []string{e.At.UTC().Format(minuteLayout)}
	if named {
		cells = append(cells, cmp.Or(e.Stream, "(all)"))
	}
	return append(cells, whatOf(e), shardsOf(e), outcomeOf(e), whyOf(e))
}

func whatOf(e ledger.Entry) string {
	if e.Kind == ledger.KindOperation {
		return "scale " + e.Direction.String()
	}
	return string(e.Kind)
}

func shardsOf(e ledger.Entry) string {
	switch {
	case e.From == 0 && e.To == 0:
		return ""
	case e.From == e.To:
		return fmt.Sprint(e.To)
	}
	return resized(e.From, e.To)
}

// resized is a change of size as people read it: "4 -> 8", and "-> 8" where the size before is not known, 0.
func resized(from, to int) string {
	if from == 0 {
		return fmt.Sprintf("-> %d", to)
	}
	return fmt.Sprintf("%d -> %d", from, to)
}

func outcomeOf(e ledger.Entry) string {
	text := string(e.Outcome)
	if e.Duration > 0 {
		text += ", " + e.Duration.Round(time.Second).String()
	}
	if e.Drain > time.Minute { // as short as it can be, it is no cost
		text += ", consumers back after " + drainText(e.Drain)
	}
	return text
}

func whyOf(e ledger.Entry) string {
	switch {
	case e.Kind == ledger.KindExternal && len(e.Reasons) > 0: // it set ours back
		return e.Detail + ", by " + e.Actor + ": " + e.Reasons.String()
	case e.Kind == ledger.KindExternal, e.Kind == ledger.KindPause:
		return e.Detail + ", by " + e.Actor
	case len(e.Reasons) == 0 && strings.HasPrefix(e.Actor, "arn:"): // a person's, or a role's
		return e.Detail + ", by " + e.Actor
	case len(e.Reasons) == 0:
		return e.Detail
	case e.Detail == "":
		return e.Reasons.String()
	}
	return e.Reasons.String() + "; " + e.Detail
}
