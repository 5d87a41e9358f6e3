package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

const ana = "arn:aws:iam::123456789012:user/ana"

// recut is the event of a split (1) or a merge (-1) made some minutes after noon.
func recut(minute, shards int) ledger.Recut {
	return ledger.Recut{At: noon().Add(time.Duration(minute) * time.Minute), ID: fmt.Sprintf("call-%d", minute), Shards: shards}
}

// takes returns the stream after the event of a recut, which must be new.
func takes(t tester, s ledger.Item, r ledger.Recut) ledger.Item {
	t.Helper()
	next, entry, isNew := s.Recut(r, ana, "SplitShard", r.At.Add(10*time.Minute))
	if !isNew || entry.ID != r.ID || !entry.At.Equal(r.At) || entry.Actor != ana || entry.Kind != ledger.KindExternal {
		t.Errorf("entry %+v, new %t", entry, isNew)
	}
	return next
}

// look returns the stream after it was seen ACTIVE.
func look(s ledger.Item, open, minute int) ledger.Item {
	now := noon().Add(time.Duration(minute)*time.Minute + 30*time.Second)
	next, _ := s.Noticed(seen(open), now)
	return next.Seen(seen(open), now)
}

// Ten splits, each seen with one shard more, take no slot: the service counts UpdateShardCount alone.
func TestSplitsTakeNoSlot(t *testing.T) {
	for name, step := range map[string]func(ledger.Item, int) ledger.Item{
		"event first": func(s ledger.Item, i int) ledger.Item { return look(takes(t, s, recut(5*i, 1)), 5+i, 5*i+2) },
		"size first":  func(s ledger.Item, i int) ledger.Item { return takes(t, look(s, 5+i, 5*i+2), recut(5*i, 1)) },
		"event, size and size": func(s ledger.Item, i int) ledger.Item {
			return look(look(takes(t, s, recut(5*i, 1)), 5+i, 5*i+2), 5+i, 5*i+3)
		},
		"nobody looks": func(s ledger.Item, i int) ledger.Item {
			if s = takes(t, s, recut(5*i, 1)); i < 9 {
				return s
			}
			return look(s, 14, 60)
		},
	} {
		s := enrolled(4)
		for i := range 10 {
			s = step(s, i)
		}
		if used := s.Operations.Used(noon().Add(time.Hour)); used != 0 || s.OpenShards != 14 {
			t.Errorf("%s: %d slots, %d open shards; want 0 and 14: %v", name, used, s.OpenShards, s.Operations)
		}
	}
}

// All splits of ten minutes are seen at once, before any of their events: the one slot that this takes
// comes back with the last of them.
func TestASizeThatWasSeenIsExplainedBitByBit(t *testing.T) {
	s := look(enrolled(4), 7, 10)
	for i := range 3 {
		if used := s.Operations.Used(noon().Add(time.Hour)); used != 1 {
			t.Errorf("%d slots after %d of 3 events, want 1", used, i)
		}
		s = takes(t, s, recut(i, 1))
	}
	if used := s.Operations.Used(noon().Add(time.Hour)); used != 0 {
		t.Errorf("%d slots, want none: %v", used, s.Operations)
	}
}

// The line of a call says who, when and from what to what, as far as that is known.
func TestTheLineOfASplit(t *testing.T) {
	_, entry, _ := enrolled(4).Recut(recut(1, 1), ana, "SplitShard", noon())
	if entry.From != 4 || entry.To != 5 || entry.Direction != scaling.Up || !strings.Contains(entry.Detail, "SplitShard") {
		t.Errorf("event first: %+v", entry)
	}
	_, entry, _ = look(enrolled(4), 3, 2).Recut(recut(1, -1), ana, "MergeShards", noon())
	if entry.From != 4 || entry.To != 3 || entry.Direction != scaling.Down {
		t.Errorf("size first: %+v", entry)
	}
	_, entry, _ = enrolled(0).Recut(recut(1, 1), ana, "SplitShard", noon())
	if entry.From != 0 || entry.To != 0 || entry.Direction != scaling.Up {
		t.Errorf("of a stream that was never seen: %+v", entry)
	}
}

// The same event again, or one of another day, explains nothing more.
func TestAnEventExplainsOnce(t *testing.T) {
	s := look(takes(t, enrolled(4), recut(1, 1)), 5, 3)
	if _, _, isNew := s.Recut(recut(1, 1), ana, "SplitShard", noon()); isNew {
		t.Error("the same event is new")
	}
	s = look(s, 6, 20) // by somebody who is not told of
	old, _, _ := s.Recut(recut(-26*60, 1), ana, "SplitShard", noon().Add(21*time.Minute))
	later, _, _ := s.Recut(recut(40, 1), ana, "SplitShard", noon().Add(50*time.Minute))
	merge, _, _ := s.Recut(recut(19, -1), ana, "MergeShards", noon().Add(50*time.Minute))
	for name, s := range map[string]ledger.Item{"of yesterday": old, "made after it was seen": later, "the other way": merge} {
		if used := s.Operations.Used(noon().Add(time.Hour)); used != 1 {
			t.Errorf("%s: %d slots, want 1", name, used)
		}
	}
}

// What is kept of recuts has a bound.
func TestRecutsAreKeptForADayAndAHundred(t *testing.T) {
	s := enrolled(4)
	for i := range 150 {
		s = look(takes(t, s, recut(i, 1)), 5+i, i)
	}
	if len(s.Recuts) != 100 || !slices.IsSortedFunc(s.Recuts, func(x, y ledger.Recut) int { return y.At.Compare(x.At) }) {
		t.Errorf("%d recuts, want the newest 100", len(s.Recuts))
	}
	if s = takes(t, s, recut(30*60, 1)); len(s.Recuts) != 1 {
		t.Errorf("%d recuts a day later, want 1", len(s.Recuts))
	}
}

