package reconciler_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// table is the registry of a world.
type table struct{ *world }

func (f table) Unfinished(ctx context.Context, now time.Time) (due []string, next time.Time, err error) {
	err = f.call("Unfinished", "", func() error { due, next, err = f.kept.Unfinished(ctx, now); return err })
	return due, next, err
}

func (f table) Due(ctx context.Context, now time.Time, limit int) (names []string, err error) {
	err = f.call("Due", "", func() error { names, err = f.kept.Due(ctx, now, limit); return err })
	return names, err
}

func (f table) Load(ctx context.Context, name string) (s ledger.Item, err error) {
	err = f.call("Load", name, func() error { s, err = f.kept.Load(ctx, name); return err })
	return s, err
}

func (f table) Items(ctx context.Context, names ...string) (items []ledger.Item, err error) {
	err = f.call("Items", strconv.Itoa(len(names)), func() error { items, err = f.kept.Items(ctx, names...); return err })
	return items, err
}

func (f table) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (saved ledger.Item, err error) {
	err = f.call("Save", s.Name, func() error { saved, err = f.kept.Save(ctx, s, entries...); return err })
	return saved, err
}

func (f table) SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (saved ledger.Item, err error) {
	err = f.call("SaveOverrides", before.Name, func() error { saved, err = f.kept.SaveOverrides(ctx, before, after, entries...); return err })
	return saved, err
}

func (f table) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (claimed ledger.Item, err error) {
	err = f.call("Claim", s.Name, func() error { claimed, err = f.kept.Claim(ctx, s, c); return err })
	return claimed, err
}

func (f table) Fleet(ctx context.Context) (fleet ledger.Fleet, err error) {
	err = f.call("Fleet", "", func() error { fleet, err = f.kept.Fleet(ctx); return err })
	return fleet, err
}

func (f table) Paused(ctx context.Context) (pause ledger.Pause, err error) {
	err = f.call("Paused", "", func() error { pause, err = f.kept.Paused(ctx); return err })
	return pause, err
}

func (f table) Lease(ctx context.Context) (lease ledger.Lease, err error) {
	err = f.call("Lease", "", func() error { lease, err = f.kept.Lease(ctx); return err })
	return lease, err
}

func (f table) SaveLease(ctx context.Context, l ledger.Lease) (kept ledger.Lease, err error) {
	err = f.call("SaveLease", "", func() error { kept, err = f.kept.SaveLease(ctx, l); return err })
	return kept, err
}

func (f table) SaveFleet(ctx context.Context, fleet ledger.Fleet) error {
	return f.call("SaveFleet", "", func() error { return f.kept.SaveFleet(ctx, fleet) })
}

func (f table) ConsumerOwner(ctx context.Context, function string) (owner string, err error) {
	err = f.call("ConsumerOwner", function, func() error { owner, err = f.kept.ConsumerOwner(ctx, function); return err })
	return owner, err
}

func (f table) OwnConsumer(ctx context.Context, function, stream, before string) error {
	return f.call("OwnConsumer", function+" "+stream, func() error { return f.kept.OwnConsumer(ctx, function, stream, before) })
}

// kinesis is the Kinesis of a world.
type kinesis struct{ *world }

func (f kinesis) Describe(_ context.Context, name string) (sum scaling.Summary, err error) {
	err = f.call("Describe", name, func() error {
		s, found := f.streams[name]
		if !found {
			return scaling.ErrStreamNotFound
		}
		sum = s.Summary
		return nil
	})
	return sum, err
}

func (f kinesis) Tags(_ context.Context, name string) (tags map[string]string, err error) {
	err = f.call("Tags", name, func() error {
		s, found := f.streams[name]
		if !found {
			return scaling.ErrStreamNotFound
		}
		tags = maps.Clone(s.tags)
		return nil
	})
	return tags, err
}

func (f kinesis) List(_ context.Context, after string) (names []string, more bool, err error) {
	err = f.call("List", after, func() error {
		names = slices.DeleteFunc(slices.Sorted(maps.Keys(f.streams)), func(name string) bool { return name <= after })
		if more = len(names) > f.page; more {
			names = names[:f.page]
		}
		return nil
	})
	return names, more, err
}

func (f kinesis) ShardLimits(context.Context) (limit, open int, err error) {
	err = f.call("ShardLimits", "", func() error {
		for _, s := range f.streams {
			open += s.OpenShards
		}
		limit = f.account.ShardLimit
		return nil
	})
	return limit, open, err
}

func (f kinesis) UpdateShardCount(_ context.Context, sum scaling.Summary, target int) error {
	return f.call("UpdateShardCount", sum.Name+" "+strconv.Itoa(target), func() error {
		s, found := f.streams[sum.Name]
		switch {
		case !found:
			return scaling.ErrStreamNotFound
		case s.Status != scaling.StatusActive:
			return scaling.ErrStreamBusy
		case s.Mode == scaling.ModeOnDemand, target > 2*s.OpenShards, 2*target < s.OpenShards, target == s.OpenShards:
			return scaling.ErrRefused
		}
		s.reshard(target, f.now.Add(2*time.Minute))
		f.accepted++
		return nil
	})
}

// tagging is the Resource Groups Tagging API of a world. Its token is the name of the last stream of the page before. Of a
// stream without tags it tells nothing.
type tagging struct{ *world }

func (f tagging) Tagged(_ context.Context, token string) (tags map[string]map[string]string, next string, err error) {
	err = f.call("Tagged", token, func() error {
		told := maps.Clone(f.toldTags)
		for name, s := range f.streams {
			if _, late := told[name]; !late {
				told[name] = s.tags
			}
		}
		maps.DeleteFunc(told, func(name string, tags map[string]string) bool { return len(tags) == 0 || name <= token })
		tags = map[string]map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(told)) {
			if len(tags) == f.page {
				return nil
			}
			tags[name], next = maps.Clone(told[name]), name
		}
		next = ""
		return nil
	})
	return tags, next, err
}

