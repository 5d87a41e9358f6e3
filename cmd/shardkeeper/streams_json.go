package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// streamLine is a stream as one JSON line. Its names are part of the command's promise.
type streamLine struct {
	Stream       string     `json:"stream"`
	Region       string     `json:"region"`
	Profile      string     `json:"profile,omitempty"`
	Status       string     `json:"status"`
	StatusReason string     `json:"status_reason,omitempty"`
	Mode         string     `json:"mode"`
	Open         int        `json:"open_shards"`
	SeenAt       *time.Time `json:"seen_at,omitempty"`
	Min          int        `json:"min_shards"`
	Max          int        `json:"max_shards"`
	Utilization  float64    `json:"utilization,omitempty"`
	Limit        string     `json:"limit,omitempty"`
	MeasuredAt   *time.Time `json:"measured_at,omitempty"`
	MeasuredAgo  float64    `json:"measured_seconds_ago,omitempty"`
	Usable       float64    `json:"usable_share"`
	Used         int        `json:"operations_24h"`
	Left         int        `json:"operations_left"`
	LastAt       *time.Time `json:"last_operation_at,omitempty"`
	LastFrom     int        `json:"last_from,omitempty"`
	LastTo       int        `json:"last_to,omitempty"`
	LastActor    string     `json:"last_actor,omitempty"`
	Waits        waitLines  `json:"waits_for,omitempty"`
}

// waitLine is something that a stream waits for.
type waitLine struct {
	Code   scaling.ReasonCode `json:"code,omitempty"`
	Detail string             `json:"detail"`
	Until  *time.Time         `json:"until,omitempty"`
}

// waitLines are in JSON a list, in CSV one text.
type waitLines []waitLine

// String returns them as tables have them.
func (all waitLines) String() string {
	details := make([]string, len(all))
	for i, w := range all {
		details[i] = w.Detail
	}
	return strings.Join(details, "; ")
}

func waitLinesOf(waits []inspect.Wait) waitLines {
	var lines waitLines
	for _, w := range waits {
		lines = append(lines, waitLine{w.Code, w.Detail, moments(w.Until)})
	}
	return lines
}

func streamLineOf(r placed, now time.Time) streamLine {
	line := streamLine{
		Stream: r.Stream, Region: r.region, Profile: r.profile, Status: string(r.Status), StatusReason: r.StatusReason, Mode: string(r.Mode),
		Open: r.OpenShards, SeenAt: moments(r.SeenAt), Min: r.Min, Max: r.Max, Usable: r.Usable, Used: r.Used, Left: r.Left,
		LastAt: moments(r.Last.At), LastFrom: r.Last.From, LastTo: r.Last.To, LastActor: r.Last.Actor, Waits: waitLinesOf(r.Waits),
	}
	if !r.Measured.At.IsZero() {
		line.Utilization, line.Limit, line.MeasuredAt = rounded(r.Measured.Utilization), string(r.Measured.Limit), moments(r.Measured.At)
		line.MeasuredAgo = math.Round(now.Sub(r.Measured.At).Seconds())
	}
	return line
}

// moments is a time in JSON; nil for none.
func moments(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// percent is a share as people read it.
func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// age is how long ago something was, in one unit: 40s, 3m, 5h, 12d.
func age(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
