package scaling

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TagPrefix begins every tag that is a setting: "shardkeeper:min-shards". The tag "shardkeeper"
// itself is the setting "mode".
const TagPrefix = "shardkeeper:"

// ModeTag is the tag that enrolls a stream.
const ModeTag = "shardkeeper"

// StackTag is the tag that says which of several stacks takes a stream. It is no setting: a stack reads it
// of the tags alone, under StackKey.
const (
	StackTag = TagPrefix + StackKey
	StackKey = "stack"
)

// Layer is one source of settings: values by key, as in tags without their prefix. The stack's
// parameters, a stream's tags and the operator's overrides are layers.
type Layer map[string]string

// TagLayer picks the settings out of a stream's tags.
func TagLayer(tags map[string]string) Layer {
	layer := Layer{}
	for name, value := range tags {
		if name == ModeTag {
			layer["mode"] = value
		} else if key, ours := strings.CutPrefix(name, TagPrefix); ours && key != "" {
			layer[key] = value
		}
	}
	return layer
}

// Effective puts layers on top of each other, later ones above earlier ones, on the defaults of
// the policy they choose. A blank value is the same as none. A scale-down threshold that no layer
// sets follows a low scale-up threshold. The error names every key that is unknown or has a value
// that cannot be; the settings are then not to be used.
func Effective(layers ...Layer) (Settings, error) {
	merged := Layer{}
	for _, layer := range layers {
		for key, value := range layer {
			if value = strings.TrimSpace(value); value != "" {
				merged[key] = value
			}
		}
	}
	all := AllSettings()
	s := defaultsOf(Policy(merged["policy"]), all)
	var faults []error
	var unread []string
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		i := slices.IndexFunc(all, func(setting Setting) bool { return setting.Name == name })
		if i < 0 {
			faults = append(faults, fmt.Errorf("%s: no such setting", name))
		} else if err := all[i].kind.read(&s, merged[name]); err != nil {
			unread = append(unread, name)
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	if merged["scale-down-threshold"] == "" {
		lowerScaleDown(&s)
	}
	faults = append(faults, faultsOf(&s, all, unread)...)
	return s, errors.Join(faults...)
}

// Layer returns every setting as a key and the text that Effective reads back to the same value.
func (s Settings) Layer() Layer {
	layer := Layer{}
	for _, setting := range AllSettings() {
		layer[setting.Name] = setting.kind.write(&s)
	}
	return layer
}
