package inspect

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Patient is a stack that is looked at as a whole.
type Patient interface {
	Registry
	Fleet(ctx context.Context) (ledger.Fleet, error)
}

// alarmsAtOnce is how many streams' alarms one call reads.
const alarmsAtOnce = 50

// Look reads what a stack is judged by: the items, a call for a hundred streams, and the alarms, a call for fifty. The
// alarms are an extra: unread is why they could not be read, nil where they were. Read is told how far it is.
func Look(ctx context.Context, registry Patient, alarms Alarms, now time.Time, read func(done, all int)) (h Health, unread, err error) {
	if h.Pause, err = registry.Paused(ctx); err != nil {
		return h, nil, err
	}
	if h.Fleet, err = registry.Fleet(ctx); err != nil {
		return h, nil, err
	}
	names, err := registry.Names(ctx, MaxStreams)
	if err != nil {
		return h, nil, err
	}
	for part := range slices.Chunk(names, batch) {
		items, err := registry.Items(ctx, part...)
		if err != nil {
			return h, nil, err
		}
		h.Items = append(h.Items, items...)
		read(len(h.Items), 2*len(names))
	}
	h.Pairs = map[string]scaling.AlarmPair{}
	for part := range slices.Chunk(h.Items, alarmsAtOnce) {
		wants := make([]scaling.AlarmWant, len(part))
		for i, s := range part {
			wants[i] = s.AlarmKept()
		}
		pairs, err := alarms.Status(ctx, wants)
		if err != nil {
			h.Pairs = nil
			return h, fmt.Errorf("read the alarms: %w", err), nil
		}
		maps.Copy(h.Pairs, pairs)
		read(len(names)+len(h.Pairs), 2*len(names))
	}
	return h, nil, nil
}
