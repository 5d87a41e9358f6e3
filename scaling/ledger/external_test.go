package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Somebody halves a stream, doubles it and halves it again within half an hour, and the event of the first
// call is lost. What was seen of that call is not taken for the third one.
func TestAnEventIsOfNoCallThatWasSeenBeforeIt(t *testing.T) {
	s, _ := enrolled(4).Noticed(seen(2), noon())
	s, _, _ = s.External(handmade(5*time.Minute, 4), "back", "UpdateShardCount", noon().Add(6*time.Minute))
	s, _ = s.Noticed(seen(4), noon().Add(8*time.Minute))
	s, _, _ = s.External(handmade(15*time.Minute, 2), "again", "UpdateShardCount", noon().Add(16*time.Minute))
	s, _ = s.Noticed(seen(2), noon().Add(18*time.Minute))
	if used := s.Operations.Used(noon().Add(time.Hour)); used != 3 {
		t.Errorf("three calls have %d slots: %v", used, s.Operations)
	}
}

// The first call was seen, the third was too, and then the event of the first comes. It takes the place of
// the first look, so that the slot of the third comes back when that is 24 hours old.
func TestALateEventIsOfTheFirstSightAfterIt(t *testing.T) {
	s, _ := enrolled(4).Noticed(seen(2), noon().Add(2*time.Minute))
	s, _ = s.Noticed(seen(4), noon().Add(8*time.Minute))
	s, _ = s.Noticed(seen(2), noon().Add(18*time.Minute))
	s, _, _ = s.External(handmade(0, 2), "first", "UpdateShardCount", noon().Add(20*time.Minute))
	if newest, _ := s.Operations.Newest(); len(s.Operations) != 3 || !newest.At.Equal(noon().Add(18*time.Minute)) {
		t.Errorf("the slots are %v", s.Operations)
	}
}

// A look finds the stream with 8 open shards. Before it is written down, somebody goes on to 16, and the
// event of that is counted: its call is older than the look's own time. The 16 open shards are then
// not counted again.
func TestACallToldOfIsNotCountedAgainWhenSeen(t *testing.T) {
	told := func(after time.Duration) scaling.Operation {
		return scaling.Operation{At: noon().Add(after), From: 8, To: 16, Actor: "arn:ops"}
	}
	for name, test := range map[string]struct {
		call time.Duration // after the look wrote down 8
		want int           // slots
	}{
		"just before the look's time": {-2 * time.Second, 2},
		"after it":                    {time.Second, 2},
		"long before it":              {-10 * time.Minute, 3}, // somebody went to 16, to 8 and to 16 again
	} {
		s, _ := enrolled(4).Noticed(seen(8), noon())
		s, _, _ = s.External(told(test.call), "event", "UpdateShardCount", noon().Add(time.Minute))
		s, _ = s.Noticed(seen(16), noon().Add(4*time.Minute))
		if used := s.Operations.Used(noon().Add(time.Hour)); used != test.want || s.OpenShards != 16 {
			t.Errorf("%s: %d slots, want %d: %v", name, used, test.want, s.Operations)
		}
	}
}
