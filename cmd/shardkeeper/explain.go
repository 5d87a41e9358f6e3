package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type explainCommand struct {
	tableFlags

	at     moment
	watch  time.Duration
	format output.Format
}

func newExplain(at environment) *cobra.Command {
	var c explainCommand
	cmd := &cobra.Command{
		Use:     "explain STREAM",
		GroupID: groupAWS,
		Short:   "Say what would be decided on a stream now, and why",
		Long: `Says what would be decided on a stream now: for each of its two alarms whether it asks, and what the answer is or
would be, step by step, with what each step means and what you can do. It reads what the scaler would read, decides
by the same code, and changes nothing. With --at it says what was decided last before a time, from the history.

It makes up to eight calls. It needs the rights dynamodb:GetItem, kinesis:DescribeStreamSummary,
cloudwatch:DescribeAlarms and cloudwatch:GetMetricData; with --at only dynamodb:Query and dynamodb:GetItem, with
--stack also cloudformation:DescribeStacks.`,
		Example: `  shardkeeper explain orders --stack shardkeeper
  shardkeeper explain orders --watch 1m
  shardkeeper explain orders --at 2026-11-24T03:00:00Z`,
		Args: arguments(1, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0]) },
	}
	cmd.Flags().Var(&c.at, "at", "from the history: what was decided last before then")
	watchFlag(cmd, &c.watch)
	c.add(cmd)
	formatFlag(cmd, &c.format, "answer")
	return cmd
}

func (c *explainCommand) run(ctx context.Context, at environment, stream string) error {
	if err := checkStream(stream); err != nil {
		return err
	}
	if c.at.set && c.watch > 0 {
		return usage("--at and --watch exclude each other: what was decided does not change")
	}
	return c.useStack(ctx, at, func(here found) error {
		if c.at.set {
			return c.then(ctx, at, here, stream)
		}
		return at.repeat(ctx, c.watch, func() error { return c.now(ctx, at, here, stream) })
	})
}

// now explains what would be decided now.
func (c *explainCommand) now(ctx context.Context, at environment, in found, stream string) error {
	registry := in.Registry(in.Table)
	bar := at.progress("reading the stream", "")
	defer bar.Done()
	e, err := inspect.Explain(ctx, inspect.World{Registry: registry, Streams: in.Streams(), Alarms: in.Alarms(in.TopicARN, in.Table)}, stream, at.now())
	bar.Done()
	switch {
	case errors.Is(err, ledger.ErrNotEnrolled):
		return unknownStream(ctx, stream, registry, in.place())
	case err != nil:
		return fmt.Errorf("%s: %w", in.place(), err)
	}
	for _, fault := range e.Faults {
		at.tell("%v", operator.Explain(fault, in.Region()))
	}
	if c.format == output.Table {
		text := fmt.Sprintf("%s: %s, %d open shards, %s", stream, e.Summary.Status, e.Summary.OpenShards, standing(e.Item))
		_, err = fmt.Fprintln(at.stdout, output.Wrapped(output.Printable(text), at.screen.Width))
	}
	var lines []answerLine
	for _, a := range e.Answers {
		d := a.Decision
		line := answerLine{
			Stream: stream, At: d.At.UTC(), Asked: a.Asked, Alarm: string(a.State), Asks: a.Asks(), Disabled: a.Disabled, Direction: d.Direction, From: d.From, To: d.Target,
			Utilization: rounded(d.Utilization), Limit: string(d.Limit), RetryAt: moments(d.RetryAt), Reasons: lineOf(ledger.Entry{Reasons: d.Reasons}).Reasons,
		}
		if d.Direction != scaling.Hold {
			line.RetryAt, line.FailedClaims = moments(a.PutOff), e.Item.FailedClaims
		}
		lines = append(lines, line)
	}
	return errors.Join(err, c.print(at, lines...))
}

// standing is what is in force of a stream: its policy and mode, or why it is not scaled.
func standing(item ledger.Item) string {
	if item.Status != ledger.Enrolled {
		return item.Standing()
	}
	return fmt.Sprintf("policy %s, mode %s", item.Settings.Policy, item.Settings.Mode)
}

// then explains what was decided last before a time.
func (c *explainCommand) then(ctx context.Context, at environment, in found, stream string) error {
	registry, when := in.Registry(in.Table), c.at.of(at.now())
	e, is, err := inspect.At(ctx, registry, stream, when)
	if err != nil {
		return fmt.Errorf("%s: %w", in.place(), err)
	}
	if !is {
		if _, err := registry.Load(ctx, stream); errors.Is(err, ledger.ErrNotEnrolled) {
			return unknownStream(ctx, stream, registry, in.place())
		}
		return failed("shardkeeper history "+stream+" --since 30d", "no decision on stream %s is in the 30 days before %s, in %s", stream, when.Format(time.RFC3339), in.place())
	}
	_, asked, _ := scaling.ParseAlarmName(e.Alarm)
	return c.print(at, answerLine{
		Stream: stream, At: e.At.UTC(), Asked: asked, Alarm: e.Alarm, Asks: true, Direction: e.Direction, From: e.From, To: e.To,
		Utilization: rounded(e.Utilization), Limit: string(e.Limit), Reasons: lineOf(e).Reasons, Outcome: string(e.Outcome), Actor: e.Actor,
	})
}

