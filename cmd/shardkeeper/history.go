package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type historyCommand struct {
	Stream string `arg:"" optional:"" help:"One stream; all of them when left out."`
	Table  string `help:"The registry's table; else the variable TABLE_NAME, else shardkeeper." placeholder:"NAME"`
	Since  moment `default:"24h" help:"How far back (24h, 7d), or from when (2026-11-23, RFC 3339)."`
	Until  moment `help:"Until when; now when left out." placeholder:"now"`
	Kind   string `default:"all" enum:"all,${kinds}" help:"Only one of: ${kinds}."`
	Limit  int    `default:"100" help:"At most so many entries; 0 for all."`
	Output string `default:"table" enum:"table,json" help:"${enum}; json prints one entry a line."`
}

// historian is the part of the registry that the command needs.
type historian interface {
	History(ctx context.Context, q ledger.Query) (ledger.Page, error)
}

// defaultTable is the name that the template gives the table.
const defaultTable = "shardkeeper"

// Run prints history, newest first.
func (c historyCommand) Run(ctx context.Context, at surroundings) error {
	query, err := c.query(at.now())
	if err != nil {
		return err
	}
	table := cmp.Or(c.Table, at.getenv("TABLE_NAME"), defaultTable)
	registry, err := at.open(ctx, table)
	if err != nil {
		return fmt.Errorf("open the table %s: %w", table, err)
	}
	show := tableOf(at.stdout, c.Stream == "")
	if c.Output == "json" {
		show = func(e ledger.Entry) error { return writeJSON(at.stdout, lineOf(e)) }
	}
	shown, more, err := each(ctx, registry, query, c.Limit, show)
	if err != nil {
		return fmt.Errorf("query the history in table %s, with the Region and credentials of the environment: %w", table, err)
	}
	switch {
	case shown == 0:
		_, err = fmt.Fprintf(at.stderr, "no history from %s to %s\n", query.From.Format(time.RFC3339), query.To.Format(time.RFC3339))
	case more:
		_, err = fmt.Fprintf(at.stderr, "the newest %d entries; --limit 0 shows all\n", shown)
	}
	return err
}

func (c historyCommand) query(now time.Time) (ledger.Query, error) {
	q := ledger.Query{Stream: c.Stream, From: c.Since.of(now), To: now}
	if c.Kind != "all" {
		q.Kind = ledger.Kind(c.Kind)
	}
	if c.Until.set {
		q.To = c.Until.of(now)
	}
	switch {
	case c.Stream != "" && !scaling.ValidStreamName(c.Stream):
		return q, fmt.Errorf("%w: no stream is named %q", errUsage, c.Stream)
	case c.Limit < 0:
		return q, fmt.Errorf("%w: --limit %d is negative", errUsage, c.Limit)
	case !q.From.Before(q.To):
		return q, fmt.Errorf("%w: --since %s is not before --until %s", errUsage, q.From.Format(time.RFC3339), q.To.Format(time.RFC3339))
	}
	return q, nil
}

// each shows entries page by page, at most limit of them, and says how many there were and whether
// there are more.
func each(ctx context.Context, from historian, q ledger.Query, limit int, show func(ledger.Entry) error) (shown int, more bool, err error) {
	for {
		q.Limit = 1000
		if limit > 0 {
			q.Limit = min(limit-shown, q.Limit)
		}
		page, err := from.History(ctx, q)
		if err != nil {
			return shown, false, err
		}
		for _, e := range page.Entries {
			if err := show(e); err != nil {
				return shown, false, err
			}
			shown++
		}
		if q.Cursor = page.Next; q.Cursor == "" || shown == limit && limit > 0 {
			return shown, q.Cursor != "", nil
		}
	}
}

// tableOf returns what writes entries as rows, with the header before the first.
func tableOf(out io.Writer, named bool) func(ledger.Entry) error {
	t, begun := historyTable(width, named), false
	return func(e ledger.Entry) error {
		if !begun {
			begun = true
			if err := t.header(out); err != nil {
				return err
			}
		}
		return t.row(out, entryCells(e, named)...)
	}
}