// Two calls of UpdateShardCount, and splits and merges between them: whatever order events and looks come
// in, the calls take two slots and the rest none.
func TestSlotsInAnyOrderOfEventsAndLooks(t *testing.T) {
	type call struct {
		minute, from, to int
		reshard          bool
	}
	rapid.Check(t, func(rt *rapid.T) {
		var calls []call
		open, reshards := 4, 0
		for minute := 1; minute <= 13; minute += 3 {
			c := call{minute: minute, from: open, reshard: rapid.IntRange(0, 3).Draw(rt, "kind") == 0 && reshards < 2}
			switch {
			case c.reshard:
				c.to = 2 * open
				reshards++
			case rapid.Bool().Draw(rt, "split"):
				c.to = open + 1
			default:
				c.to = open - 1
			}
			if c.to < 2 {
				continue
			}
			open = c.to
			calls = append(calls, c)
		}
		at := func(minute int) int { // the open shards of a minute
			size := 4
			for _, c := range calls {
				if c.minute <= minute {
					size = c.to
				}
			}
			return size
		}
		type step struct {
			minute int
			event  *call
		}
		var steps []step
		for i := range calls {
			steps = append(steps, step{calls[i].minute + rapid.IntRange(0, 14).Draw(rt, "delay"), &calls[i]})
		}
		for range rapid.IntRange(0, 6).Draw(rt, "looks") {
			steps = append(steps, step{rapid.IntRange(1, 28).Draw(rt, "look"), nil})
		}
		slices.SortStableFunc(steps, func(x, y step) int { return x.minute - y.minute })
		s := enrolled(4)
		for _, step := range append(steps, step{29, nil}) {
			now := noon().Add(time.Duration(step.minute)*time.Minute + time.Second)
			if c := step.event; c == nil {
				s = look(s, at(step.minute), step.minute)
			} else if c.reshard {
				s, _, _ = s.External(scaling.Operation{At: noon().Add(time.Duration(c.minute) * time.Minute), From: c.from, To: c.to, Direction: scaling.Up, Actor: ana}, fmt.Sprintf("call-%d", c.minute), "UpdateShardCount", now)
			} else {
				s, _, _ = s.Recut(recut(c.minute, c.to-c.from), ana, "SplitShard", now)
			}
		}
		if used := s.Operations.Used(noon().Add(time.Hour)); used != reshards || s.OpenShards != open {
			rt.Errorf("%d slots, %d open shards; want %d and %d\ncalls %+v\nsteps %+v\noperations %+v", used, s.OpenShards, reshards, open, calls, steps, s.Operations)
		}
	})
}

// The answer of our call was lost, and once it was done somebody merged the stream back to the size before it. The merge is known,
// so the call was: it keeps its slot, and counts as nobody else's.
func TestAMergeAfterOurCallTellsThatItWasMade(t *testing.T) {
	for _, told := range []bool{true, false} {
		s, _ := granted(t, look(enrolled(4), 4, -1)) // to 8
		for i := range 4 {
			if told {
				s = takes(t, s, recut(3+i, -1))
			}
		}
		now := noon().Add(8 * time.Minute)
		settled, entries, done := s.Settle(seen(4), now)
		want, slots := ledger.OutcomeNotApplied, 0
		if told {
			want, slots = ledger.OutcomeSuperseded, 1
		}
		if !done || len(entries) != 1 || entries[0].Outcome != want {
			t.Fatalf("merges known %t: done %t, %+v", told, done, entries)
		}
		seenNow, others := settled.Noticed(seen(4), now)
		if used := seenNow.Operations.Used(now); used != slots || len(others) > 0 || seenNow.OpenShards != 4 {
			t.Errorf("merges known %t: %d slots, %d open shards, counted as somebody else's: %+v", told, used, seenNow.OpenShards, others)
		}
	}
}

// What a call made of the stream is not told from its size of now where that has the call in it already: of a stream that was
// enrolled after a split, or of one that has gone on since. That the sizes are not known is said, and no wrong ones.
func TestTheLineOfASplitThatIsToldLate(t *testing.T) {
	for name, s := range map[string]ledger.Item{
		"enrolled after the split":  look(enrolled(5), 5, 3),
		"three days ago, 16 by now": look(enrolled(16), 16, 3*24*60),
	} {
		if _, entry, isNew := s.Recut(recut(1, 1), ana, "SplitShard", s.SeenAt.Add(time.Minute)); !isNew || entry.From != 0 || entry.To != 0 || entry.Direction != scaling.Up {
			t.Errorf("%s: %+v", name, entry)
		}
	}
}

// An event that is handed over again days later does not write over the line that tells of its call.
func TestAnEventOfDaysAgoLeavesItsLineAlone(t *testing.T) {
	told, first, _ := enrolled(4).Recut(recut(1, 1), ana, "SplitShard", noon().Add(2*time.Minute))
	s := look(takes(t, look(told, 5, 3), recut(30*60, 1)), 6, 30*60+1)
	_, again, isNew := s.Recut(recut(1, 1), ana, "SplitShard", noon().Add(72*time.Hour))
	if isNew && again.ID == first.ID && again.At.Equal(first.At) {
		t.Errorf("%+v is in the place of %+v", again, first)
	}
}
