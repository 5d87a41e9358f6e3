package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/internal/deadletter"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// services is what the command needs of an account in a Region.
type services interface {
	access
	parts
	watches
}

// watches are what tells how streams are now.
type watches interface {
	Streams() streamReader
	Tags() tagger
	Alarms(topicARN, table string) alarmReader
	DeadLetters(ctx context.Context, stack operator.Stack) (map[string]int, error)
	Wiring(ctx context.Context, stack operator.Stack) (inspect.Wiring, []error)
}

// streamReader is the part of Kinesis' adapter that the command needs.
type streamReader interface {
	Describe(ctx context.Context, stream string) (scaling.Summary, error)
	List(ctx context.Context, after string) (names []string, more bool, err error)
}

// alarmReader reads the alarms of a stack's streams, and the metrics that decisions are made of.
type alarmReader interface {
	Status(ctx context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error)
	Traffic(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error)
	Latest(ctx context.Context, streams []string, from, to time.Time) (map[string]scaling.Traffic, error)
	Silent(ctx context.Context, streams []string, from, to time.Time) ([]string, error)
	Predecessors(ctx context.Context) (found []operator.Predecessor, others []string, err error)
}

// access says where the calls go, and who makes them.
type access interface {
	Region() string
	Caller(ctx context.Context) (arn string, err error)
}

// parts are what a stack consists of.
type parts interface {
	Registry(table string) tableOfStack
	Queue(url string) deadLetterQueue
	Traffic() trafficReader
	Stack(ctx context.Context, name string) (operator.Stack, error)
	Removal(topicARN, table string) removal
}

// tableOfStack is the registry of a stack.
type tableOfStack interface {
	historyReader
	pauses
	itemWriter

	inspected

	Every(ctx context.Context, found func(streams int)) ([]string, error)
}

// itemWriter is the part of the registry that changes a stream's item.
type itemWriter interface {
	Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
	SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
}

// inspected is the part of the registry that is looked at as a whole.
type inspected interface {
	Fleet(ctx context.Context) (ledger.Fleet, error)
	Items(ctx context.Context, names ...string) ([]ledger.Item, error)
}

// pauses is the part of the registry that stops all resharding.
type pauses interface {
	Paused(ctx context.Context) (ledger.Pause, error)
	Pause(ctx context.Context, p ledger.Pause) error
	Resume(ctx context.Context, now time.Time, who string) (ledger.Pause, error)
}

// historyReader is the part of the registry that the command needs.
type historyReader interface {
	History(ctx context.Context, q ledger.Query) (ledger.Page, error)
	Load(ctx context.Context, stream string) (ledger.Item, error)
	Names(ctx context.Context, limit int) ([]string, error)
}

// deadLetterQueue is a dead-letter queue with the functions of its account.
type deadLetterQueue interface {
	deadletter.Queue
	deadletter.Functions
}

// trafficReader is the part of CloudWatch's adapter that the command needs.
type trafficReader interface {
	Writes(ctx context.Context, stream string, period time.Duration, from, to time.Time) (scaling.Traffic, error)
}

// realAWS is a real account.
type realAWS struct{ *operator.Account }

func (a realAWS) Registry(table string) tableOfStack     { return a.Account.Registry(table) }
func (a realAWS) Queue(url string) deadLetterQueue       { return a.Account.Queue(url) }
func (a realAWS) Traffic() trafficReader                 { return a.Account.Traffic() }
func (a realAWS) Removal(topicARN, table string) removal { return a.Account.Removal(topicARN, table) }

func (a realAWS) Tags() tagger                              { return a.Account.Tags() }
func (a realAWS) Streams() streamReader                     { return a.Account.Streams() }
func (a realAWS) Alarms(topicARN, table string) alarmReader { return a.Account.Alarms(topicARN, table) }

// openAWS opens a real account.
func openAWS(ctx context.Context, to operator.Access, now func() time.Time) (services, error) {
	account, err := operator.Open(ctx, to, now)
	if err != nil {
		return nil, err
	}
	return realAWS{account}, nil
}

