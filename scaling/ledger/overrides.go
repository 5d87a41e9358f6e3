package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// What a person asks for. Each step returns the item for a registry's SaveOverrides, and its history entries; without
// entries nothing is to change.

// Asked is who asks, when and why.
type Asked struct {
	At     time.Time
	Who    string // the ARN of the person or role
	Reason string // may be empty
}

// Check returns nil, or why what is asked for must not be written.
func (a Asked) Check() error {
	if len(a.Reason) > maxReason {
		return fmt.Errorf("the reason has %d bytes, at most %d can be", len(a.Reason), maxReason)
	}
	return nil
}

// entry is the history entry of something that was asked for.
func (a Asked) entry(s Item, id, detail string) Entry {
	if a.Reason != "" {
		detail += ": " + a.Reason
	}
	return Entry{Stream: s.Name, At: a.At, ID: id, Kind: KindSettings, From: s.OpenShards, To: s.OpenShards, Actor: a.Who, Detail: short(detail)}
}

// soon asks the reconciler to look, unless nobody looks after the stream.
func (a Asked) soon(s *Item) {
	if s.Status.Attended() {
		s.DueBy(a.At)
	}
}

// Overridden returns the stream with some overrides set, and some taken away.
func (s Item) Overridden(set scaling.Layer, unset []string, a Asked) (Item, []Entry) {
	after := s.Clone()
	if after.Overrides == nil {
		after.Overrides = scaling.Layer{}
	}
	maps.Copy(after.Overrides, set)
	for _, name := range unset {
		delete(after.Overrides, name)
	}
	changes := changesOf(s.Overrides, after.Overrides)
	if len(changes) == 0 {
		return s, nil
	}
	a.soon(&after)
	return after, []Entry{a.entry(after, "overridden", "overrides: "+strings.Join(changes, "; "))}
}

// changesOf names the keys that differ, as "key old -> new"; "(none)" stands for no value.
func changesOf(before, after scaling.Layer) []string {
	keys := maps.Clone(before)
	if keys == nil {
		keys = scaling.Layer{}
	}
	maps.Copy(keys, after)
	var changes []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		was, had := before[key]
		is, has := after[key]
		if !had {
			was = "(none)"
		}
		if !has {
			is = "(none)"
		}
		if was != is || had != has {
			changes = append(changes, fmt.Sprintf("%s %s -> %s", key, was, is))
		}
	}
	return changes
}

// WithTimed returns the stream with one more timed override, above those that it has.
func (s Item) WithTimed(t Timed, a Asked) (Item, []Entry, error) {
	t.Who, t.Reason = a.Who, a.Reason
	if err := t.Check(a.At); err != nil {
		return s, nil, err
	}
	if len(s.Timed) >= MaxTimed {
		return s, nil, fmt.Errorf("stream %s has %d timed overrides already; take one away first", s.Name, len(s.Timed))
	}
	if slices.ContainsFunc(s.Timed, func(known Timed) bool { return known.ID == t.ID }) {
		return s, nil, fmt.Errorf("stream %s has a timed override %s already", s.Name, t.ID)
	}
	after := s.Clone()
	after.Timed = append(after.Timed, t)
	a.soon(&after)
	told := t
	told.Who, told.Reason = "", "" // the entry has them
	return after, []Entry{a.entry(after, "timed-"+t.ID, "timed override: "+told.String())}, nil
}

// WithoutTimed returns the stream without the timed overrides that are meant, ended or not, readable or not.
func (s Item) WithoutTimed(meant func(Timed) bool, a Asked) (Item, []Entry) {
	after := s.Clone()
	var entries []Entry
	after.Timed = slices.DeleteFunc(after.Timed, func(t Timed) bool {
		if !meant(t) || len(entries) == MaxEntries {
			return false
		}
		entries = append(entries, a.entry(s, unusedID(entries, "timed-taken-away-"+cut(t.ID, longestID)), "taken away before its end: "+t.String()))
		return true
	})
	if len(entries) == 0 {
		return s, nil
	}
	if len(after.Timed) == 0 {
		after.Timed = nil
	}
	a.soon(&after)
	return after, entries
}

// Accepts returns nil, or why settings cannot be used on top of those that the stream has without them, and of what was
// set for it a moment ago. What the stack's parameters say is known from the settings in force.
func (s Item) Accepts(layer scaling.Layer) error {
	base := []scaling.Layer{s.inForce(), settingsOf(s.Tags), s.Overrides}
	_, err := scaling.Effective(append(base, layer)...)
	if err == nil {
		return nil
	}
	if _, before := scaling.Effective(base...); before != nil { // what cannot be used leaves the last good settings
		_, err = scaling.Effective(base[0], layer)
	}
	return err
}

// AcceptsInstead returns nil, or why overrides cannot be used in the place of those that the stream has, with a timed
// override's settings above them, which may be nil. A setting without its override is what the tag says. Without a tag
// it is what a parameter of the stack says, which is not known here: then it may be the policy's default, or stay.
func (s Item) AcceptsInstead(overrides, timed scaling.Layer) error {
	stays := s.inForce()
	without := maps.Clone(stays)
	for key := range s.Overrides {
		delete(without, key)
		if tag, tagged := s.Tags[key]; tagged {
			without[key], stays[key] = tag, tag
		}
	}
	_, err := scaling.Effective(without, overrides, timed)
	if _, whereItStays := scaling.Effective(stays, overrides, timed); whereItStays == nil {
		return nil
	}
	return err
}

// inForce are the settings of the stream without what is timed; empty when it has none yet.
func (s Item) inForce() scaling.Layer {
	switch {
	case s.SettingsRevision == 0:
		return scaling.Layer{}
	case s.Untimed != (scaling.Settings{}):
		return s.Untimed.Set()
	}
	return s.Settings.Set()
}
