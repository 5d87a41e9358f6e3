package report_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestEventOf(t *testing.T) {
	operation, settings := ledger.Entry{Kind: ledger.KindOperation, Detail: "o"}, ledger.Entry{Kind: ledger.KindSettings, Detail: "s"}
	enrollment, external := ledger.Entry{Kind: ledger.KindEnrollment, Detail: "e"}, ledger.Entry{Kind: ledger.KindExternal, Detail: "x"}
	good, bad := ledger.Item{Status: ledger.Enrolled}, ledger.Item{Status: ledger.Suspended, SettingsFault: "no"}
	for name, test := range map[string]struct {
		item    ledger.Item
		entries []ledger.Entry
		event   report.Event
		telling string // the entry, by its detail
	}{
		"nothing happened":                    {good, nil, report.Checked, ""},
		"a hold tells nothing":                {good, []ledger.Entry{{Kind: ledger.KindHold, Detail: "h"}}, report.Checked, "h"},
		"settings alone":                      {good, []ledger.Entry{settings}, report.Settings, "s"},
		"settings come last":                  {good, []ledger.Entry{operation, settings}, report.Settled, "o"},
		"the last of the others":              {good, []ledger.Entry{operation, external}, report.External, "x"},
		"bad settings first":                  {bad, []ledger.Entry{settings, enrollment}, report.BadSettings, "s"},
		"suspended":                           {ledger.Item{Status: ledger.Suspended}, []ledger.Entry{enrollment}, report.Suspended, "e"},
		"enrolled":                            {good, []ledger.Entry{enrollment}, report.Enrolled, "e"},
		"unenrolled":                          {ledger.Item{Status: ledger.Unenrolled}, []ledger.Entry{enrollment}, report.Unenrolled, "e"},
		"an enrollment of nothing we know of": {ledger.Item{}, []ledger.Entry{enrollment}, report.Checked, "e"},
	} {
		event, entry := report.EventOf(test.item, test.entries)
		if event != test.event || entry.Detail != test.telling {
			t.Errorf("%s: %s and entry %q, want %s and %q", name, event, entry.Detail, test.event, test.telling)
		}
	}
}
