package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// WithList returns the stream with the timed overrides of a list, in its order; each is known by its id. One that the
// stream has as the list has it stays as it is. What is not in the list is taken away, but for what cannot be read, which
// somebody must mend, and what has ended, which the reconciler takes away. In the list a zero From is that of the
// stream, else now; an empty reason is that of the stream, else that of a. What is new must not have ended.
func (s Item) WithList(list []Timed, a Asked) (Item, []Entry, error) {
	listed := func(known Timed) bool { return slices.ContainsFunc(list, known.isAs) }
	after, entries := s.WithoutTimed(func(known Timed) bool { return known.Fault == "" && !known.Ended(a.At) && !listed(known) }, a)
	stays := after.Timed
	var wanted []Timed
	for _, t := range list {
		if slices.ContainsFunc(wanted, func(other Timed) bool { return other.ID == t.ID }) {
			return s, nil, fmt.Errorf("stream %s: the id %s of a timed override is there twice", s.Name, t.ID)
		}
		if i := slices.IndexFunc(stays, func(known Timed) bool { return known.isAs(t) }); i >= 0 {
			wanted = append(wanted, stays[i])
			continue
		}
		added, entry, err := after.withListed(t, a)
		if err != nil {
			return s, nil, err
		}
		after, entries = added, append(entries, entry...)
		wanted = append(wanted, after.Timed[len(after.Timed)-1])
	}
	unlisted := func(known Timed) bool { return !slices.ContainsFunc(wanted, known.isAs) }
	if ids := idsOf(wanted); !slices.Equal(ids, idsOf(slices.DeleteFunc(slices.Clone(after.Timed), unlisted))) {
		after = after.Clone()
		a.soon(&after)
		entries = append(entries, a.entry(s, "timed-order", "timed overrides, the last one above all others: "+strings.Join(ids, ", ")))
		after.Timed = append(slices.DeleteFunc(after.Timed, func(known Timed) bool { return !unlisted(known) }), wanted...)
	}
	if len(entries) > MaxEntries {
		return s, nil, fmt.Errorf("stream %s would have %d changes at once, at most %d can be made", s.Name, len(entries), MaxEntries)
	}
	return after, entries, nil
}

// withListed adds what is new in a list.
func (s Item) withListed(t Timed, a Asked) (Item, []Entry, error) {
	if t.From.IsZero() {
		t.From = a.At
	}
	if t.Reason != "" {
		a.Reason = t.Reason
	}
	return s.WithTimed(t, a)
}

// isAs reports whether a timed override is as a list has it. Times are compared by the second, as they are written.
func (t Timed) isAs(listed Timed) bool {
	return t.Fault == "" && t.ID == listed.ID && t.Schedule == listed.Schedule && t.Until.Unix() == listed.Until.Unix() &&
		(listed.From.IsZero() || t.From.Unix() == listed.From.Unix()) &&
		(listed.Reason == "" || t.Reason == listed.Reason) && maps.Equal(t.Settings, listed.Settings)
}

func idsOf(all []Timed) []string {
	ids := make([]string, len(all))
	for i, t := range all {
		ids[i] = t.ID
	}
	return ids
}
