package faults

import (
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// written compares a stream's item with what it was before this write.
func (a *auditor) written(c simulate.Call) {
	item, err := a.table.load(c.Stream)
	if err != nil {
		a.broken(TheFenceRises, c.Stream, "its item is gone: %v", err)
		return
	}
	b := a.book(c.Stream)
	before := b.item
	b.item = item
	a.planned(b)
	a.small(item)
	a.learn(b)
	a.whole(c, before, item)
	a.handled(c, before, item)
	a.slotTime(b)
	a.settled(before, item)
	if item.Status == ledger.Enrolled && before.Status != ledger.Enrolled {
		b.enrolled = a.world.Now()
	}
	switch item.Fence {
	case before.Fence:
	case before.Fence + 1:
		a.claimed(c, b, before)
	default:
		if a.world.Now().Sub(b.editedAt) < justNow { // who read the item before an edit by hand writes over it
			b.oldFence = item.Fence
			return
		}
		a.broken(TheFenceRises, c.Stream, "from %d to %d with %s by %s", before.Fence, item.Fence, c.API, c.Request)
	}
	if item.InFlight != nil && item.InFlight.Fence != item.Fence && !a.justEdited(b) {
		a.broken(OneOperationAtATime, c.Stream, "in flight is %s under fence %d", inFlight(item), item.Fence)
	}
	if before.InFlight != nil && item.InFlight == nil || item.Fence != before.Fence || len(item.Operations) != len(before.Operations) {
		a.slots(b, before)
	}
}

// claimed checks a claim against the item that it was made on.
func (a *auditor) claimed(c simulate.Call, b *book, before ledger.Item) {
	op := b.item.InFlight
	if op == nil {
		a.broken(HistoryComesFirst, c.Stream, "claim %d has nothing in flight", b.item.Fence)
		return
	}
	if !a.intended(c.Stream, op.Fence, op.To) {
		a.broken(HistoryComesFirst, c.Stream, "claim %d has no item that says it is intended", op.Fence)
	}
	if before.InFlight != nil {
		a.broken(OneOperationAtATime, c.Stream, "%s claims operation %d while %s is in flight", c.Request, op.Fence, inFlight(before))
	}
	if until := before.LeaseUntil; until.After(a.world.Now().Add(a.plan.clockMargin())) {
		a.broken(OneOperationAtATime, c.Stream, "%s claims operation %d while %s holds the lease until %s", c.Request, op.Fence, before.LeaseOwner, until)
	}
	if a.paused || b.item.Settings.Pause.Covers(op.Direction) {
		a.broken(PausesAreKept, c.Stream, "%s claims operation %d while it is paused", c.Request, op.Fence)
	}
	if len(op.Reasons) == 0 {
		a.broken(EveryDecisionHasAReason, c.Stream, "%s", op.ID)
	}
	_, asked, _ := scaling.ParseAlarmName(op.Alarm)
	if handled := before.Watch(asked).Handled; !op.TransitionAt.After(handled) {
		a.broken(OneClaimPerTransition, c.Stream, "%s acts on the transition of %s, and that of %s was handled", c.Request, op.TransitionAt, handled)
	}
	b.leases[c.Request], b.fenceOf[c.Request] = b.item.LeaseUntil, op.Fence
	a.claimedUnseen(c, b, before, *op)
	a.bounds(c, b.item, *op)
	a.budget(c, b, *op)
	a.decided(c, b, *op)
}

// bounds checks the target against the settings that the claim was made with. They may have
// changed since the stream was observed; then the claim's condition on the revision fails, unless
// they changed in the table by hand and no use case has read them yet.
func (a *auditor) bounds(c simulate.Call, item ledger.Item, op ledger.Entry) {
	s := item.Settings
	switch {
	case op.To > 2*op.From, 2*op.To < op.From, op.To == op.From:
	case op.To > op.From && op.To > s.MaxShards, op.To < op.From && op.To < s.MinShards:
	case op.Direction == scaling.Up != (op.To > op.From):
	default:
		if fleet := a.fleets[c.Request]; op.To > op.From && fleet.Account.ShardLimit > 0 && op.To-op.From > max(fleet.Account.ShardLimit-fleet.Account.OpenShards, 0) {
			a.broken(WithinTheQuota, c.Stream, "from %d to %d, and the account had %d of %d shards", op.From, op.To, fleet.Account.OpenShards, fleet.Account.ShardLimit)
		}
		return
	}
	a.broken(WithinTheBounds, c.Stream, "%s from %d to %d, minimum %d, maximum %d", op.Direction, op.From, op.To, s.MinShards, s.MaxShards)
}

// budget counts the calls of the 24 hours before a claim: ours by our own books, and those of
// others that the registry was told of.
func (a *auditor) budget(c simulate.Call, b *book, op ledger.Entry) {
	limit := b.item.Settings.OperationLimit
	if op.Direction == scaling.Down {
		limit -= b.item.Settings.ScaleUpReserve
	}
	now, used := a.world.Now(), 1
	if now.Sub(b.restored) < window { // the service alone knows what was forgotten, and refuses what is beyond its limit
		if b.byHand.IsZero() && op.Direction == scaling.Down && limit <= b.oldAllowed {
			a.broken(TenCallsADay, c.Stream, "%s claims a scale-down within a day of the restore, and calls may be forgotten", c.Request)
		}
		return
	}
	recent := func(o call) bool { return o.At.After(now.Add(-window)) }
	for _, o := range b.ours {
		if recent(o) && !b.reshardedBack(o) {
			used++
		}
	}
	for _, o := range b.others {
		if recent(o) && o.known {
			used++
		}
	}
	if used > limit {
		a.broken(TenCallsADay, c.Stream, "%s claims call %d of the last 24 hours, and %d are allowed %s", c.Request, used, limit, op.Direction)
	}
}

// learn marks which calls by hand the registry was told of, by its history: an event names the
// call's own time; what was only seen is the newest call with that result.
func (a *auditor) learn(b *book) {
	if !anyUnknown(b.others) {
		return
	}
	for _, e := range a.history(b.item.Name, ledger.KindExternal, begin()) {
		seen := strings.HasPrefix(e.ID, "seen-")
		for i := len(b.others) - 1; i >= 0; i-- {
			o := &b.others[i]
			if !seen && e.At.Equal(o.At.Truncate(time.Second)) {
				o.known = true
				break
			}
			if seen && len(b.recuts) == 0 && o.To == e.To && !o.At.After(e.At.Add(a.plan.clockMargin())) {
				o.known, o.late = true, o.late || e.At.Sub(o.At) > sameReshard
				break
			}
		}
	}
}

// sameReshard is a little less than the limit of the same name in package ledger: a call by hand that was
// first seen by its result, and of which the event tells later than that, cannot be told from two. It
// takes two slots, which errs on the side of fewer operations.
const sameReshard = 29 * time.Minute

func anyUnknown(calls []call) bool {
	for _, c := range calls {
		if !c.known {
			return true
		}
	}
	return false
}

// slots compares the item's operations with the history: each operation of ours that was not
// refused and did not prove void has one slot, and none else; and others have no more slots than
// they made calls.
func (a *auditor) slots(b *book, before ledger.Item) {
	name, now := b.item.Name, a.world.Now()
	slots := map[int64]int{}
	others := 0
	for _, op := range b.item.Operations {
		if op.Fence == 0 && !b.forgets(op.At) {
			others++
		} else if op.Fence > b.oldFence {
			slots[op.Fence]++
		}
	}
	calls := len(b.others) + len(b.recuts) + b.phantoms
	for _, o := range b.others {
		if o.late {
			calls++
		}
	}
	for _, o := range b.ours {
		if o.onItsWay || b.reshardedBack(o) { // its event may come after its claim was settled
			calls++
		}
	}
	if others > calls {
		a.broken(SlotsAreExact, name, "others have %d slots and made %d calls", others, len(b.others))
	}
	kept := map[int64]bool{}
	for _, e := range a.history(name, ledger.KindOperation, begin()) {
		if _, newer := kept[e.Fence]; newer && !b.byHand.IsZero() {
			continue // by hand fences may have begun anew
		}
		kept[e.Fence] = e.Outcome != ledger.OutcomeRefused && e.Outcome != ledger.OutcomeNotApplied
		want := 0
		if kept[e.Fence] {
			want = 1
		}
		if !b.forgets(e.At) && e.At.After(now.Add(-window)) && slots[e.Fence] != want {
			a.broken(SlotsAreExact, name, "operation %d, %s, has %d slots", e.Fence, e.Outcome, slots[e.Fence])
		}
		if before.InFlight != nil && b.item.InFlight == nil && e.Fence == before.InFlight.Fence && !final(e.Outcome) {
			a.broken(OneHistoryItem, name, "operation %d is no longer in flight, and its item says %s", e.Fence, e.Outcome)
		}
	}
	for fence, n := range slots {
		if n > 1 || !kept[fence] && !b.lost[fence] {
			a.broken(SlotsAreExact, name, "operation %d has %d slots, in the history it has one: %t", fence, n, kept[fence])
		}
	}
}

func final(o ledger.Outcome) bool {
	return o != ledger.OutcomeIntended && o != ledger.OutcomeUnknown && o != ledger.OutcomeAccepted
}

// reshardedBack is the one case in which an accepted call may count as not applied: its answer was
// lost, and within a quarter of an hour, before anybody of ours looked, somebody resharded the
// stream back by hand to the size from before, and the event of that was lost too. See
// appearDelay in package ledger.
func (b *book) reshardedBack(op call) bool {
	for _, other := range b.others {
		if after := other.At.Sub(op.At); after > 0 && after < 16*time.Minute && other.To == op.From {
			return true
		}
	}
	return slices.ContainsFunc(b.recuts, func(at time.Time) bool { return at.After(op.At) && at.Sub(op.At) < 16*time.Minute })
}