// accountFlags say which account, and in which Region.
type accountFlags struct{ region, profile string }

func (f *accountFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.region, "region", "", "the `Region`; else that of the environment or the profile")
	cmd.Flags().StringVar(&f.profile, "profile", "", "the `profile` in the shared configuration files; else that of the environment")
}

// use opens the account for something that a verb does. What goes wrong with AWS in it is said in plain
// words.
func (f *accountFlags) use(ctx context.Context, at environment, do func(services) error) error {
	bar := at.progress("looking for credentials", "")
	account, err := at.open(ctx, operator.Access{Region: f.region, Profile: f.profile}, at.now)
	bar.Done()
	if err != nil {
		return explain(err, f.region)
	}
	return explain(do(account), account.Region())
}

// explain says in plain words what went wrong with AWS, and of a Region that cannot be found which ones are
// like it.
func explain(err error, region string) error {
	err = operator.Explain(err, region)
	if plain, is := errors.AsType[*operator.PlainError](err); is && operator.NotFound(err) && !slices.Contains(operator.Regions(), region) {
		plain.What += didYouMean(region, operator.Regions())
	}
	return err
}

// tableFlags say which registry.
type tableFlags struct {
	accountFlags

	stack, table string
}

// defaultTable is the name that the template gives the table of a stack with the default name.
const defaultTable = "shardkeeper"

func (f *tableFlags) add(cmd *cobra.Command) {
	f.accountFlags.add(cmd)
	cmd.Flags().StringVar(&f.stack, "stack", "", "the CloudFormation `stack` of Shardkeeper, whose outputs name the table")
	cmd.Flags().StringVar(&f.table, "table", "", "the registry's `table`; else the variable TABLE_NAME, else "+defaultTable)
}

// check refuses two names of one table.
func (f *tableFlags) check() error {
	if f.stack != "" && f.table != "" {
		return usage("--stack and --table are two ways to say the same; give one")
	}
	return nil
}

// use is accountFlags.use for verbs that name a table. The check is here, so that no verb can go without it.
func (f *tableFlags) use(ctx context.Context, at environment, do func(services) error) error {
	if err := f.check(); err != nil {
		return err
	}
	return f.accountFlags.use(ctx, at, do)
}

// useStack opens the account and finds the stack, for something that a verb does there.
func (f *tableFlags) useStack(ctx context.Context, at environment, do func(found) error) error {
	return f.use(ctx, at, func(in services) error {
		stack, err := f.findStack(ctx, at, in)
		if err != nil {
			return err
		}
		return do(found{in, stack, f.profile})
	})
}

// checkStream says that a name cannot be that of a stream.
func checkStream(name string) error {
	if !scaling.ValidStreamName(name) {
		if _, short, is := strings.Cut(name, ":stream/"); is && strings.HasPrefix(name, "arn:") {
			return usage("%q is an ARN; give the stream's name, %s", name, short)
		}
		return usage("no stream is named %q; a name has at most 128 letters, digits, _, . and -", name)
	}
	return nil
}

// find returns the name of the table.
func (f *tableFlags) find(ctx context.Context, at environment, in services) (string, error) {
	stack, err := f.findStack(ctx, at, in)
	return stack.Table, err
}

// findStack returns the stack; one of which only the table is known, where it is not named.
func (f *tableFlags) findStack(ctx context.Context, at environment, in services) (operator.Stack, error) {
	if f.stack == "" {
		return operator.Stack{Table: cmp.Or(f.table, at.getenv("TABLE_NAME"), defaultTable)}, nil
	}
	bar := at.progress("looking for the stack", "")
	stack, err := in.Stack(ctx, f.stack)
	bar.Done()
	if err != nil {
		return operator.Stack{}, fmt.Errorf("find the table of stack %s in Region %s: %w", f.stack, in.Region(), err)
	}
	return stack, nil
}
