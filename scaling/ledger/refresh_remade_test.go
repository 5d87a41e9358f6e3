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
