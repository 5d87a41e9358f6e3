package settingsfile

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Write writes streams as Read reads them, with comments that it does not read: a heading, and the notes of each.
func Write(w io.Writer, heading string, streams []Stream) error {
	all := mapping()
	for _, s := range streams {
		of := mapping()
		put(of, keyOverrides, layerNode(s.Overrides))
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, t := range s.Timed {
			list.Content = append(list.Content, timedNode(t))
		}
		if len(list.Content) == 0 {
			list.Style = yaml.FlowStyle
		}
		put(of, keyTimed, list)
		put(all, s.Name, of)
		all.Content[len(all.Content)-2].HeadComment = comment(s.Notes...)
	}
	if len(streams) == 0 {
		all.Style = yaml.FlowStyle
	}
	file := mapping()
	file.HeadComment = comment(heading)
	put(file, keyStreams, all)
	d, err := yaml.NewDumper(w, yaml.WithV4Defaults(), yaml.WithLineWidth(-1))
	if err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	if err := d.Dump(file); err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	return d.Close()
}

func timedNode(t ledger.Timed) *yaml.Node {
	n := mapping()
	put(n, keyID, scalar(t.ID))
	if !t.From.IsZero() {
		put(n, keyFrom, timeNode(t.From))
	}
	if !t.Until.IsZero() {
		put(n, keyUntil, timeNode(t.Until))
	}
	if t.Schedule != "" {
		put(n, keySchedule, scalar(t.Schedule))
	}
	put(n, keySettings, layerNode(t.Settings))
	if t.Reason != "" {
		put(n, keyReason, scalar(t.Reason))
	}
	if t.Who != "" {
		n.Content[1].LineComment = comment("by " + t.Who)
	}
	return n
}

func layerNode(layer scaling.Layer) *yaml.Node {
	n := mapping()
	for _, key := range slices.Sorted(maps.Keys(layer)) {
		put(n, key, scalar(layer[key]))
	}
	if len(layer) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func put(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, scalar(key), value)
}

// scalar is a text, in quotes where YAML would take it for something else than a text or a whole number.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

func timeNode(at time.Time) *yaml.Node { return scalar(at.UTC().Format(timeLayout)) }

// comment makes comments of texts, of which each is one line.
func comment(lines ...string) string {
	var all []string
	for _, line := range lines {
		all = append(all, "# "+output.Printable(line))
	}
	return strings.Join(all, "\n")
}
