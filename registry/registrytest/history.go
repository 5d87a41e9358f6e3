package registrytest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// entryOf is a hold's entry.
func entryOf(stream string, at time.Time, id string) ledger.Entry {
	return ledger.Entry{
		Stream: stream, At: at, ID: id, Kind: ledger.KindHold, From: 4, To: 4, Reasons: scaling.Trail{{Code: scaling.HoldCooldown, Detail: "9m left"}},
		Utilization: 0.5, Limit: scaling.LimitBytes, Alarm: stream + "-scale-up", TransitionAt: at.Add(-time.Second), Actor: "scaler/1",
	}
}

// ids are the entries' streams and ids in their order.
func ids(entries []ledger.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Stream+"/"+e.ID)
	}
	return all
}

func historyQueries(b *bench) {
	s, p := newStream("orders"), newStream("orders-2")
	external, settings := entryOf("orders", start().Add(-time.Hour), "b"), entryOf("orders-2", start().Add(-30*time.Minute), "c")
	external.Kind, settings.Kind = ledger.KindExternal, ledger.KindSettings
	b.save(s, entryOf("orders", start().Add(-2*time.Hour), "a"), external, entryOf("orders", start().Add(-2*time.Hour), "aa"), entryOf("orders", start(), "d"))
	b.save(p, settings, entryOf("orders-2", start().Add(-time.Minute), "e"))

	soon := start().Add(time.Millisecond)
	for name, step := range map[string]struct {
		query ledger.Query
		want  []string
	}{
		"one stream":            {ledger.Query{Stream: "orders", To: soon}, []string{"orders/d", "orders/b", "orders/aa", "orders/a"}},
		"all streams":           {ledger.Query{To: soon}, []string{"orders/d", "orders-2/e", "orders-2/c", "orders/b", "orders/aa", "orders/a"}},
		"to is exclusive":       {ledger.Query{Stream: "orders", To: start()}, []string{"orders/b", "orders/aa", "orders/a"}},
		"from is inclusive":     {ledger.Query{Stream: "orders", From: start().Add(-time.Hour), To: soon}, []string{"orders/d", "orders/b"}},
		"just after from":       {ledger.Query{Stream: "orders", From: start().Add(1 - time.Hour), To: soon}, []string{"orders/d"}},
		"from and to, all":      {ledger.Query{From: start().Add(-time.Hour), To: start()}, []string{"orders-2/e", "orders-2/c", "orders/b"}},
		"kind, one stream":      {ledger.Query{Stream: "orders", Kind: ledger.KindExternal, To: soon}, []string{"orders/b"}},
		"kind, all streams":     {ledger.Query{Kind: ledger.KindHold, To: soon}, []string{"orders/d", "orders-2/e", "orders/aa", "orders/a"}},
		"a kind without any":    {ledger.Query{Kind: ledger.KindFailure, To: soon}, nil},
		"a range without any":   {ledger.Query{From: soon, To: soon.Add(time.Hour)}, nil},
		"a range the wrong way": {ledger.Query{From: soon, To: start().Add(-5 * time.Hour)}, nil},
		"an unknown stream":     {ledger.Query{Stream: "payments", To: soon}, nil},
		"a range of years":      {ledger.Query{From: start().AddDate(-30, 0, 0), To: start().AddDate(6000, 0, 0), Kind: ledger.KindSettings}, []string{"orders-2/c"}},
		"a range of one day":    {ledger.Query{Stream: "orders", To: start().Add(24*time.Hour + time.Millisecond)}, nil},
	} {
		page := b.history(step.query)
		b.want(name, ids(page.Entries), step.want)
		b.want(name+": next", page.Next, "")
	}
	b.want("an entry", b.history(ledger.Query{Stream: "orders", Kind: ledger.KindExternal, To: soon}).Entries, []ledger.Entry{external})
	b.want("an entry of all", b.history(ledger.Query{Kind: ledger.KindExternal, To: soon}).Entries, []ledger.Entry{external})

	_, err := b.History(b.Context(), ledger.Query{Stream: "orders"})
	b.wantErr(err, ledger.ErrNoHistory)
	_, err = b.History(b.Context(), ledger.Query{Stream: "or#ders", To: soon})
	b.wantErr(err, ledger.ErrNoHistory)
}

func historyMidnight(b *bench) {
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for i, d := range []time.Duration{-72 * time.Hour, -time.Millisecond, 0, time.Millisecond} {
		b.save(newStream(fmt.Sprintf("s%d", i)), entryOf(fmt.Sprintf("s%d", i), midnight.Add(d), "x"))
	}
	all := []string{"s3/x", "s2/x", "s1/x", "s0/x"}
	from := midnight.Add(-100 * time.Hour)
	b.want("over midnight", ids(b.history(ledger.Query{From: from, To: midnight.Add(time.Hour)}).Entries), all)
	b.want("up to midnight", ids(b.history(ledger.Query{From: from, To: midnight}).Entries), all[2:])
	b.want("from midnight", ids(b.history(ledger.Query{From: midnight, To: midnight.Add(time.Hour)}).Entries), all[:2])
	b.want("over empty days", ids(b.pages(ledger.Query{From: from, To: midnight.Add(time.Hour), Limit: 1})), all)
}

// pages reads all pages of a query, and wants all but the last to be full and none to be empty
// unless it is the only one.
func (b *bench) pages(q ledger.Query) []ledger.Entry {
	b.Helper()
	var all []ledger.Entry
	for {
		page := b.history(q)
		all = append(all, page.Entries...)
		if page.Next == "" {
			if len(page.Entries) == 0 && len(all) > 0 {
				b.Errorf("%+v: the last page is empty, and the one before said there was more", q)
			}
			return all
		}
		if len(page.Entries) != q.Limit {
			b.Fatalf("%+v: %d entries in a page that is not the last", q, len(page.Entries))
		}
		q.Cursor = page.Next
	}
}

