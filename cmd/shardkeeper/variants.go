package main

// The variants of settings that simulate, recommend and bench are asked for.

import (
	"fmt"
	"maps"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// variantFlags name the variants to be tried.
type variantFlags struct {
	Policy  []string `help:"A policy with its defaults; several are variants side by side." placeholder:"NAME" sep:"none"`
	Set     []string `help:"A setting of all variants; the names are those of the tags, without shardkeeper:." placeholder:"KEY=VALUE" sep:"none"`
	Variant []string `help:"A variant by itself, like \"small: policy=target-tracking max-shards=8\". Can be repeated." placeholder:"\"NAME: KEY=VALUE ...\"" sep:"none"`
}

// base are the settings that all variants share.
func (f variantFlags) base() (scaling.Layer, error) {
	all := trial.Variant{Settings: scaling.Layer{}}
	for _, word := range f.Set {
		if err := all.Set(word); err != nil {
			return nil, fmt.Errorf("%w: --set %w", errUsage, err)
		}
	}
	return all.Settings, nil
}

// variants are those that were asked for, in order: policies first. Without any it is the default
// policy.
func (f variantFlags) variants() ([]trial.Variant, error) {
	base, err := f.base()
	if err != nil {
		return nil, err
	}
	if len(f.Policy)+len(f.Variant) == 0 {
		settings, err := scaling.Effective(base)
		if err != nil {
			return nil, fmt.Errorf("%w: --set %w", errUsage, err)
		}
		f.Policy = []string{string(settings.Policy)}
	}
	var all []trial.Variant
	for _, policy := range f.Policy {
		v := trial.Variant{Name: policy, Settings: maps.Clone(base)}
		v.Settings["policy"] = policy
		if err := v.Validate(); err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		all = append(all, v)
	}
	for _, line := range f.Variant {
		v, err := trial.ParseVariant(line, base)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		all = append(all, v)
	}
	names := map[string]bool{}
	for _, v := range all {
		if names[v.Name] {
			return nil, fmt.Errorf("%w: two variants are named %q", errUsage, v.Name)
		}
		names[v.Name] = true
	}
	return all, nil
}