// answerLine is an answer as one JSON line. Its names are part of the command's promise.
type answerLine struct {
	Stream      string            `json:"stream"`
	At          time.Time         `json:"at"`
	Asked       scaling.Direction `json:"asked"`           // by which alarm: up or down
	Alarm       string            `json:"alarm,omitempty"` // its state now, or its name in the history
	Asks        bool              `json:"asks"`            // now; always true of the history
	Direction   scaling.Direction `json:"direction"`
	From        int               `json:"from"`
	To          int               `json:"to"`
	Utilization float64           `json:"utilization,omitempty"`
	Limit       string            `json:"limit,omitempty"`
	RetryAt     *time.Time        `json:"retry_at,omitempty"`
	Outcome     string            `json:"outcome,omitempty"`
	Actor       string            `json:"actor,omitempty"`
	Reasons     reasonLines       `json:"reasons"`

	Disabled     bool  `json:"actions_disabled,omitempty"` // those of the alarm: it tells nobody
	FailedClaims int64 `json:"failed_claims,omitempty"`    // of a decision to act: so many claims before it, in a row, led to no operation
}

func (c *explainCommand) print(at environment, lines ...answerLine) error {
	if c.format == output.Table {
		for _, line := range lines {
			if err := c.tell(at, line); err != nil {
				return err
			}
		}
		return nil
	}
	return writeAll(at, c.format, nil, nil, as[answerLine], lines)
}

// tell tells people an answer, step by step.
func (c *explainCommand) tell(at environment, line answerLine) error {
	text := "\n" + output.Wrapped(output.Printable(c.headline(line)), at.screen.Width) + "\n"
	if command := line.next(); command != "" {
		text += "    " + command + "\n"
	}
	if _, err := fmt.Fprintln(at.stdout, text); err != nil {
		return err
	}
	grid := output.NewGrid(at.screen, output.Column{Title: "step"}, output.Column{Title: "with", Min: 14}, output.Column{Title: "means", Min: 24, Below: true})
	for _, r := range trailOf(line.Reasons) {
		doc := r.Code.Doc()
		means := doc.Means
		if doc.Do != "" {
			means += ". To do: " + doc.Do
		}
		if err := grid.Row(string(r.Code), r.Detail, means); err != nil {
			return err
		}
	}
	return grid.Close()
}

// next is a command that tells more of why nothing comes of an answer, or mends it; on a line of its own, to be copied.
func (line answerLine) next() string {
	switch {
	case line.Disabled:
		return "aws cloudwatch enable-alarm-actions --alarm-names " + scaling.AlarmName(line.Stream, line.Asked)
	case line.FailedClaims > 0:
		return "shardkeeper history " + line.Stream + " --kind operation"
	}
	return ""
}

// headline says in a sentence what the answer is.
func (c *explainCommand) headline(line answerLine) string {
	what, again := fmt.Sprintf("hold at %d shards", line.From), "looked at again"
	if line.Direction != scaling.Hold {
		what, again = fmt.Sprintf("scale %s from %d to %d shards", line.Direction, line.From, line.To), "asked again"
	}
	if line.RetryAt != nil {
		what += "; " + again + " at " + line.RetryAt.Format(minuteLayout)
	}
	if line.FailedClaims > 0 {
		what += "; " + inspect.FailedClaims(line.FailedClaims)
	}
	switch {
	case c.at.set:
		text := fmt.Sprintf("%s (UTC), alarm %s asked: %s", line.At.Format(minuteLayout), line.Alarm, what)
		if line.Outcome != "" {
			text += ", " + line.Outcome
		}
		return text
	case line.Asks:
		return fmt.Sprintf("The scale-%s alarm asks. The answer: %s", line.Asked, what)
	case line.Disabled:
		return fmt.Sprintf("The scale-%s alarm is in %s, but its actions are disabled: nobody hears it. If it asked: %s", line.Asked, line.Alarm, what)
	case line.Alarm == "":
		return fmt.Sprintf("There is no scale-%s alarm to be read. If it asked: %s", line.Asked, what)
	}
	return fmt.Sprintf("The scale-%s alarm does not ask (%s). If it did: %s", line.Asked, line.Alarm, what)
}
