// Package reconciler is the use case of every minute: finish what is in flight, arm alarms
// again, repair what drifted, and sweep for what events missed. It looks at the streams that are
// due, a few at a time, and plans the next look at each. What it cannot do now, for lack of time
// or quota, stays due.
//
// Run takes streams in the order of order.go. Each is looked at (look.go), put right in a file for each
// job (alarms.go, rearm.go, consumer.go, lag.go, share.go, drain.go), and recorded (finish.go). The
// sweep is in sweep.go.
package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Registry is where the reconciler finds what is due.
type Registry interface {
	Due(ctx context.Context, now time.Time, limit int) ([]string, error)
	Unfinished(ctx context.Context, now time.Time) (due []string, next time.Time, err error)
	Load(ctx context.Context, stream string) (ledger.Item, error)
	Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
	SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
}

// Fleet is where the reconciler finds what is kept once for all streams.
type Fleet interface {
	Fleet(ctx context.Context) (ledger.Fleet, error)
	SaveFleet(ctx context.Context, f ledger.Fleet) error
	Paused(ctx context.Context) (ledger.Pause, error)
	Lease(ctx context.Context) (ledger.Lease, error)
	SaveLease(ctx context.Context, l ledger.Lease) (ledger.Lease, error)
}

// Streams is the part of Kinesis the reconciler needs.
type Streams interface {
	Describe(ctx context.Context, stream string) (scaling.Summary, error)
	Tags(ctx context.Context, stream string) (map[string]string, error)
	List(ctx context.Context, after string) (names []string, more bool, err error)
	ShardLimits(ctx context.Context) (limit, open int, err error)
}

// Tagging is where the sweep reads the tags of many streams at once. What it tells may be late.
type Tagging interface {
	Tagged(ctx context.Context, token string) (tags map[string]map[string]string, next string, err error)
}

// Items is where the sweep reads the items of many streams at once. They may be a moment old.
type Items interface {
	Items(ctx context.Context, names ...string) ([]ledger.Item, error)
}

// Alarms is the part of CloudWatch the reconciler needs.
type Alarms interface {
	Status(ctx context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error)
	Update(ctx context.Context, want scaling.AlarmWant) error
	Rearm(ctx context.Context, stream string, dir scaling.Direction, reason string) error
	Delete(ctx context.Context, streams ...string) error
}

