package scaling

import (
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
		if key, ours := strings.CutPrefix(name, TagPrefix); ours && key != "" {
			layer[key] = value
		}
	}
	if mode, tagged := tags[ModeTag]; tagged { // above a tag of the setting's own name
		layer["mode"] = mode
	}
	return layer
}

// Tags returns the tags that enroll a stream with the layer, as TagLayer reads them: enabled, unless the layer has a mode.
func (l Layer) Tags() map[string]string {
	tags := map[string]string{ModeTag: string(ModeEnabled)}
	for key, value := range l {
		if key == "mode" {
			tags[ModeTag] = value
		} else {
			tags[TagPrefix+key] = value
		}
	}
	return tags
}

// Pairs returns the layer as "key=value", sorted.
func (l Layer) Pairs() []string {
	pairs := make([]string, 0, len(l))
	for _, key := range slices.Sorted(maps.Keys(l)) {
		pairs = append(pairs, key+"="+l[key])
	}
	return pairs
}
