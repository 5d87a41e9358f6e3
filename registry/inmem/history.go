package inmem

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

const (
	day = 24 * time.Hour

	defaultPage = 100  // entries in a page when the query does not say
	maxPage     = 1000 // entries in a page at most
)

// History returns a page of history, newest first; entries of the same time in the order of
// their ids, then of their streams. Expired entries, and those more than a day ahead of the
// clock, are left out. Next is empty on the last page and only there. An unreadable query gives
// [ledger.ErrNoHistory].
func (r *Registry) History(_ context.Context, q ledger.Query) (ledger.Page, error) {
	after, err := readQuery(&q)
	if err != nil {
		return ledger.Page{}, fmt.Errorf("history: %w: %w", ledger.ErrNoHistory, err)
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	var found []ledger.Entry
	if q.Stream != "" {
		found = r.matching(q, after, r.history[q.Stream], found)
	} else {
		for _, entries := range r.history {
			found = r.matching(q, after, entries, found)
		}
	}
	slices.SortFunc(found, func(x, y ledger.Entry) int { return placeOf(y).compare(placeOf(x)) })
	page := ledger.Page{Entries: found}
	if len(found) > q.Limit {
		page.Entries = found[:q.Limit]
		page.Next = placeOf(found[q.Limit-1]).String()
	}
	for i := range page.Entries {
		page.Entries[i].Reasons = slices.Clone(page.Entries[i].Reasons)
	}
	return page, nil
}

// readQuery fills in what the query leaves open, and returns the place its cursor names: the
// newest entry to pass over, with all newer ones.
func readQuery(q *ledger.Query) (after *place, err error) {
	switch {
	case q.To.IsZero():
		return nil, errors.New("the range has no end")
	case q.Stream != "" && !scaling.ValidStreamName(q.Stream):
		return nil, fmt.Errorf("no stream can be named %q", q.Stream)
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-day)
	}
	if q.Limit < 1 {
		q.Limit = defaultPage
	}
	q.Limit = min(q.Limit, maxPage)
	if q.Cursor == "" {
		return nil, nil //nolint:nilnil // no cursor is the usual case, and not an error
	}
	p, err := parsePlace(q.Cursor)
	if err == nil && q.Stream != "" && p.Stream != q.Stream {
		err = fmt.Errorf("the cursor is of stream %q, not of %s", p.Stream, q.Stream)
	}
	return &p, err
}

// matching appends to found what a query asks for of one stream's entries.
func (r *Registry) matching(q ledger.Query, after *place, entries, found []ledger.Entry) []ledger.Entry {
	first, _ := slices.BinarySearchFunc(entries, q.From, func(e ledger.Entry, from time.Time) int { return e.At.Compare(from) })
	for _, e := range entries[first:] {
		if !e.At.Before(q.To) {
			break
		}
		if (q.Kind == "" || e.Kind == q.Kind) && (after == nil || placeOf(e).compare(*after) < 0) && r.shown(e) {
			found = append(found, e)
		}
	}
	return found
}

// shown reports whether an entry has not expired, to the second, and is not far ahead.
func (r *Registry) shown(e ledger.Entry) bool {
	if r.now == nil {
		return true
	}
	now := r.now()
	return e.At.Add(r.retention).Unix() > now.Unix() && e.At.Before(now.Add(day))
}

// insert puts an entry where its time and id want it; one of the same time and id is replaced.
func (r *Registry) insert(e ledger.Entry) {
	entries := r.history[e.Stream]
	i, found := slices.BinarySearchFunc(entries, placeOf(e), func(x ledger.Entry, p place) int { return placeOf(x).compare(p) })
	if found {
		entries[i] = e
		return
	}
	r.history[e.Stream] = slices.Insert(entries, i, e)
}

// place is where an entry stands in the history of all streams. As text it is the cursor: base64
// of JSON, for people to paste.
type place struct {
	At     int64  `json:"at"` // milliseconds since 1970
	ID     string `json:"id"`
	Stream string `json:"stream"`
}

func placeOf(e ledger.Entry) place { return place{e.At.UnixMilli(), e.ID, e.Stream} }

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.At, q.At), cmp.Compare(p.ID, q.ID), cmp.Compare(p.Stream, q.Stream))
}

func (p place) String() string {
	text, err := json.Marshal(p)
	if err != nil { // a number and two strings always marshal
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parsePlace(text string) (place, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(text), "="))
	if err != nil {
		return place{}, fmt.Errorf("the cursor is damaged: %w", err)
	}
	var p place
	if err := json.Unmarshal(decoded, &p); err != nil {
		return place{}, fmt.Errorf("the cursor is damaged: %w", err)
	}
	ofAll := p.Stream == "" && p.ID != "" // an entry of all streams together
	if !ofAll && !scaling.ValidStreamName(p.Stream) {
		return place{}, errors.New("the cursor is damaged")
	}
	return p, nil
}
