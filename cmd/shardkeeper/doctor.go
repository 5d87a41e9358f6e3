package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

type doctorCommand struct {
	placesFlags

	live   bool
	format output.Format
}

func newDoctor(at environment) *cobra.Command {
	var c doctorCommand
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupAWS,
		Short:   "Say what is wrong with a stack and its streams, and what mends it",
		Long: `Says what is wrong with a stack and its streams, the grave things first, and what mends each: a pause of all
streams or of one, a reconciler that does not run, stale figures of the account, a quota that is nearly used up, dead
letters, settings that cannot be used, suspended streams, full ones whose calls come to nothing, alarms that are missing,
changed or somebody else's, tools that set sizes back, hot keys, consumers in trouble, streams that were not seen, or that
are full at their maximum, alarms that ask for nothing or were not answered. With --stack also: no trail of CloudTrail that
logs, rules that are missing or disabled, topics that nobody hears of, and what the functions' roles, and you, may not do,
by IAM's policy simulator. It changes nothing, and ends with status 1 when something is grave. What it may not read is left
out, and told.

With --live it asks CloudWatch to which streams nobody has written for a day: a call for 500, 0.01 USD for 1,000 streams.

It makes a call for 100 streams, one for the alarms of 50, and with --stack about forty more. It needs the rights
dynamodb:Query on the index by_due, dynamodb:BatchGetItem, dynamodb:GetItem and cloudwatch:DescribeAlarms; with --live
also cloudwatch:GetMetricData; with --stack also cloudformation:DescribeStacks, sqs:GetQueueAttributes,
lambda:GetFunctionConfiguration, events:ListRuleNamesByTarget, events:DescribeRule, sns:ListSubscriptionsByTopic, cloudtrail:DescribeTrails,
cloudtrail:GetTrailStatus, cloudtrail:GetEventSelectors, iam:SimulatePrincipalPolicy and, of your own role, iam:GetRole.
The policy of the stack's output ReaderPolicyArn has them, but for the two of your own role.`,
		Example: `  shardkeeper doctor --stack shardkeeper
  shardkeeper doctor --stack shardkeeper --all-regions
  shardkeeper doctor --stack shardkeeper --live -o json`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	cmd.Flags().BoolVar(&c.live, "live", false, "ask CloudWatch to which streams nobody has written for a day: 0.01 USD for 1,000 streams")
	c.add(cmd)
	formatFlag(cmd, &c.format, "finding")
	return cmd
}

func (c *doctorCommand) run(ctx context.Context, at environment) error {
	sweepMore()
	bar := at.progress("looking at the streams", "reads")
	defer bar.Done()
	looks, fault := gather(ctx, at, &c.placesFlags, func(in found) (doctorLook, error) { return c.look(ctx, in, at.now(), bar.Set) })
	bar.Done()
	if fault != nil && !c.several() {
		return fault
	}
	var all []findingLine
	for _, look := range looks {
		all = append(all, c.findings(at, look)...)
	}
	slices.SortStableFunc(all, func(a, b findingLine) int { return weight(a) - weight(b) })
	if err := c.print(at, all); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(f findingLine) bool { return f.Grave }) {
		return errors.Join(fault, failed("", "something is grave"))
	}
	return fault
}

// weight puts the grave things first.
func weight(f findingLine) int {
	if f.Grave {
		return 0
	}
	return 1
}

// doctorLook is what was seen of a place.
type doctorLook struct {
	in     found
	health inspect.Health
	unread []error // what could not be read of the extras
}

// look reads the stack. What cannot be read of the extras is left out.
func (c *doctorCommand) look(ctx context.Context, in found, now time.Time, read func(done, all int)) (doctorLook, error) {
	health, unread, err := inspect.Look(ctx, in.Registry(in.Table), in.Alarms(in.TopicARN, in.Table), now, read)
	if err != nil {
		return doctorLook{}, fmt.Errorf("%s: %w", in.place(), err)
	}
	health.Synced = in.TopicARN != ""
	faults := []error{unread}
	if c.stack != "" {
		letters, uncounted := in.DeadLetters(ctx, in.Stack)
		wiring, unseen := in.Wiring(ctx, in.Stack)
		health.Letters, health.Wiring = letters, wiring
		faults = append(append(faults, uncounted), unseen...)
	}
	if c.live {
		var unasked error
		health.Silent, unasked = c.silent(ctx, in, health, now)
		faults = append(faults, unasked)
	}
	return doctorLook{in, health, faults}, ctx.Err()
}

// silent asks CloudWatch to which streams nobody has written for a day.
func (c *doctorCommand) silent(ctx context.Context, in found, health inspect.Health, now time.Time) ([]string, error) {
	names := make([]string, len(health.Items))
	for i, s := range health.Items {
		names[i] = s.Name
	}
	return in.Alarms(in.TopicARN, in.Table).Silent(ctx, names, now.Add(-inspect.SilentFor), now)
}

// findingLine is a finding as one JSON line. Its names are part of the command's promise.
type findingLine struct {
	Grave   bool   `json:"grave"`
	About   string `json:"about"`
	Detail  string `json:"detail"`
	Mend    string `json:"mend"`
	Region  string `json:"region"`
	Profile string `json:"profile,omitempty"`
}

// findings are those of a place. How many there are is told, and what could not be read.
func (c *doctorCommand) findings(at environment, look doctorLook) []findingLine {
	in := look.in
	for _, fault := range look.unread {
		if fault != nil {
			at.tell("%v", operator.Explain(fault, in.Region()))
		}
	}
	var lines []findingLine
	bad := 0
	for _, f := range look.health.Findings(at.now()) {
		if f.Grave {
			bad++
		}
		mend := strings.ReplaceAll(f.Mend, "--stack STACK", "--stack "+c.stack)
		lines = append(lines, findingLine{f.Grave, f.About, f.Detail, mend, in.Region(), in.profile})
	}
	at.tell("%s: %d streams, %d findings, %d of them grave", in.place(), len(look.health.Items), len(lines), bad)
	return lines
}

func (c *doctorCommand) print(at environment, all []findingLine) error {
	columns := []output.Column{{Title: "", Paint: gravePaint}, {Title: "about", Min: 12}, {Title: "what", Min: 24}, {Title: "to mend it", Min: 24, Below: true}}
	if c.several() {
		columns = slices.Insert(columns, 1, spotColumn())
	}
	return writeAll(at, c.format, columns, func(f findingLine) []string {
		cells := []string{map[bool]string{true: grave, false: "warning"}[f.Grave], f.About, f.Detail, f.Mend}
		if c.several() {
			cells = slices.Insert(cells, 1, spotOf(f.Profile, f.Region))
		}
		return cells
	}, as[findingLine], all)
}

// grave is the word for what keeps streams from being scaled.
const grave = "grave"

// gravePaint is the colour of a finding's weight.
func gravePaint(cell string) output.Paint {
	if cell == grave {
		return output.Bad
	}
	return output.Wait
}
