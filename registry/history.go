package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

const (
	day = 24 * time.Hour

	defaultPage = 100  // entries in a page when the query does not say
	maxPage     = 1000 // entries in a page at most
)

// History returns a page of history, newest first. One stream's comes from its own items, that
// of all streams from the index by_day, day by day. Entries of the same time come in the order
// of their ids, those with the same id too in any order.
//
// Expired entries, and those more than a day ahead of the clock, are left out. Next is empty on
// the last page and only there. An unreadable query gives [ledger.ErrNoHistory].
func (r *Registry) History(ctx context.Context, q ledger.Query) (ledger.Page, error) {
	since, err := r.keptSince(ctx, q.From)
	if err != nil {
		return ledger.Page{}, fmt.Errorf("history: %w", err)
	}
	w, err := r.readQuery(q, since)
	if err != nil {
		return ledger.Page{}, fmt.Errorf("history: %w: %w", ledger.ErrNoHistory, err)
	}
	var page ledger.Page
	var last cursor
	for partition := range w.partitions() {
		input, err := r.query(w, partition)
		if err != nil {
			return ledger.Page{}, fmt.Errorf("history: %w", err)
		}
		for pages := dynamodb.NewQueryPaginator(r.api, input); pages.HasMorePages(); {
			out, err := pages.NextPage(ctx)
			if err != nil {
				return ledger.Page{}, fmt.Errorf("history of %s: %w", partition.key, err)
			}
			for _, item := range out.Items {
				if len(page.Entries) == w.limit { // one more than fits: this is not the last page
					page.Next = last.String()
					return page, nil
				}
				page.Entries = append(page.Entries, decodeHistory(item))
				last = cursorAt(item)
			}
		}
	}
	return page, nil
}

// walk is a query made ready: its range in whole milliseconds, its bounds filled in.
type walk struct {
	stream   string
	kind     ledger.Kind
	from, to time.Time // inclusive, exclusive
	limit    int
	after    *cursor   // the newest entry to pass over, with all newer ones; nil starts at to
	now      time.Time // zero: nothing is expired
}

// readQuery makes a query ready; what is older than since cannot be there.
func (r *Registry) readQuery(q ledger.Query, since time.Time) (walk, error) {
	w := walk{stream: q.Stream, kind: q.Kind, from: q.From, to: q.To, limit: q.Limit}
	switch {
	case q.To.IsZero():
		return walk{}, errors.New("the range has no end")
	case q.Stream != "" && !scaling.ValidStreamName(q.Stream):
		return walk{}, fmt.Errorf("no stream can be named %q", q.Stream)
	}
	if w.from.IsZero() {
		w.from = q.To.Add(-day)
	}
	if r.now != nil { // bounds the walk over the days, however wide the range
		w.now = r.now()
		w.from = later(w.from, since)
		w.to = earlier(w.to, w.now.Add(day))
	}
	w.from, w.to = ceilMillisecond(w.from), ceilMillisecond(w.to)
	if w.limit < 1 {
		w.limit = defaultPage
	}
	w.limit = min(w.limit, maxPage)
	if q.Cursor == "" {
		return w, nil
	}
	after, err := parseCursor(q.Cursor, q.Stream)
	if err != nil {
		return walk{}, err
	}
	switch {
	case after.SK < w.low(): // the range ends where the cursor's page went on
		w.to = w.from
	case after.SK <= w.high(): // else the whole range is older than the cursor
		w.after = &after
	}
	return w, nil
}

// low and high enclose the sort keys of the range. No entry has exactly the sort key high: an
// entry's goes on after its time.
func (w walk) low() string  { return historyPrefix + sortText(w.from) }
func (w walk) high() string { return historyPrefix + sortText(w.to) }

// partition is one value of the partition key of the table or of the index by_day.
type partition struct {
	key    string
	resume bool // whether the cursor is in it
}

// partitions yields where the range's entries are, newest first: a stream's own partition, or
// one for each day.
func (w walk) partitions() iter.Seq[partition] {
	return func(yield func(partition) bool) {
		if !w.from.Before(w.to) {
			return
		}
		if w.stream != "" {
			yield(partition{streamPrefix + w.stream, w.after != nil})
			return
		}
		newest := dayOf(w.to.Add(-time.Millisecond))
		if w.after != nil {
			newest = earlier(newest, w.after.day())
		}
		for date := newest; !date.Before(dayOf(w.from)); date = date.Add(-day) {
			key := dayPrefix + date.Format(time.DateOnly)
			if !yield(partition{key, w.after != nil && w.after.Day == key}) {
				return
			}
		}
	}
}

func (r *Registry) query(w walk, p partition) (*dynamodb.QueryInput, error) {
	input := &dynamodb.QueryInput{TableName: &r.table, ScanIndexForward: aws.Bool(false)}
	partitionKey := attrPK
	if w.stream == "" {
		partitionKey, input.IndexName = attrDay, aws.String(indexByDay)
	}
	if p.resume {
		input.ExclusiveStartKey = w.after.startKey(w.stream == "")
	}
	build := expression.NewBuilder().WithKeyCondition(expression.Key(partitionKey).Equal(expression.Value(p.key)).
		And(expression.Key(attrSK).Between(expression.Value(w.low()), expression.Value(w.high()))))
	var filters []expression.ConditionBuilder
	if w.kind != "" {
		filters = append(filters, equal(attrKind, string(w.kind)))
	} else {
		input.Limit = aws.Int32(int32(w.limit + 1)) //nolint:gosec // at most maxPage+1
	}
	if !w.now.IsZero() {
		filters = append(filters, absent(ExpiryAttribute).
			Or(expression.Name(ExpiryAttribute).GreaterThan(expression.Value(w.now.Unix()))))
	}
	switch len(filters) {
	case 1:
		build = build.WithFilter(filters[0])
	case 2:
		build = build.WithFilter(filters[0].And(filters[1]))
	}
	expr, err := build.Build()
	if err != nil {
		return nil, err
	}
	input.KeyConditionExpression, input.FilterExpression = expr.KeyCondition(), expr.Filter()
	input.ExpressionAttributeNames, input.ExpressionAttributeValues = expr.Names(), expr.Values()
	return input, nil
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(day) }

// ceilMillisecond moves a bound up to a whole millisecond: entries are kept in whole ones.
func ceilMillisecond(t time.Time) time.Time {
	return t.Add(time.Millisecond - 1).Truncate(time.Millisecond)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