// cloudwatch is the CloudWatch of a world.
type cloudwatch struct{ *world }

func (f cloudwatch) Traffic(_ context.Context, name string, _ scaling.Settings, from, to time.Time) (t scaling.Traffic, err error) {
	err = f.call("Traffic", name, func() error {
		t = scaling.Traffic{Known: true, From: from, To: to}
		s, found := f.streams[name]
		if !found {
			return nil
		}
		for _, sample := range s.samples {
			if !sample.At.Before(from) && sample.At.Before(to) {
				t.Samples = append(t.Samples, sample)
			}
		}
		return nil
	})
	return t, err
}

// Lag is that of the world; below 0 no metric tells it.
func (f cloudwatch) Lag(_ context.Context, name string, _ scaling.Settings, _, _ time.Time) (lag time.Duration, known bool, err error) {
	err = f.call("Lag", name, func() error { lag, known = max(f.lag, 0), f.lag >= 0; return nil })
	return lag, known, err
}

// Lags is the same in each minute.
func (f cloudwatch) Lags(_ context.Context, name string, _ scaling.Settings, from, to time.Time) (traffic scaling.Traffic, err error) {
	err = f.call("Lags", name, func() error {
		traffic = scaling.Traffic{Known: true, From: from, To: to}
		for at := from; at.Before(to) && f.lag >= 0; at = at.Add(time.Minute) {
			lag := f.lag
			if f.minuteLag != nil {
				lag = f.minuteLag(at)
			}
			traffic.Samples = append(traffic.Samples, scaling.Sample{At: at, IteratorAge: lag})
		}
		return nil
	})
	return traffic, err
}

func (f cloudwatch) Status(_ context.Context, wants []scaling.AlarmWant) (pairs map[string]scaling.AlarmPair, err error) {
	err = f.call("Status", strconv.Itoa(len(wants)), func() error {
		pairs = map[string]scaling.AlarmPair{}
		for _, want := range wants {
			pairs[want.Stream] = scaling.AlarmPair{Up: f.status(want, scaling.Up), Down: f.status(want, scaling.Down)}
		}
		return nil
	})
	return pairs, err
}

func (f cloudwatch) status(want scaling.AlarmWant, dir scaling.Direction) scaling.AlarmStatus {
	a, found := f.alarms[scaling.AlarmName(want.Stream, dir)]
	if !found {
		return scaling.AlarmStatus{}
	}
	if a.foreign {
		return scaling.AlarmStatus{Exists: true, Foreign: true, State: a.state}
	}
	return scaling.AlarmStatus{Exists: true, InSync: a.want == want, State: a.state, ChangedAt: a.changed, Watched: a.watched}
}

func (f cloudwatch) Update(_ context.Context, want scaling.AlarmWant) error {
	return f.call("UpdateAlarms", want.Stream+" "+strconv.Itoa(want.OpenShards), func() error {
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			if a := f.alarms[scaling.AlarmName(want.Stream, dir)]; a != nil && a.foreign {
				return scaling.ErrForeignAlarm
			}
		}
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			name := scaling.AlarmName(want.Stream, dir)
			if f.alarms[name] == nil {
				if f.noAlarms {
					return scaling.ErrLimitExceeded
				}
				f.alarms[name] = &alarm{dir: dir, state: scaling.StateInsufficientData, changed: f.now}
			}
			f.alarms[name].want = want // its state stays as it is
		}
		return nil
	})
}

func (f cloudwatch) Rearm(_ context.Context, name string, dir scaling.Direction, _ string) error {
	return f.call("Rearm", scaling.AlarmName(name, dir), func() error {
		a, found := f.alarms[scaling.AlarmName(name, dir)]
		if !found {
			return scaling.ErrStreamNotFound
		}
		a.state, a.changed = scaling.StateOK, f.now
		return nil
	})
}

func (f cloudwatch) Delete(_ context.Context, names ...string) error {
	return f.call("DeleteAlarms", strings.Join(names, " "), func() error {
		var left []string
		for _, name := range names {
			for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
				switch a := f.alarms[scaling.AlarmName(name, dir)]; {
				case a == nil || a.foreign:
				case a.under:
					left = append(left, scaling.AlarmName(name, dir))
				default:
					delete(f.alarms, scaling.AlarmName(name, dir))
				}
			}
		}
		if len(left) > 0 {
			return scaling.AlarmsLeftError{Names: left, Err: scaling.ErrRefused}
		}
		return nil
	})
}

// lambda is the Lambda of a world.
type lambda struct{ *world }

func (f lambda) Reserved(_ context.Context, function string) (concurrency int, set bool, err error) {
	err = f.call("Reserved", function, func() error { concurrency, set = f.functions[function]; return nil })
	return concurrency, set, err
}

func (f lambda) Reserve(_ context.Context, function string, concurrency int) error {
	return f.call("Reserve", function+" "+strconv.Itoa(concurrency), func() error {
		left := f.account.UnreservedConcurrency - (concurrency - f.functions[function])
		if least := max(f.account.LeastUnreserved, 10); left < least && concurrency > f.functions[function] {
			return scaling.UnreservedError{Least: least}
		}
		f.functions[function], f.account.UnreservedConcurrency = concurrency, left
		return nil
	})
}

func (f lambda) Unreserved(context.Context) (n int, err error) {
	err = f.call("Unreserved", "", func() error { n = f.account.UnreservedConcurrency; return nil })
	return n, err
}
