package reconciler_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// The account's figures are kept for the scalers; old ones are better than none.
func TestTheAccountIsReadEachRun(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.run()
	want := scaling.Account{ShardLimit: 20_000, OpenShards: 4, UnreservedConcurrency: 1000, ShardsAt: w.now, At: w.now}
	if diff := cmp.Diff(want, w.fleet().Account); diff != "" {
		t.Error(diff)
	}
	w.breaks("ShardLimits", scaling.ErrThrottled)
	w.breaks("Unreserved", scaling.ErrThrottled)
	w.now = w.now.Add(time.Minute)
	w.run()
	if diff := cmp.Diff(want, w.fleet().Account); diff != "" {
		t.Error(diff)
	}
}

// A right that is missing is reported each minute, with the age of the figures that are used instead. What only came too
// fast is not.
func TestTheAccountThatCannotBeReadIsReported(t *testing.T) {
	for _, call := range []string{"ShardLimits", "Unreserved"} {
		w := newWorld(t)
		w.run()
		w.breaks(call, scaling.ErrThrottled, scaling.ErrRefused)
		w.now = w.now.Add(time.Minute)
		if r, told := w.run()[""]; told {
			t.Errorf("%s came too fast: reported %+v", call, r)
		}
		w.now = w.now.Add(time.Minute)
		r := w.run()[""]
		if r.Event != report.Failed || len(r.Faults) != 1 || !errors.Is(r.Faults[0], scaling.ErrRefused) || !strings.Contains(r.Faults[0].Error(), "the newest are of 2026-11-23T12:0") {
			t.Errorf("%s is refused: reported %+v", call, r)
		}
	}
}

// Figures that were not read for a quarter of an hour are told of each minute, whatever the reason: also when the calls
// only come too fast, since another tool uses up the quota.
func TestOutdatedFiguresOfTheAccountAreTold(t *testing.T) {
	for _, call := range []string{"ShardLimits", "Unreserved"} {
		w := newWorld(t)
		w.run()
		read := w.now
		for minute := 1; minute <= 17; minute++ {
			w.breaks(call, scaling.ErrThrottled)
			w.now = read.Add(time.Duration(minute) * time.Minute)
			r, told := w.run()[""]
			if told != (minute > 15) || told && (r.Event != report.AccountOld || !strings.Contains(r.Detail, "2026-11-23T12:00:00Z")) {
				t.Errorf("%s, minute %d: told %t: %+v", call, minute, told, r)
			}
		}
		w.now = w.now.Add(time.Minute)
		if r, told := w.run()[""]; told {
			t.Errorf("%s can be read again: told %+v", call, r)
		}
	}
}

// A stream at an old limit of the account does not take what little was left of it again with each operation.
func TestAStreamDoesNotCreepAtAnOldLimit(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	w.account.ShardLimit = 5
	w.minutes(2)
	w.account.ShardLimit = 10_000 // AWS raised the quota, and then the right to read it was taken away
	for range 300 {
		w.fail["ShardLimits"] = append(w.fail["ShardLimits"], fault{err: scaling.ErrRefused})
	}
	s.load = 7
	w.minutes(240)
	if s.OpenShards != 5 {
		t.Errorf("%d open shards", s.OpenShards)
	}
	if used := w.item().Operations.Used(w.now); used != 1 {
		t.Errorf("%d operations used", used)
	}
	atQuota := func(e ledger.Entry) bool { return e.Reasons.Last() == scaling.HoldShardQuota }
	if holds := w.history(ledger.KindHold); !slices.ContainsFunc(holds, atQuota) {
		t.Errorf("no hold tells why: %v", holds)
	}
	w.fail["ShardLimits"] = nil
	w.minutes(60)
	if s.OpenShards < 7 {
		t.Errorf("%d open shards, with the account read again", s.OpenShards)
	}
}
