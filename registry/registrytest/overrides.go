package registrytest

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// twelve is a timed override to twelve shards for two hours.
func twelve() ledger.Timed {
	return ledger.Timed{
		ID: "scale-1", From: start(), Until: start().Add(2 * time.Hour), Settings: scaling.Layer{"min-shards": "12", "max-shards": "12"},
		Reason: "a sale", Who: "arn:aws:iam::123456789012:user/ana",
	}
}

// mornings is a timed override at times of its own, without an end.
func mornings() ledger.Timed {
	return ledger.Timed{ID: "set-1", From: start(), Schedule: "mon-fri 08:30 Europe/Berlin 4h", Settings: scaling.Layer{"min-shards": "64"}}
}

func overridesSaved(b *bench) {
	before := b.save(full("orders"))
	after := before.Clone()
	after.Overrides, after.Timed = scaling.Layer{"max-shards": "40"}, []ledger.Timed{twelve(), mornings()}
	after.Fence, after.OpenShards, after.Status = 1, 99, ledger.Unenrolled // none of these is written
	after.DueAt = start().Add(time.Second)
	entry := entryOf("orders", start(), "timed-1")
	saved, err := b.SaveOverrides(b.Context(), before, after, entry)
	b.wantErr(err, nil)

	want := before.Clone()
	want.Overrides, want.Timed, want.DueAt, want.Revision = after.Overrides, after.Timed, after.DueAt, before.Revision+1
	b.want("saved", saved, want)
	b.want("loaded", b.load("orders"), want)
	b.want("history", b.history(ledger.Query{Stream: "orders", To: start().Add(time.Hour)}).Entries, []ledger.Entry{entry})

	// Every other write leaves them alone.
	granted, err := b.Claim(b.Context(), b.enrolled("payments"), claim(scaling.Up, start()))
	b.wantErr(err, nil)
	granted.Timed = []ledger.Timed{twelve()}
	b.save(granted)
	b.want("timed overrides after a save", b.load("payments").Timed, []ledger.Timed(nil))
	saved.Timed, saved.Overrides = nil, nil
	b.save(saved)
	b.want("timed overrides after a save of none", b.load("orders").Timed, want.Timed)

	before = b.load("orders")
	after = before.Clone()
	after.Overrides, after.Timed, after.DueAt = nil, nil, time.Time{}
	_, err = b.SaveOverrides(b.Context(), before, after)
	b.wantErr(err, nil)
	loaded := b.load("orders")
	b.want("overrides", loaded.Overrides, scaling.Layer(nil))
	b.want("timed overrides", loaded.Timed, []ledger.Timed(nil))
	b.want("due", loaded.DueAt, time.Time{})
}

func overridesConflict(b *bench) {
	before := b.enrolled("orders")
	after := before.Clone()
	after.Timed = []ledger.Timed{twelve()}
	refused := func(what string) {
		b.Helper()
		_, err := b.SaveOverrides(b.Context(), before, after, entryOf("orders", start(), "lost"))
		b.wantErr(err, ledger.ErrConflict)
		b.want("history after "+what, b.history(ledger.Query{Stream: "orders", To: start().Add(time.Hour)}), ledger.Page{})
		b.want("timed overrides after "+what, b.load("orders").Timed, []ledger.Timed(nil))
	}
	b.edit(scaling.Layer{"min-shards": "3"}) // raises no revision
	refused("an edit in the console")
	b.edit(nil)
	b.save(before)
	refused("another write")
}
