package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A stream that was deleted and recreated under its name keeps its fence and the count of its
// operations, is not taken for resharded, and ends what was in flight.
func TestRefreshOfAStreamMadeAgain(t *testing.T) {
	remade := func(open int, status scaling.StreamStatus) scaling.Summary {
		sum := seen(open)
		sum.CreatedAt, sum.Status = noon().Add(time.Minute), status
		return sum
	}
	for _, before := range []ledger.Enrollment{ledger.Enrolled, ledger.Unenrolled} {
		s := fresh(t, tagged())
		s.Fence = 7
		claimed, _ := granted(t, s)
		claimed, _ = claimed.Accepted(noon().Add(time.Second))
		claimed.Status = before
		now := noon().Add(2 * time.Minute)
		got, entries := ledger.Rules{}.Refresh(claimed, remade(1, scaling.StatusCreating), tagged(), now, "enroller")
		if len(entries) == 0 || entries[0].Outcome != ledger.OutcomeStreamGone || got.InFlight != nil {
			t.Fatalf("%s: in flight %v, entries %+v", before, got.InFlight, entries)
		}
		got, entries = ledger.Rules{}.Refresh(got, remade(1, scaling.StatusActive), tagged(), now.Add(time.Minute), "enroller")
		equal(t, string(before)+": entries of the new stream", told(entries), nil)
		equal(t, "open shards", got.OpenShards, 1)
		equal(t, "fence", got.Fence, 8)
		equal(t, "slots", got.Operations.Used(now), 1)
		equal(t, "created at", got.CreatedAt, noon().Add(time.Minute))
	}
}

// The registry keeps a time of creation to the millisecond, the service may tell more of it.
func TestRefreshKnowsAStreamByItsRoundedAge(t *testing.T) {
	sum := seen(7)
	sum.CreatedAt = sum.CreatedAt.Add(999 * time.Microsecond)
	_, entries := ledger.Rules{}.Refresh(fresh(t, tagged()), sum, tagged(), noon().Add(time.Hour), "enroller")
	equal(t, "entries", told(entries), []string{"external: resharded by somebody else"})
}

// Settings that could not be read back start at revision 0 again; alarms must not take the next
// ones for those that they hold.
func TestRefreshRaisesTheRevisionAboveTheAlarms(t *testing.T) {
	s := fresh(t, tagged())
	s.Settings, s.SettingsRevision = scaling.Settings{}, 0
	s.Alarms = ledger.AlarmsHeld{Shards: 4, SettingsRevision: 6}
	got, _ := ledger.Rules{}.Refresh(s, seen(4), tagged("min-shards", "2"), noon().Add(time.Hour), "enroller")
	equal(t, "settings revision", got.SettingsRevision, 7)
	equal(t, "alarms in sync", got.AlarmsInSync(), false)
}

// A claim may be granted on the new stream before anybody has told the registry that it is new.
func TestRefreshLeavesAnOperationOfTheNewStreamInFlight(t *testing.T) {
	sum := seen(4)
	sum.CreatedAt = noon().Add(-time.Minute)
	claimed, _ := granted(t, fresh(t, tagged()))
	got, entries := ledger.Rules{}.Refresh(claimed, sum, tagged(), noon().Add(time.Second), "enroller")
	if !got.InFlightUnder(1) || got.LeaseOwner != "scaler/1" {
		t.Fatalf("in flight %+v, entries %v", got.InFlight, told(entries))
	}
	sum.OpenShards = 8
	got, entries = ledger.Rules{}.Refresh(got, sum, tagged(), noon().Add(2*time.Second), "enroller")
	equal(t, "entries", told(entries), nil)
	got, entries, _ = got.Settle(sum, noon().Add(5*time.Minute))
	if len(entries) != 1 || entries[0].Outcome != ledger.OutcomeCompleted || got.OpenShards != 8 {
		t.Errorf("entries %+v, open shards %d", entries, got.OpenShards)
	}
}

// An answer without a time of creation does not make the known one forgotten.
func TestRefreshKeepsWhatTheServiceLeavesOut(t *testing.T) {
	s, sum := fresh(t, tagged()), seen(4)
	sum.CreatedAt = time.Time{}
	got, entries := ledger.Rules{}.Refresh(s, sum, tagged(), noon().Add(time.Hour), "enroller")
	equal(t, "created at", got.CreatedAt, s.CreatedAt)
	equal(t, "entries", told(entries), nil)
}

// What somebody did to the stream of before explains no size of the new one. Nor does a call explain one that the stream has
// had and left since, without a call, as an on-demand stream does.
func TestACallOfBeforeDoesNotExplainASizeOfNow(t *testing.T) {
	was := seen(2)
	was.Mode = scaling.ModeProvisioned
	grown := seen(4)
	for name, then := range map[string]func(*scaling.Summary){
		"made again":          func(sum *scaling.Summary) { sum.CreatedAt = noon().Add(2 * time.Hour) },
		"on-demand meanwhile": func(sum *scaling.Summary) { sum.Mode = scaling.ModeOnDemand },
	} {
		s := fresh(t, tagged())
		look := func(sum scaling.Summary, at time.Time) []ledger.Entry {
			next, entries := ledger.Rules{}.Refresh(s, sum, tagged(), at, "reconciler")
			s = next.Seen(sum, at)
			return entries
		}
		look(was, noon().Add(time.Hour)) // somebody made it 2
		equal(t, name+": slots", s.Operations.Used(noon().Add(time.Hour)), 1)
		sum := grown
		then(&sum)
		look(sum, noon().Add(3*time.Hour)) // it has 4, by nobody's call
		sum.Mode = scaling.ModeProvisioned
		look(sum, noon().Add(4*time.Hour))
		back := sum
		back.OpenShards = 2
		entries := look(back, noon().Add(5*time.Hour))
		equal(t, name+": entries", told(entries), []string{"external: resharded by somebody else"})
		equal(t, name+": slots", s.Operations.Used(noon().Add(5*time.Hour)), 2)
	}
}
