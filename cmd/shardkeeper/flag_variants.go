package main

// The variants of settings that simulate, recommend and bench are asked for.

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// variantFlags name the variants to be tried.
type variantFlags struct {
	policy  []string
	set     []string
	variant []string
}

func (f *variantFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.policy, "policy", nil, "a policy `name`, with its defaults; several are variants side by side")
	f.addSet(cmd, "a setting of all variants, `KEY=VALUE`; the names are those of the tags, without shardkeeper:")
	cmd.Flags().StringArrayVar(&f.variant, "variant", nil, "a `variant` by itself, like \"small: policy=target-tracking max-shards=8\"; can be repeated")
	completePolicies(cmd)
}

func (f *variantFlags) addSet(cmd *cobra.Command, help string) {
	cmd.Flags().StringArrayVar(&f.set, "set", nil, help+"; can be repeated")
	_ = cmd.RegisterFlagCompletionFunc("set", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var keys []string
		for _, key := range settingNames() {
			keys = append(keys, key+"=")
		}
		return keys, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	})
}

func completePolicies(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions(values(scaling.Policies()), cobra.ShellCompDirectiveNoFileComp))
}

func settingNames() []string { return slices.Sorted(slices.Values(scaling.SettingNames())) }

// base are the settings that all variants share. A policy among them must be the only one that is asked for by name.
func (f *variantFlags) base() (scaling.Layer, error) {
	all := trial.Variant{Settings: scaling.Layer{}}
	for _, word := range f.set {
		if err := all.Set(word); err != nil {
			return nil, usage("--set %w", err)
		}
	}
	if slices.Contains(f.policy, "") {
		return nil, usage("--policy needs a name: one of %s", strings.Join(values(scaling.Policies()), ", "))
	}
	if policy, set := all.Settings["policy"]; set {
		for _, other := range f.policy {
			if other != policy {
				return nil, usage("--set policy=%s and --policy %s exclude each other; give one", policy, other)
			}
		}
	}
	return all.Settings, checkNames(all.Settings)
}

// checkNames says which names no setting has, and which ones they are like.
func checkNames(settings scaling.Layer) error {
	names := settingNames()
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(names, key) {
			return usage("%s: no such setting%s", key, didYouMean(key, names))
		}
	}
	return nil
}

// variants are those that were asked for, in order: policies first. Without any it is the default
// policy.
func (f *variantFlags) variants() ([]trial.Variant, error) {
	base, err := f.base()
	if err != nil {
		return nil, err
	}
	policies := f.policy
	if len(f.policy)+len(f.variant) == 0 {
		settings, err := scaling.Effective(base)
		if err != nil {
			return nil, usage("--set %w", err)
		}
		policies = []string{string(settings.Policy)}
	}
	var all []trial.Variant
	for _, policy := range policies {
		v := trial.Variant{Name: policy, Settings: maps.Clone(base)}
		v.Settings["policy"] = policy
		if err := v.Validate(); err != nil {
			return nil, usage("%w", err)
		}
		all = append(all, v)
	}
	for _, line := range f.variant {
		v, err := trial.ParseVariant(line, base)
		if unknown := checkNames(v.Settings); unknown != nil {
			return nil, unknown
		}
		if err != nil {
			return nil, usage("%w", err)
		}
		all = append(all, v)
	}
	names := map[string]bool{}
	for _, v := range all {
		if names[v.Name] {
			return nil, usage("two variants are named %q", v.Name)
		}
		names[v.Name] = true
	}
	return all, nil
}
