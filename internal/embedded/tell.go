package embedded

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Handler is what Lambda calls.
type Handler interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// Around returns a handler that makes the world new before each invocation, and tells after it what was
// decided in it. Without a world, as on AWS, it is the handler itself.
func (w *World) Around(out io.Writer, h Handler) Handler {
	if w == nil {
		return h
	}
	return told{world: w, out: out, handler: h}
}

type told struct {
	world   *World
	out     io.Writer
	handler Handler
}

// Invoke implements [Handler].
func (t told) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if err := t.world.begin(ctx, string(payload)); err != nil {
		return nil, err
	}
	before, err := t.world.history(ctx)
	if err != nil {
		return nil, err
	}
	answer, fault := t.handler.Invoke(ctx, payload)
	after, err := t.world.history(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(t.out, t.world.tale(added(before, after))); err != nil {
		return nil, err
	}
	return answer, fault
}

// added is what history has more than before, oldest first. An entry may be of a time long ago.
func added(before, after []ledger.Entry) []ledger.Entry {
	fresh := slices.DeleteFunc(after, func(e ledger.Entry) bool {
		return slices.ContainsFunc(before, func(old ledger.Entry) bool {
			return old.Stream == e.Stream && old.ID == e.ID && old.At.Equal(e.At)
		})
	})
	slices.Reverse(fresh)
	return fresh
}

// history is all of it, newest first. There are only a few entries.
func (w *World) history(ctx context.Context) ([]ledger.Entry, error) {
	now := w.now()
	page, err := w.registry.History(ctx, ledger.Query{From: now.AddDate(-10, 0, 0), To: now.Add(time.Hour)})
	return page.Entries, err
}

// tale is what happened in the world, for people.
func (w *World) tale(entries []ledger.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, `
---- The embedded world of sam local invoke: nothing real was touched ----
Every stream of it is %.0f %% full; orders has 2 shards.
`, 100*w.load)
	section := func(title, empty string, lines []string) {
		fmt.Fprintln(&b, title)
		if len(lines) == 0 {
			lines = []string{empty}
		}
		for _, line := range lines {
			fmt.Fprintln(&b, "  "+line)
		}
	}
	var decided, written []string
	for _, e := range entries {
		decided = append(decided, e.Stream+": "+decision(e))
		written = append(written, fmt.Sprintf("%s %s, %s by %s: %s", e.At.UTC().Format(time.DateTime), e.Stream,
			strings.TrimSpace(string(e.Kind)+" "+string(e.Outcome)), cmp.Or(e.Actor, "?"), why(e)))
	}
	section("Decided:", "nothing to scale and nothing to enroll; the log lines above say why", decided)
	section("Calls that were asked of the world, and would go to AWS:", "none", w.calls)
	section("Entries for the history:", "none", written)
	return b.String()
}

// decision is an entry in words.
func decision(e ledger.Entry) string {
	switch e.Kind {
	case ledger.KindOperation:
		return fmt.Sprintf("scale %s, shards %d -> %d", e.Direction, e.From, e.To)
	case ledger.KindHold:
		return fmt.Sprintf("hold, shards stay at %d", e.From)
	case ledger.KindFailure, ledger.KindExternal, ledger.KindEnrollment, ledger.KindSettings, ledger.KindPause:
	}
	return string(e.Kind) + ", " + why(e)
}

// why is what led to an entry.
func why(e ledger.Entry) string {
	switch {
	case len(e.Reasons) == 0:
		return e.Detail
	case e.Detail == "":
		return e.Reasons.String()
	}
	return e.Reasons.String() + "; " + e.Detail
}
