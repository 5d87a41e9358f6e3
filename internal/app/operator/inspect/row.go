// Package inspect is what people ask of a stack: how its streams are, what one of them waits for, and what would be
// decided on it now. It reads and computes; how it looks on a terminal is the command's.
package inspect

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Row is what the registry tells of one stream, in a line.
type Row struct {
	Stream       string
	Status       ledger.Enrollment
	StatusReason string // of a suspension; empty otherwise
	Mode         scaling.Mode
	OpenShards   int             // when last seen; 0: never
	SeenAt       time.Time       // when the stream was last seen ACTIVE; zero: never
	Measured     ledger.Measured // how full it was; the zero value: it never was decided on
	Usable       float64         // share of the nominal capacity that it can use at its size, 0 to 1
	Min, Max     int             // shards
	Used         int             // operations of the rolling 24 hours
	Left         int             // operations that are left for scale-ups; those for scale-downs are fewer by the reserve
	Last         scaling.Operation
	Waits        []Wait // what it waits for, the most important first; none: it is ready

	throttledShare float64 // its setting, which tells when a minute is full
}

// Bounded reports whether the stream has bounds: one whose tags could not be used from the start has no settings.
func (r Row) Bounded() bool { return r.Max > 0 }

// rowOf makes the row of a stream at a time, with the pause of the stack it is in.
func rowOf(s ledger.Item, pause ledger.Pause, now time.Time) Row {
	used := s.Operations.Used(now)
	last, _ := s.Operations.Newest()
	return Row{
		Stream: s.Name, Status: s.Status, StatusReason: s.StatusReason, Mode: s.Settings.Mode, OpenShards: s.OpenShards, SeenAt: s.SeenAt,
		Measured: s.Measured, Usable: s.UsableAt(s.OpenShards), Min: s.Settings.MinShards, Max: s.Settings.MaxShards,
		Used: used, Left: max(s.Settings.OperationLimit-used, 0), Last: last, Waits: Waits(s, pause, now),
		throttledShare: s.Settings.ThrottledShare,
	}
}

// Registry is the part of the registry that a look at all streams needs.
type Registry interface {
	Names(ctx context.Context, limit int) ([]string, error)
	Items(ctx context.Context, names ...string) ([]ledger.Item, error)
	Paused(ctx context.Context) (ledger.Pause, error)
}

const (
	// MaxStreams is how many streams a look at all takes in.
	MaxStreams = 100_000
	// batch is how many streams are read before the next word on the progress: one call.
	batch = 100
)

// Rows returns a row for each stream of a stack that is enrolled or suspended and that wanted takes, by name. It
// makes a call for a hundred streams and two or three more. Read is told how many of how many were read.
func Rows(ctx context.Context, registry Registry, now time.Time, wanted func(stream string) bool, read func(done, all int)) ([]Row, error) {
	pause, err := registry.Paused(ctx)
	if err != nil {
		return nil, err
	}
	all, err := registry.Names(ctx, MaxStreams)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range all {
		if wanted(name) {
			names = append(names, name)
		}
	}
	rows := make([]Row, 0, len(names))
	for from := 0; from < len(names); from += batch {
		items, err := registry.Items(ctx, names[from:min(from+batch, len(names))]...)
		if err != nil {
			return nil, err
		}
		for _, s := range items {
			rows = append(rows, rowOf(s, pause, now))
		}
		read(min(from+batch, len(names)), len(names))
	}
	return rows, nil
}
