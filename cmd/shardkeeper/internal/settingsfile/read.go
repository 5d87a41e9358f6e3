package settingsfile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

// maxBytes is more than all streams of a Region need.
const maxBytes = 64 << 20

// Read reads a file as a whole, or returns all that is wrong with it, each with its line. Known returns nil for the name
// of a setting, or what is wrong with it.
func Read(r io.Reader, known func(setting string) error) ([]Stream, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxBytes {
		return nil, fmt.Errorf("it has more than %d bytes", maxBytes)
	}
	var documents []yaml.Node
	if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
		return nil, err
	}
	if len(documents) != 1 {
		return nil, fmt.Errorf("it has %d documents; want one", len(documents))
	}
	document := documents[0]
	in := reader{known: known}
	var streams []Stream
	for _, p := range in.pairs(root(&document), "the file", keyStreams) {
		for _, of := range in.pairs(p.value, keyStreams) {
			streams = append(streams, in.stream(of))
		}
	}
	if len(streams) == 0 {
		in.fault(&document, "no stream is in it; want streams: {NAME: {overrides: {KEY: VALUE}}}")
	}
	if err := errors.Join(in.faults...); err != nil {
		return nil, err
	}
	return streams, nil
}

// reader reads what it can, and keeps what is wrong.
type reader struct {
	known  func(setting string) error
	faults []error
}

func (r *reader) fault(at *yaml.Node, format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("line %d: %w", max(at.Line, 1), fmt.Errorf(format, args...)))
}

// pair is a key of a mapping with its value.
type pair struct {
	key       string
	at, value *yaml.Node
}

// pairs are those of a mapping, each key once. With names, no other key may be there.
func (r *reader) pairs(n *yaml.Node, what string, names ...string) []pair {
	n = resolved(n)
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s is no mapping; want KEY: VALUE, or {} for none", what)
		return nil
	}
	var all []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := pair{n.Content[i].Value, n.Content[i], n.Content[i+1]}
		switch {
		case p.at.Kind != yaml.ScalarNode:
			r.fault(p.at, "a key of %s is no text", what)
		case slices.ContainsFunc(all, func(other pair) bool { return other.key == p.key }):
			r.fault(p.at, "%q is there twice in %s", p.key, what)
		case len(names) > 0 && !slices.Contains(names, p.key):
			r.fault(p.at, "%s has no key %q; it can have %s", what, p.key, strings.Join(names, ", "))
		default:
			all = append(all, p)
		}
	}
	return all
}

func (r *reader) stream(of pair) Stream {
	s := Stream{Name: of.key}
	if !scaling.ValidStreamName(s.Name) {
		r.fault(of.at, "no stream is named %q", s.Name)
	}
	for _, p := range r.pairs(of.value, "stream "+s.Name, keyOverrides, keyTimed) {
		switch p.key {
		case keyOverrides:
			s.Overrides = r.layer(p.value, keyOverrides)
		case keyTimed:
			s.Timed = r.list(p.value)
		}
	}
	return s
}

// layer reads settings. A number or a word is taken as it is written.
func (r *reader) layer(n *yaml.Node, what string) scaling.Layer {
	layer := scaling.Layer{}
	for _, p := range r.pairs(n, what) {
		if err := r.known(p.key); err != nil {
			r.fault(p.at, "%w", err)
		}
		layer[p.key] = r.text(p)
	}
	return layer
}

func (r *reader) list(n *yaml.Node) []ledger.Timed {
	n = resolved(n)
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "%s is no list; want - id: NAME, or [] for none", keyTimed)
		return nil
	}
	all := make([]ledger.Timed, 0, len(n.Content))
	for _, one := range n.Content {
		t := r.timed(one)
		if slices.ContainsFunc(all, func(other ledger.Timed) bool { return other.ID == t.ID }) {
			r.fault(one, "the id %q is there twice", t.ID)
		}
		all = append(all, t)
	}
	return all
}

func (r *reader) timed(n *yaml.Node) ledger.Timed {
	var t ledger.Timed
	for _, p := range r.pairs(n, "a timed override", keyID, keyFrom, keyUntil, keySchedule, keySettings, keyReason) {
		switch p.key {
		case keyID:
			t.ID = r.text(p)
		case keyFrom:
			t.From = r.time(p)
		case keyUntil:
			t.Until = r.time(p)
		case keySchedule:
			t.Schedule = r.schedule(p)
		case keySettings:
			t.Settings = r.layer(p.value, keySettings)
		case keyReason:
			t.Reason = r.text(p)
		}
	}
	switch {
	case strings.TrimSpace(t.ID) == "":
		r.fault(n, "a timed override needs an id, such as sale-2026; by it the same one is known again")
	case t.Until.IsZero() && t.Schedule == "":
		r.fault(n, "the timed override %s needs until, such as 2026-11-30T12:00:00Z, or a schedule", t.ID)
	case len(t.Settings) == 0:
		r.fault(n, "the timed override %s needs settings", t.ID)
	}
	return t
}

func (r *reader) time(p pair) time.Time {
	at, err := time.Parse(timeLayout, r.text(p))
	if err != nil {
		r.fault(p.value, "%s is no time; want 2026-11-30T12:00:00Z", p.key)
	}
	return at.UTC()
}

func (r *reader) schedule(p pair) string {
	times, err := schedule.ParseTimes(r.text(p))
	if err != nil {
		r.fault(p.value, "%s: %w", p.key, err)
	}
	return times.String()
}

// text is a scalar as it is written.
func (r *reader) text(p pair) string {
	n := resolved(p.value)
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" || n.Tag == "!!null" {
		r.fault(n, "%s has no value", p.key)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// root is what a document consists of.
func root(document *yaml.Node) *yaml.Node {
	if document.Kind == yaml.DocumentNode && len(document.Content) > 0 {
		return document.Content[0]
	}
	return document
}

// resolved is what an alias stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
