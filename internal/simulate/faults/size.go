package faults

// How large an item may become. DynamoDB takes none above 400 KB, and a stream whose item cannot be written is scaled no more.

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// ItemsStaySmall is checked at every write.
const ItemsStaySmall Promise = "an item does not grow without bound"

// Bounds of what an item holds beside what belongs to people: its tags and overrides.
const (
	mostText       = 40_000 // bytes of all texts
	mostSizes      = 60     // of the usable share
	mostRecuts     = 100
	keptOperations = 10 // at least; and all of 24 hours
)

// small checks the lists of an item that was just written. Its texts are checked in health, since somebody may just have left one.
func (a *auditor) small(item ledger.Item) {
	old := 0
	for _, op := range item.Operations {
		if !op.At.After(a.world.Now().Add(-window - time.Hour)) {
			old++
		}
	}
	if len(item.Usable.Sizes) > mostSizes || len(item.Recuts) > mostRecuts+1 || old > keptOperations+12 { // somebody may have written 12 more
		a.broken(ItemsStaySmall, item.Name, "%d sizes, %d splits and merges, %d old operations", len(item.Usable.Sizes), len(item.Recuts), old)
	}
}

// textOf counts the bytes of an item's texts.
func textOf(s ledger.Item) int {
	n := len(s.ARN) + len(s.StatusReason) + len(s.SettingsFault) + len(s.LeaseOwner) + len(s.Opposed.By) + len(s.Consumer.Function) + len(s.Trouble) +
		textOfSettings(s.Settings) + textOfSettings(s.Untimed)
	for _, op := range s.Operations {
		n += len(op.Actor)
	}
	for _, r := range s.Recuts {
		n += len(r.ID)
	}
	for _, op := range []*ledger.Entry{s.InFlight, s.Draining} {
		if op == nil {
			continue
		}
		n += len(op.ID) + len(op.Detail) + len(op.Actor) + len(op.Alarm)
		for _, reason := range op.Reasons {
			n += len(reason.Detail)
		}
	}
	return n
}

func textOfSettings(s scaling.Settings) int {
	return len(s.Consumer) + len(s.FanOutConsumers) + len(s.Schedule)
}