// Metrics is what the reconciler asks CloudWatch of a stream.
type Metrics interface {
	Traffic(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error)
	Lag(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (lag time.Duration, known bool, err error)
	Lags(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error)
}

// Consumers is the part of Lambda the reconciler needs.
type Consumers interface {
	Reserved(ctx context.Context, function string) (concurrency int, set bool, err error)
	Reserve(ctx context.Context, function string, concurrency int) error
	Unreserved(ctx context.Context) (int, error)
}

// Enroller enrolls what the sweep finds.
type Enroller interface {
	Refresh(ctx context.Context, stream string) (report.Report, error)
}

// Reconciler attends to due streams. All fields but Notifier, Left, Wait and Pace are required; the zero Rules are those of
// a stack without defaults.
type Reconciler struct {
	Registry  Registry
	Fleet     Fleet
	Owners    Owners
	Items     Items
	Streams   Streams
	Tagging   Tagging
	Alarms    Alarms
	Metrics   Metrics
	Consumers Consumers
	Enroller  Enroller
	Notifier  Notifier // nil: nobody is told
	Rules     ledger.Rules
	Now       func() time.Time
	Wait      func(context.Context, time.Duration) error // nil: a run ends when nothing is due, and does not go on looking at what is in flight
	Left      func(ctx context.Context) time.Duration    // how long the invocation may still run; nil: for as long as it takes
	Actor     string                                     // who acts, as the history shows it, such as "reconciler"
	Lease     time.Duration                              // how long one run can take at most
	Pace      Pace
}

// Pace is how much the reconciler takes on and how often it looks. Zero fields have defaults.
type Pace struct {
	Batch         int           // streams attended to together; 50, as many as one DescribeAlarms call covers
	DriftEvery    time.Duration // how often a healthy stream is looked at; 8 minutes
	IdlePerSecond float64       // looks a second at streams that do nothing: in a fleet too large for one each DriftEvery they come more rarely; 6
	SweepEvery    time.Duration // how often all streams are swept; 1 hour
	SweepBatch    int           // streams swept in one run; 10,000
}

func (p Pace) orDefaults() Pace {
	if p.Batch == 0 {
		p.Batch = 50
	}
	if p.DriftEvery == 0 {
		p.DriftEvery = 8 * time.Minute
	}
	if p.IdlePerSecond == 0 {
		p.IdlePerSecond = 6
	}
	if p.SweepEvery == 0 {
		p.SweepEvery = time.Hour
	}
	if p.SweepBatch == 0 {
		p.SweepBatch = 10_000
	}
	return p
}

// idleLongest is the longest that a stream is not looked at, however many there are: nobody stays unseen for an hour.
const idleLongest = 45 * time.Minute

// idleEvery is how often a stream that does nothing is looked at, in a fleet of so many enrolled streams.
func (p Pace) idleEvery(streams int) time.Duration {
	all := time.Duration(float64(streams) / p.IdlePerSecond * float64(time.Second))
	return min(max(all, p.DriftEvery), max(idleLongest, p.DriftEvery))
}

// lastCall is how long before the invocation's end no new work is begun.
const lastCall = 5 * time.Second

// Run attends to everything that is due now. An error means that the registry did not answer;
// faults of single streams are in the reports, and those streams stay due.
//
// Of runs that overlap one works: the others end at once, and say so. A run that was killed keeps the lease until
// the moment at which Lambda would have ended it, so the next minute's takes over. Should two work after all, as
// when one was frozen, every write names the revision that it read.
func (r *Reconciler) Run(ctx context.Context) ([]report.Report, error) {
	lease, err := r.takeLease(ctx)
	if errors.Is(err, ledger.ErrConflict) {
		return []report.Report{{Event: report.Ignored, Detail: err.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	told := r.notify(ctx)
	reports, err := r.attend(ctx)
	reports = append(told, reports...)
	if _, failed := r.Fleet.SaveLease(ctx, lease.Returned()); failed != nil && !errors.Is(failed, ledger.ErrConflict) {
		fault := fmt.Errorf("give the lease back, which ends by itself at %s: %w", lease.Until, failed)
		reports = append(reports, report.Report{Event: report.Failed, Faults: []error{fault}})
	}
	return reports, err
}

// attend is a run that holds the lease.
func (r *Reconciler) attend(ctx context.Context) ([]report.Report, error) {
	pace := r.Pace.orDefaults()
	fleet, err := r.Fleet.Fleet(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the fleet's item: %w", err)
	}
	pause, err := r.Fleet.Paused(ctx)
	if err != nil {
		return nil, err
	}
	o := &outing{pace: pace, idleEvery: pace.idleEvery(fleet.Streams), fleet: fleet, paused: pause.InForce}
	reports := r.readAccount(ctx, &o.fleet)
	if pause.InForce {
		reports = append(reports, report.Report{Event: report.Paused, Detail: "all resharding is paused " + pause.String()})
	}
	sweeps := r.sweepIsDue(pace, &o.fleet)
	first := sweeps && r.sweepGoesFirst(o.fleet)
	if first {
		reports = append(reports, r.attendUnfinished(ctx, o)...)
		reports = append(reports, r.sweepAll(ctx, o)...)
	}
	attended, err := r.attendAll(ctx, o)
	reports = append(reports, attended...)
	if err != nil {
		return reports, err
	}
	if sweeps && !first {
		reports = append(reports, r.sweepAll(ctx, o)...)
	}
	if o.fleet != fleet {
		err := r.Fleet.SaveFleet(ctx, o.fleet)
		if errors.Is(err, ledger.ErrConflict) { // this run was frozen, and another went on: its progress stands
			return append(reports, report.Report{Event: report.Ignored, Detail: err.Error()}), nil
		}
		if err != nil {
			return reports, fmt.Errorf("save the fleet's item: %w", err)
		}
	}
	attended, err = r.follow(ctx, o)
	return append(reports, attended...), err
}

// hasTime reports whether the invocation can begin more work.
func (r *Reconciler) hasTime(ctx context.Context) bool {
	return ctx.Err() == nil && (r.Left == nil || r.Left(ctx) > lastCall)
}

// attendBatch looks at a batch of streams, then asks for all their alarms at once, then repairs
// one by one. It notes when a quota is used up. A look that the service refuses ends the looks, but not the work on the
// streams that were looked at before it: alarms have quotas of their own.
func (r *Reconciler) attendBatch(ctx context.Context, o *outing, names []string) []report.Report {
	var visits, unwanted []*visit
	var wants []scaling.AlarmWant
	for _, name := range names {
		o.saw(name, r.Now())
		v := r.look(ctx, name)
		v.paused = o.paused
		visits = append(visits, v)
		switch {
		case v.needsAlarms():
			v.wanted = v.want(o)
			wants = append(wants, v.wanted)
		case v.wantsNoAlarms():
			unwanted = append(unwanted, v)
		}
		if o.spent = errors.Is(v.err, scaling.ErrThrottled); o.spent || !r.hasTime(ctx) {
			break
		}
	}
	r.deleteAlarms(ctx, unwanted)
	status, statusErr := map[string]scaling.AlarmPair{}, error(nil)
	if len(wants) > 0 && r.hasTime(ctx) {
		status, statusErr = r.Alarms.Status(ctx, wants)
	}
	var reports []report.Report
	more := true
	for _, v := range visits {
		if v.needsAlarms() {
			v.fault("read the alarms", statusErr)
			if v.postponed = statusErr != nil || !more || !r.hasTime(ctx); !v.postponed {
				r.repairAlarms(ctx, o, v, status[v.name])
				if v.stream.Status == ledger.Enrolled {
					r.fitConsumer(ctx, v, &o.fleet.Account)
					r.tellLag(ctx, v, status[v.name].Down)
					r.learnShare(ctx, v)
					r.drained(ctx, v)
				}
			}
		}
		reports = append(reports, r.finish(ctx, v, o))
		more = more && !v.throttled
	}
	o.spent = o.spent || !more
	return reports
}
