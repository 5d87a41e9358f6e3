package ledger_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Of several entries the event is of the one that matters most, wherever it stands.
func TestEventOf(t *testing.T) {
	entry := func(kind ledger.Kind) ledger.Entry { return ledger.Entry{Kind: kind, ID: string(kind)} }
	operation, external, settings := entry(ledger.KindOperation), entry(ledger.KindExternal), entry(ledger.KindSettings)
	enrollment, hold, failure := entry(ledger.KindEnrollment), entry(ledger.KindHold), entry(ledger.KindFailure)
	enrolled, broken := ledger.Item{Status: ledger.Enrolled}, ledger.Item{Status: ledger.Enrolled, SettingsFault: "min-shards: no number"}
	for _, c := range []struct {
		name    string
		item    ledger.Item
		entries []ledger.Entry
		event   scaling.ReportEvent
		telling ledger.Entry
	}{
		{"nothing", enrolled, nil, scaling.EventChecked, ledger.Entry{}},
		{"an operation ended", enrolled, []ledger.Entry{operation}, scaling.EventSettled, operation},
		{"somebody else resharded", enrolled, []ledger.Entry{external}, scaling.EventExternal, external},
		{"settings changed", enrolled, []ledger.Entry{settings}, scaling.EventSettings, settings},
		{"settings that cannot be used", broken, []ledger.Entry{settings}, scaling.EventBadSettings, settings},
		{"enrolled", enrolled, []ledger.Entry{enrollment}, scaling.EventEnrolled, enrollment},
		{"suspended", ledger.Item{Status: ledger.Suspended}, []ledger.Entry{enrollment}, scaling.EventSuspended, enrollment},
		{"unenrolled", ledger.Item{Status: ledger.Unenrolled}, []ledger.Entry{enrollment}, scaling.EventUnenrolled, enrollment},
		{"an enrollment of no known status", ledger.Item{}, []ledger.Entry{enrollment}, scaling.EventChecked, enrollment},
		{"a hold tells of nothing new", enrolled, []ledger.Entry{hold}, scaling.EventChecked, hold},
		{"a failure is counted by its faults", enrolled, []ledger.Entry{failure}, scaling.EventChecked, failure},

		{"bad settings, then an enrollment", broken, []ledger.Entry{settings, enrollment}, scaling.EventBadSettings, settings},
		{"an enrollment, then bad settings", broken, []ledger.Entry{enrollment, settings}, scaling.EventBadSettings, settings},
		{"an operation, then settings", enrolled, []ledger.Entry{operation, settings}, scaling.EventSettled, operation},
		{"settings, then an operation", enrolled, []ledger.Entry{settings, operation}, scaling.EventSettled, operation},
		{"an operation, then somebody else's", enrolled, []ledger.Entry{operation, external}, scaling.EventExternal, external},
		{"an operation, then a hold", enrolled, []ledger.Entry{operation, hold}, scaling.EventSettled, operation},
	} {
		event, telling := ledger.EventOf(c.item, c.entries)
		if event != c.event || telling.ID != c.telling.ID {
			t.Errorf("%s: %s of %q, want %s of %q", c.name, event, telling.ID, c.event, c.telling.ID)
		}
	}
}
