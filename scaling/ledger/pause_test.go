package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestPauseTellsWhoWhenAndWhy(t *testing.T) {
	p := ledger.Pause{InForce: true, At: noon(), Who: "arn:aws:iam::123456789012:user/ana", Why: "an incident"}
	want := "since " + noon().UTC().Format(time.RFC3339) + " by arn:aws:iam::123456789012:user/ana: an incident"
	equal(t, "text", p.String(), want)
	equal(t, "begun", p.Begun(), ledger.Entry{At: noon(), ID: "paused", Kind: ledger.KindPause, Actor: p.Who, Detail: "all resharding is paused: an incident"})
	equal(t, "ended", p.Ended(noon().Add(time.Hour), "bo"), ledger.Entry{
		At: noon().Add(time.Hour), ID: "resumed", Kind: ledger.KindPause, Actor: "bo", Detail: "all resharding goes on; it was paused " + want,
	})
	equal(t, "error", (&ledger.PausedError{Stream: "orders", Pause: p}).Error(), "claim orders: all resharding is paused "+want)
}

func TestAPauseNeedsATimeAPersonAndAReason(t *testing.T) {
	good := ledger.Pause{InForce: true, At: noon(), Who: "ana", Why: "an incident"}
	for _, c := range []struct {
		name   string
		change func(*ledger.Pause)
		fault  string
	}{
		{"good", func(*ledger.Pause) {}, ""},
		{"no time", func(p *ledger.Pause) { p.At = time.Time{} }, "a time"},
		{"nobody", func(p *ledger.Pause) { p.Who = " " }, "somebody"},
		{"no reason", func(p *ledger.Pause) { p.Why = "\t" }, "a reason"},
		{"the longest reason", func(p *ledger.Pause) { p.Why = strings.Repeat("x", 500) }, ""},
		{"a novel", func(p *ledger.Pause) { p.Why = strings.Repeat("x", 501) }, "501 bytes"},
	} {
		p := good
		c.change(&p)
		err := p.Check()
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v, want %q", c.name, err, c.fault)
		}
	}
}
