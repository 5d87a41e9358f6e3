package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// flagFault says in plain words what is wrong with a flag.
func flagFault(cmd *cobra.Command, err error) error {
	if absent, is := errors.AsType[*pflag.NotExistError](err); is {
		name := "--" + absent.GetSpecifiedName()
		if absent.GetSpecifiedShortnames() != "" {
			name = "-" + absent.GetSpecifiedName()
		}
		return usage("%s has no flag %s%s", cmd.Name(), name, didYouMean(name, flagNames(cmd)))
	}
	if bare, is := errors.AsType[*pflag.ValueRequiredError](err); is {
		return usage("--%s needs a value", bare.GetFlag().Name)
	}
	if bad, is := errors.AsType[*pflag.InvalidValueError](err); is {
		why := bad.Unwrap()
		if _, number := errors.AsType[*strconv.NumError](why); number {
			why = fmt.Errorf("%q is no number that it can be", bad.GetValue())
		}
		return usage("--%s: %w", bad.GetFlag().Name, why)
	}
	return usage("%w", err)
}

// once is a flag's value that can be given once: a second one would silently win.
type once struct {
	pflag.Value

	given bool
}

// errTwice means that a flag was given twice that can be given once.
var errTwice = errors.New("it is given twice, and can be given once")

// Set sets the value.
func (o *once) Set(text string) error {
	if o.given {
		return errTwice
	}
	o.given = true
	return o.Value.Set(text)
}

// onlyOnce makes an error of each flag that is given twice, unless it is a list.
func onlyOnce(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if _, list := f.Value.(pflag.SliceValue); !list {
			f.Value = &once{Value: f.Value}
		}
	})
}

// choice is a flag's value that is one of some words.
type choice struct {
	word  *string
	words []string
	old   map[string]string // words of earlier versions, with what they mean
	short string            // what the help calls it, where all the words are too many; empty: the words
}

// String returns the word.
func (c choice) String() string {
	if c.word == nil {
		return ""
	}
	return *c.word
}

// Type is what the help calls the value.
func (c choice) Type() string { return cmp.Or(c.short, strings.Join(c.words, "|")) }

// Set takes one of the words.
func (c choice) Set(text string) error {
	if now, was := c.old[text]; was {
		text = now
	}
	if !slices.Contains(c.words, text) {
		return fmt.Errorf("%q is none of %s%s", text, strings.Join(c.words, ", "), didYouMean(text, c.words))
	}
	*c.word = text
	return nil
}

// choose adds a flag that is one of some words, and their completion.
func choose(cmd *cobra.Command, c choice, name, short, help string) {
	cmd.Flags().VarP(c, name, short, help)
	// The only error is that there is no such flag, or that it has a completion: neither can be.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.words, cobra.ShellCompDirectiveNoFileComp))
}

// formatFlag adds the flag --output. The help says what the lines of JSON are.
func formatFlag(cmd *cobra.Command, format *output.Format, lines string) {
	var words []string
	for _, f := range output.Formats() {
		words = append(words, string(f))
	}
	*format = output.Table
	choose(cmd, choice{word: (*string)(format), words: words}, "output", "o", "how it is written; json prints one "+lines+" a line")
}

// values is a list of values in a flag's help, without their quotes.
func values[T ~string](all []T) []string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = string(v)
	}
	return words
}
