package main

import (
	"context"
	"slices"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// feed is the history of one place, newest first, read page by page.
type feed struct {
	from  historyReader
	query ledger.Query            // of the next page
	sieve func(ledger.Entry) bool // lets entries through; nil: all
	page  []ledger.Entry          // what is read, and was not taken yet
	ended bool                    // no more is to be read
	here  found                   // where it is, if that is asked for
}

// pageOfAll is how many entries a page has where all are wanted, or it is not known how many the sieve lets through.
const pageOfAll = 1000

// feedOf is the history of a place of which at most limit entries are wanted; 0: all.
func feedOf(from historyReader, q ledger.Query, limit int, sieve func(ledger.Entry) bool) *feed {
	q.Limit = pageOfAll
	if limit > 0 && sieve == nil {
		q.Limit = min(limit+1, pageOfAll) // the one more tells that there are more
	}
	return &feed{from: from, query: q, sieve: sieve}
}

// fill reads until an entry is there, or the history ends.
func (f *feed) fill(ctx context.Context) error {
	for len(f.page) == 0 && !f.ended {
		page, err := f.from.History(ctx, f.query)
		if err != nil && f.here.services != nil {
			return explain(err, f.here.Region())
		}
		if err != nil {
			return err
		}
		f.page, f.query.Cursor, f.ended = page.Entries, page.Next, page.Next == ""
		if f.sieve != nil {
			f.page = slices.DeleteFunc(f.page, func(e ledger.Entry) bool { return !f.sieve(e) })
		}
	}
	return nil
}

// merged shows the entries of several feeds, the newest first, at most limit of them (0: all), and says how many there were
// and whether there are more.
func merged(ctx context.Context, feeds []*feed, limit int, show func(found, ledger.Entry) error) (shown int, more bool, err error) {
	for {
		var newest *feed
		for _, f := range feeds {
			if err := f.fill(ctx); err != nil {
				return shown, false, err
			}
			if len(f.page) > 0 && (newest == nil || f.page[0].At.After(newest.page[0].At)) {
				newest = f
			}
		}
		if newest == nil {
			return shown, false, nil
		}
		if limit > 0 && shown == limit {
			return shown, true, nil
		}
		if err := show(newest.here, newest.page[0]); err != nil {
			return shown, false, err
		}
		newest.page = newest.page[1:]
		shown++
	}
}

// each shows the entries of one history that a sieve lets through (nil: all), as merged does.
func each(ctx context.Context, from historyReader, q ledger.Query, limit int, sieve func(ledger.Entry) bool, show func(ledger.Entry) error) (shown int, more bool, err error) {
	return merged(ctx, []*feed{feedOf(from, q, limit, sieve)}, limit, func(_ found, e ledger.Entry) error { return show(e) })
}
