package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups of verbs, as the help shows them.
const (
	groupTry = "try" // needs no account
	groupAWS = "aws"
)

// verbs makes the verbs anew, in the order in which the help has them. A verb is one file that is named
// after it; what is read here is its whole registration.
func verbs(at environment) []*cobra.Command {
	return []*cobra.Command{
		newDemo(at), newSimulate(at), newRecommend(at), newBench(at), newTraffic(at),
		newStreams(at), newShow(at), newExplain(at), newDoctor(at), newExport(at), newCost(at), newReport(at), newSurvey(at), newHistory(at), newDeadLetters(at), newReplay(at),
		newEnroll(at), newUnenroll(at), newAdopt(at), newSet(at), newUnset(at), newApply(at), newExportSettings(at), newScale(at), newPlan(at),
		newPause(at), newResume(at), newUninstall(at), newRestored(at),
		newVersion(at), newMan(at),
	}
}

// newRoot returns the whole command line.
func newRoot(at environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "shardkeeper",
		Short: "Scales Kinesis data streams by their load, and remembers why.",
		Long: `Shardkeeper scales Kinesis data streams by their load, and remembers why.

This command shows what it does without an account, tries settings on your own traffic, and reads the
history that the functions in your account write.`,
		Example: `  shardkeeper demo
  shardkeeper history orders --since 7d --stack shardkeeper
  shardkeeper history --kind hold --output csv > holds.csv`,
		Args:    noVerb,
		RunE:    func(*cobra.Command, []string) error { return usage("a verb is needed, such as demo or history") },
		Version: versionNow().String(),

		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetOut(at.stdout)
	root.SetErr(at.stderr)
	root.AddGroup(
		&cobra.Group{ID: groupTry, Title: "Try it, without an account:"},
		&cobra.Group{ID: groupAWS, Title: "In your account:"},
	)
	root.SetFlagErrorFunc(flagFault)
	root.SetUsageTemplate(usageTemplate(root.UsageTemplate(), at.screen.Width))
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.AddCommand(verbs(at)...)
	for _, verb := range root.Commands() {
		verb.DisableFlagsInUseLine = true
		onlyOnce(verb.Flags())
	}
	return root
}

// helpWidth is how wide the help is where nobody says.
const helpWidth = 100

// usageTemplate makes the flags' texts fit the screen.
func usageTemplate(template string, width int) string {
	if width == 0 {
		width = helpWidth
	}
	return strings.ReplaceAll(template, "FlagUsages |", fmt.Sprintf("FlagUsagesWrapped %d |", width))
}

// run parses the arguments, runs the verb, and returns the exit status. What the verb has to say goes
// to stdout, what went wrong to stderr.
func run(ctx context.Context, args []string, at environment) int {
	root := newRoot(at) //nolint:contextcheck // a verb gets the context from the command that runs it
	root.SetArgs(args)
	verb, err := root.ExecuteContextC(ctx)
	if err == nil {
		return statusOK
	}
	return at.fail(ctx, err, verb.CommandPath())
}

// noVerb says which verbs are like what was given.
func noVerb(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := []string{"help", "completion"}
	for _, verb := range root.Commands() {
		names = append(names, verb.Name())
	}
	return usage("no verb is named %q%s", args[0], didYouMean(args[0], names))
}

// arguments takes at most so many arguments, and at least so many.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usage("%s needs %s", cmd.Name(), what)
		case len(args) > most && most == 0:
			return usage("%s takes no argument; %q is too much", cmd.Name(), args[0])
		case len(args) > most:
			return usage("%s takes %s; %q is too much", cmd.Name(), what, args[most])
		}
		return nil
	}
}

// didYouMean is the end of a sentence on a name that is not there; empty when no name is like it.
func didYouMean(name string, names []string) string {
	finder := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, n := range names {
		finder.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	like := finder.SuggestionsFor(name)
	if len(like) == 0 {
		return ""
	}
	slices.Sort(like)
	return "; did you mean " + strings.Join(like[:min(len(like), 3)], " or ") + "?"
}

// flagNames returns the names of a verb's flags.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}
