package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

type doctorCommand struct {
	tableFlags

	live   bool
	format output.Format
}

func newDoctor(at environment) *cobra.Command {
	var c doctorCommand
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupAWS,
		Short:   "Say what is wrong with a stack and its streams, and what mends it",
		Long: `Says what is wrong with a stack and its streams, the grave things first, and what mends each: a pause, a reconciler
that does not run, stale figures of the account, a quota that is nearly used up, dead letters, settings that cannot be
used, suspended streams, alarms that are missing, changed or somebody else's, tools that set sizes back, hot keys,
consumers in trouble, streams that were not seen, or that are full at their maximum, alarms that ask for nothing or were
not answered. With --stack also: no trail of CloudTrail that logs, rules that are missing or disabled, topics that nobody
hears of, and what the functions' roles, and you, may not do, by IAM's policy simulator. It changes nothing, and ends
with status 1 when something is grave. What it may not read is left out, and told.

With --live it asks CloudWatch to which streams nobody has written for a day: a call for 500, 0.01 USD for 1,000 streams.

It makes a call for 100 streams, one for the alarms of 50, and with --stack about forty more. It needs the rights
dynamodb:Query on the index by_due, dynamodb:BatchGetItem, dynamodb:GetItem and cloudwatch:DescribeAlarms; with --live
also cloudwatch:GetMetricData; with --stack also cloudformation:DescribeStacks, sqs:GetQueueAttributes,
lambda:GetFunctionConfiguration, events:ListRuleNamesByTarget, events:DescribeRule, sns:ListSubscriptionsByTopic, cloudtrail:DescribeTrails,
cloudtrail:GetTrailStatus, cloudtrail:GetEventSelectors, iam:SimulatePrincipalPolicy and, of your own role, iam:GetRole.
The policy of the stack's output ReaderPolicyArn has them, but for the two of your own role.`,
		Example: `  shardkeeper doctor --stack shardkeeper
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
	if err := c.check(); err != nil {
		return err
	}
	sweepMore()
	return c.useStack(ctx, at, func(here found) error {
		health, err := c.look(ctx, at, here)
		if err != nil {
			return fmt.Errorf("%s: %w", here.place(), err)
		}
		return c.print(at, here, health)
	})
}

// look reads the stack. What cannot be read of the extras is told, and left out.
func (c *doctorCommand) look(ctx context.Context, at environment, in found) (inspect.Health, error) {
	bar := at.progress("looking at the streams", "reads")
	defer bar.Done()
	health, unread, err := inspect.Look(ctx, in.Registry(in.Table), in.Alarms(in.TopicARN, in.Table), at.now(), bar.Set)
	bar.Done()
	if err != nil {
		return health, err
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
		health.Silent, unasked = c.silent(ctx, in, health, at.now())
		faults = append(faults, unasked)
	}
	for _, fault := range faults {
		if fault != nil {
			at.tell("%v", operator.Explain(fault, in.Region()))
		}
	}
	return health, ctx.Err()
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
	Grave  bool   `json:"grave"`
	About  string `json:"about"`
	Detail string `json:"detail"`
	Mend   string `json:"mend"`
}

func (c *doctorCommand) print(at environment, in found, health inspect.Health) error {
	columns := []output.Column{{Title: "", Paint: gravePaint}, {Title: "about", Min: 12}, {Title: "what", Min: 24}, {Title: "to mend it", Min: 24, Below: true}}
	bad := 0
	findings := health.Findings(at.now())
	for i, f := range findings {
		if f.Grave {
			bad++
		}
		findings[i].Mend = strings.ReplaceAll(f.Mend, "--stack STACK", "--stack "+c.stack)
	}
	err := writeAll(at, c.format, columns, func(f inspect.Finding) []string {
		return []string{map[bool]string{true: grave, false: "warning"}[f.Grave], f.About, f.Detail, f.Mend}
	}, func(f inspect.Finding) findingLine { return findingLine(f) }, findings)
	if err != nil {
		return err
	}
	at.tell("%s: %d streams, %d findings, %d of them grave", in.place(), len(health.Items), len(findings), bad)
	if bad > 0 {
		return failed("", "something is grave")
	}
	return nil
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
