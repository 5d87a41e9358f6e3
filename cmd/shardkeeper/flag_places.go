package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
)

// placesFlags say which registries, in one or several accounts and Regions.
type placesFlags struct {
	regions, profiles []string
	allRegions        bool
	stack, table      string
}

func (f *placesFlags) add(cmd *cobra.Command) {
	f.addPlaces(cmd, "table")
	flags := cmd.Flags()
	flags.StringVar(&f.stack, "stack", "", "the CloudFormation `stack` of Shardkeeper, whose outputs name the table")
	flags.StringVar(&f.table, "table", "", "the registry's `table`; else the variable TABLE_NAME, else "+defaultTable)
}

// addPlaces adds the flags that say which Regions and profiles. Where all Regions are asked for, those without a thing are
// passed over.
func (f *placesFlags) addPlaces(cmd *cobra.Command, thing string) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.regions, "region", nil, "the `Region`, or several; else that of the environment or the profile")
	flags.BoolVar(&f.allRegions, "all-regions", false, "all Regions; those without the "+thing+" are passed over")
	flags.StringSliceVar(&f.profiles, "profile", nil, "the `profile` in the shared configuration files, or several; else that of the environment")
}

// several reports whether there may be more than one place, so that output has to say which one it means.
func (f *placesFlags) several() bool {
	return len(f.regions) > 1 || f.allRegions || len(f.profiles) > 1
}

// of is the flags of one place.
func (f *placesFlags) of(profile, region string) *tableFlags {
	return &tableFlags{accountFlags: accountFlags{region: region, profile: profile}, stack: f.stack, table: f.table}
}

// all returns the places. With all Regions the first is asked which of AWS's partitions it is in.
func (f *placesFlags) all(ctx context.Context, at environment) ([]*tableFlags, error) {
	if f.allRegions && len(f.regions) > 0 {
		return nil, usage("--region and --all-regions exclude each other; give one")
	}
	if err := errors.Join(onePlaceEach("region", f.regions), onePlaceEach("profile", f.profiles), f.of("", "").check()); err != nil {
		return nil, err
	}
	profiles := f.profiles
	if len(profiles) == 0 {
		profiles = []string{""}
	}
	var places []*tableFlags
	for _, profile := range profiles {
		regions := f.regions
		if f.allRegions {
			account, err := at.open(ctx, operator.Access{Profile: profile}, at.now)
			if err != nil {
				return nil, explain(err, "")
			}
			regions = operator.Neighbours(account.Region())
		}
		if len(regions) == 0 {
			regions = []string{""}
		}
		for _, region := range regions {
			places = append(places, f.of(profile, region))
		}
	}
	return places, nil
}

// onePlaceEach returns nil, or which name of several is there twice or empty: what is there would be counted twice.
func onePlaceEach(flag string, names []string) error {
	blank := func(name string) bool { return strings.TrimSpace(name) == "" }
	if len(names) > 1 && slices.ContainsFunc(names, blank) {
		return usage("one of the names of --%s is empty", flag)
	}
	return eachOnce(flag, names)
}

// eachOnce returns nil, or which value of a flag is there twice.
func eachOnce(flag string, values []string) error {
	for i, value := range values {
		if slices.Contains(values[:i], value) {
			return usage("--%s %s is there twice", flag, value)
		}
	}
	return nil
}

// found is a place that was opened.
type found struct {
	services
	operator.Stack // whose table it is; without --stack only the table is known

	profile string // empty: that of the environment
}

func (f found) place() place { return place{f.Table, f.Region()} }

// spot is where it is, in a table of several places.
func (f found) spot() string { return spotOf(f.profile, f.Region()) }

func spotOf(profile, region string) string { return strings.TrimSpace(profile + " " + region) }

// spotColumn is the column of spots.
func spotColumn() output.Column { return output.Column{Title: "where", Min: 10} }

// gather asks all places at the same time, and returns what they gave, in the order of the places. One that cannot be
// asked does not hide the others: it is told on stderr, and is an error in the end. An error of ask names the place.
func gather[T any](ctx context.Context, at environment, f *placesFlags, ask func(found) (T, error)) ([]T, error) {
	places, err := f.all(ctx, at)
	if err != nil {
		return nil, err
	}
	answers, faults := make([]T, len(places)), make([]error, len(places))
	var all sync.WaitGroup
	for i, p := range places {
		all.Go(func() { answers[i], faults[i] = askOne(ctx, at, p, ask) })
	}
	all.Wait()
	if len(places) == 1 {
		return answers, faults[0]
	}
	var kept []T
	var bad []string
	for i, err := range faults {
		switch {
		case err == nil:
			kept = append(kept, answers[i])
		case errors.Is(err, context.Canceled):
			return nil, err
		case f.allRegions && operator.Absent(err):
		default:
			bad = append(bad, spotOf(places[i].profile, places[i].region))
			at.tell("%v", err)
		}
	}
	if len(bad) > 0 {
		return kept, failed("", "%d of %d places could not be asked: %s", len(bad), len(places), strings.Join(slices.Compact(bad), ", "))
	}
	if len(kept) == 0 {
		return nil, failed("--table NAME or --stack NAME", "no Region has the %s", map[bool]string{true: "table", false: "stack " + f.stack}[f.stack == ""])
	}
	return kept, nil
}

func askOne[T any](ctx context.Context, at environment, p *tableFlags, ask func(found) (T, error)) (answer T, err error) {
	err = p.useStack(ctx, at, func(here found) error {
		answer, err = ask(here)
		return err
	})
	return answer, err
}
