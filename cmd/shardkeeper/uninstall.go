package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
)

type uninstallCommand struct {
	accountFlags

	stack string
	topic string
	table string
	yes   bool
}

func newUninstall(at environment) *cobra.Command {
	var c uninstallCommand
	cmd := &cobra.Command{
		Use:     "uninstall --stack STACK | --topic ARN [--table TABLE] [--yes]",
		GroupID: groupAWS,
		Short:   "Delete the alarms of all streams, before or after sam delete",
		Long: `Prints a stack's alarms of all streams, and what would be done; with --yes it is done: the stack's functions are
stopped by a reserved concurrency of 0, the alarms are deleted, and what is left to do is said. Streams keep their
size and their tags. It is safe to stop it and to do it twice.

An alarm STREAM-scale-up or STREAM-scale-down is the stack's when its description names the stack's table or when it
notifies the stack's topic. Alarms of others stay, whatever their names.

After sam delete there is no stack to ask: give the topic and the table, which the alarms still name.

It needs the rights cloudwatch:DescribeAlarms and cloudwatch:DeleteAlarms; with --stack also
cloudformation:DescribeStacks and lambda:PutFunctionConcurrency.`,
		Example: `  shardkeeper uninstall --stack shardkeeper
  shardkeeper uninstall --stack shardkeeper --yes
  shardkeeper uninstall --topic arn:aws:sns:eu-west-1:123456789012:shardkeeper-alarms --table shardkeeper --yes`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	flags := cmd.Flags()
	flags.StringVar(&c.stack, "stack", "", "the CloudFormation `stack` of Shardkeeper, whose outputs name the topic, the table and the functions")
	flags.StringVar(&c.topic, "topic", "", "the `ARN` of the topic that the alarms notify")
	flags.StringVar(&c.table, "table", "", "with --topic: the `table` that descriptions of alarms name")
	flags.BoolVar(&c.yes, "yes", false, "do it; without it nothing is changed")
	c.add(cmd)
	return cmd
}

// removal is what takes a stack away.
type removal interface {
	Ours(ctx context.Context) ([]string, error)
	Remove(ctx context.Context, names []string, done func(int)) error
	Stop(ctx context.Context, function string) error
}

func (c *uninstallCommand) run(ctx context.Context, at environment) error {
	if (c.stack == "") == (c.topic == "") {
		return usage("uninstall needs --stack, or --topic where the stack is gone; one of them")
	}
	if c.stack != "" && c.table != "" {
		return usage("uninstall needs no --table where there is --stack: the stack names its table")
	}
	return c.use(ctx, at, func(in services) error {
		stack := operator.Stack{TopicARN: c.topic, Table: c.table}
		if c.stack == "" {
			if err := checkTopic(c.topic, in.Region()); err != nil {
				return err
			}
		} else {
			var err error
			if stack, err = in.Stack(ctx, c.stack); err != nil {
				return fmt.Errorf("find the topic and the table of stack %s in Region %s: %w", c.stack, in.Region(), err)
			}
		}
		from := in.Removal(stack.TopicARN, stack.Table)
		if !c.yes {
			return c.show(ctx, at, from, stack)
		}
		return c.remove(ctx, at, from, stack)
	})
}

// checkTopic returns nil, or why no alarm of the Region that is asked can notify a topic: then none would be found, and
// "deleted: 0" would be taken for the end of it.
func checkTopic(topic, region string) error {
	its, is := operator.TopicRegion(topic)
	switch {
	case !is:
		return usage("--topic %q is no topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:shardkeeper-alarms", topic)
	case its != region:
		return failed("--region "+its, "the topic %s is in Region %s, and so are its alarms; Region %s was asked", topic, its, region)
	}
	return nil
}

// show prints what would be deleted.
func (c *uninstallCommand) show(ctx context.Context, at environment, from removal, stack operator.Stack) error {
	names, err := from.Ours(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintln(at.stdout, name); err != nil {
			return err
		}
	}
	at.tell("nothing was changed; with --yes these are deleted: %d alarms that %s", len(names), marks(stack))
	if c.stack != "" {
		at.tell("before that the functions are stopped: %s", strings.Join(functionsOf(stack), ", "))
	}
	return nil
}

// mostRounds is how often the alarms are looked for. A run of a function that had begun may make one more.
const mostRounds = 3

// remove stops the functions, deletes the alarms, and says what is left.
func (c *uninstallCommand) remove(ctx context.Context, at environment, from removal, stack operator.Stack) error {
	for _, function := range functionsOf(stack) {
		if err := from.Stop(ctx, function); err != nil {
			return err
		}
		at.tell("stopped: %s", function)
	}
	deleted := 0
	for range mostRounds {
		names, err := from.Ours(ctx)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			break
		}
		bar := at.progress("deleting the alarms", "alarms")
		err = from.Remove(ctx, names, func(n int) { bar.Set(n, len(names)) })
		bar.Done()
		if err != nil {
			return fmt.Errorf("delete alarms, run it again for the rest: %w", err)
		}
		deleted += len(names)
	}
	_, err := fmt.Fprintf(at.stdout, "deleted: %d alarms that %s\n%s", deleted, marks(stack), c.left(stack))
	return err
}

// marks says by what the alarms of a stack are known.
func marks(stack operator.Stack) string {
	if stack.Table == "" {
		return "notify " + stack.TopicARN
	}
	return fmt.Sprintf("notify %s or name table %s", stack.TopicARN, stack.Table)
}

// left says what is to be done by hand.
func (c *uninstallCommand) left(stack operator.Stack) string {
	if c.stack == "" {
		return ""
	}
	return fmt.Sprintf(`
left to do:
  wait a minute and run this once more: a run that had begun may have made an alarm
  detach the stack's policies for people, its outputs ReaderPolicyArn and OperatorPolicyArn, from all who have them
  sam delete --stack-name %[1]s
that leaves the table %[2]s with the history and the fences; to remove it too:
  aws dynamodb delete-table --table-name %[2]s
to keep it for a new stack, deploy that with the parameter ExistingTable=%[2]s
streams keep their size and their tags; consumers keep the concurrency that was reserved for them
`, stack.Name, stack.Table)
}

// functionsOf are a stack's functions, in the order in which they are stopped: those that write alarms too.
func functionsOf(stack operator.Stack) []string {
	var names []string
	for _, function := range operator.Functions() {
		if name := stack.Functions[function]; name != "" {
			names = append(names, name)
		}
	}
	return names
}