func historyPages(b *bench) {
	streams := map[string]ledger.Item{}
	var entries []ledger.Entry // oldest first, each at its own time, five hours apart
	for i := range 24 {
		name := fmt.Sprintf("s%d", i%3)
		e := entryOf(name, start().Add(time.Duration(i-24)*5*time.Hour), fmt.Sprintf("id#%d", i))
		if i%4 == 0 {
			e.Kind = ledger.KindOperation
		}
		if _, known := streams[name]; !known {
			streams[name] = b.enrolled(name)
		}
		streams[name] = b.save(streams[name], e)
		entries = append(entries, e)
	}
	slices.Reverse(entries)
	for _, stream := range []string{"", "s0", "s2"} {
		for _, kind := range []ledger.Kind{"", ledger.KindOperation, ledger.KindHold, ledger.KindFailure} {
			for _, back := range []time.Duration{24 * time.Hour, 55 * time.Hour, 500 * time.Hour} {
				q := ledger.Query{Stream: stream, Kind: kind, From: start().Add(-back), To: start()}
				want := slices.Clone(entries)
				want = slices.DeleteFunc(want, func(e ledger.Entry) bool {
					return stream != "" && e.Stream != stream || kind != "" && e.Kind != kind || e.At.Before(q.From)
				})
				for _, q.Limit = range []int{1, 2, 3, 7, 24, 100} {
					b.want(fmt.Sprintf("%+v", q), b.pages(q), want)
				}
			}
		}
	}
}

func historyTies(b *bench) {
	var want []string
	for i := range 5 {
		name := fmt.Sprintf("s%d", i)
		b.save(newStream(name), entryOf(name, start(), "op-1"), entryOf(name, start(), "op-2"), entryOf(name, start(), ""))
		want = append(want, name+"/op-1", name+"/op-2", name+"/")
	}
	slices.Sort(want)
	for limit := range 16 {
		got := ids(b.pages(ledger.Query{To: start().Add(1), Limit: limit + 1}))
		byID := slices.IsSortedFunc(got, func(x, y string) int { return strings.Compare(y[2:], x[2:]) })
		if slices.Sort(got); !byID || !slices.Equal(got, want) {
			b.Errorf("pages of %d: %v, ordered by id %t, want %v", limit+1, got, byID, want)
		}
	}
	b.want("one stream", ids(b.pages(ledger.Query{Stream: "s3", To: start().Add(1), Limit: 1})), []string{"s3/op-2", "s3/op-1", "s3/"})
}

func historyExpiry(b *bench) {
	b.save(newStream("orders"), entryOf("orders", start(), "old"), entryOf("orders", start().Add(2*time.Second), "new"))
	retention := 400 * 24 * time.Hour
	for _, step := range []struct {
		now  time.Duration
		want []string
	}{
		{0, []string{"orders/new", "orders/old"}},
		{retention - time.Second, []string{"orders/new", "orders/old"}},
		{retention, []string{"orders/new"}},
		{retention + 2*time.Second, nil},
		{-24*time.Hour + 2*time.Second, []string{"orders/old"}}, // a day ahead of the clock is too far
	} {
		b.clock = start().Add(step.now)
		for _, q := range []ledger.Query{{Stream: "orders"}, {}, {Kind: ledger.KindHold}, {Stream: "orders", Kind: ledger.KindHold}} {
			q.From, q.To, q.Limit = start().Add(-time.Hour), start().Add(time.Hour), 1
			b.want(fmt.Sprintf("%+v at %s", q, b.clock), ids(b.pages(q)), step.want)
		}
	}
}

func historyCursors(b *bench) {
	b.save(newStream("orders"), entryOf("orders", start(), "3"), entryOf("orders", start().Add(-time.Hour), "2"), entryOf("orders", start().Add(-2*time.Hour), "1"))
	b.save(newStream("payments"), entryOf("payments", start(), "4"))
	q := ledger.Query{Stream: "orders", To: start().Add(1), Limit: 2}
	next := b.history(q).Next
	for _, broken := range []string{
		"?", "e30", next[:len(next)/2], next + "x", "bnVsbA", "WzFd",
		base64.RawURLEncoding.EncodeToString([]byte(`{"pk":1,"at":"x"}`)), strings.Repeat("QUFB", 5000),
	} {
		for _, stream := range []string{"", "orders"} {
			_, err := b.History(b.Context(), ledger.Query{Stream: stream, To: start(), Cursor: broken})
			b.wantErr(err, ledger.ErrNoHistory)
		}
	}
	_, err := b.History(b.Context(), ledger.Query{Stream: "payments", To: start(), Cursor: next})
	b.wantErr(err, ledger.ErrNoHistory)

	want := func(what string, q ledger.Query, entries ...string) {
		b.Helper()
		page := b.history(q)
		b.want(what, ids(page.Entries), entries)
		b.want(what+": next", page.Next, "")
	}
	q.Cursor = " " + next + "\n"
	want("pasted with blanks", q, "orders/1")
	q.To = start().Add(10 * time.Minute)
	want("the clock went on", q, "orders/1")
	q.To = start().Add(-90 * time.Minute)
	want("the range ends before the cursor", q, "orders/1")
	q.From, q.To = start().Add(-time.Minute), start().Add(1)
	want("the range starts after the cursor", q)
	q.Stream, q.From = "", time.Time{}
	want("all streams", q, "orders/1")
}
