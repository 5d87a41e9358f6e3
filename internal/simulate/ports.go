package simulate

// What the use cases ask for, answered by the model: the methods that the packages scaler,
// enroller and reconciler declare, call by call as the adapters to AWS make them.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// enrollerPort is the enroller for the reconciler, made when it is needed: most runs find nothing to enroll.
type enrollerPort struct{ *invocation }

// Refresh enrolls a stream that the sweep found.
func (p enrollerPort) Refresh(ctx context.Context, stream string) (report.Report, error) {
	return p.enroller().Refresh(ctx, stream)
}

// streamsPort is Kinesis.
type streamsPort struct{ *invocation }

// Describe is DescribeStreamSummary.
func (p streamsPort) Describe(_ context.Context, name string) (scaling.Summary, error) {
	return call(p.invocation, Kinesis, "DescribeStreamSummary", name, func() (scaling.Summary, error) {
		s, err := p.world.kinesis.find(name)
		if err != nil {
			return scaling.Summary{}, err
		}
		return s.summary(), nil
	})
}

// UpdateShardCount is made once, never again.
func (p streamsPort) UpdateShardCount(_ context.Context, s scaling.Summary, target int) error {
	reshard := func() error { return p.world.kinesis.reshard(s.Name, target, p.request) }
	c := &Call{Service: Kinesis, API: "UpdateShardCount", Stream: s.Name}
	_, err := attemptCall(p.invocation, c, func() (none, error) { return none{}, reshard() }, func() { _ = reshard() })
	return err
}

// Tags is ListTagsForStream.
func (p streamsPort) Tags(_ context.Context, name string) (map[string]string, error) {
	return call(p.invocation, Kinesis, "ListTagsForStream", name, func() (map[string]string, error) {
		s, err := p.world.kinesis.find(name)
		if err != nil {
			return nil, err
		}
		return s.Tags, nil
	})
}

// List is ListStreams.
func (p streamsPort) List(_ context.Context, after string) ([]string, bool, error) {
	more := false
	names, err := call(p.invocation, Kinesis, "ListStreams", "", func() ([]string, error) {
		sorted := p.world.kinesis.sorted
		first, found := slices.BinarySearchFunc(sorted, after, byName)
		if found {
			first++
		}
		var names []string
		for _, s := range sorted[first:min(first+p.world.numbers.ListPage, len(sorted))] {
			names = append(names, s.Name)
		}
		more = first+p.world.numbers.ListPage < len(sorted)
		return names, nil
	})
	return names, more, err
}

// ShardLimits is DescribeLimits.
func (p streamsPort) ShardLimits(context.Context) (limit, open int, err error) {
	open, err = call(p.invocation, Kinesis, "DescribeLimits", "", func() (int, error) { return p.world.kinesis.openShards(), nil })
	return p.world.numbers.ShardLimit, open, err
}

// taggingPort is the Resource Groups Tagging API. Its token is the name of the last stream of the page before.
type taggingPort struct{ *invocation }

// Tagged is GetResources.
func (p taggingPort) Tagged(_ context.Context, token string) (tags map[string]map[string]string, next string, err error) {
	tags, err = call(p.invocation, Tagging, "GetResources", "", func() (map[string]map[string]string, error) {
		tags := map[string]map[string]string{}
		last := ""
		for _, s := range p.world.kinesis.sorted {
			of, told := s.toldAt(p.world.clock.time())
			switch {
			case !told || s.Name <= token:
			case len(tags) == p.world.numbers.TagPage:
				next = last
				return tags, nil
			default:
				tags[s.Name], last = of, s.Name
			}
		}
		return tags, nil
	})
	if err != nil {
		return nil, "", err
	}
	return tags, next, nil
}

// alarmsPort is CloudWatch.
type alarmsPort struct{ *invocation }

// Traffic is GetMetricData.
func (p alarmsPort) Traffic(_ context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	return call(p.invocation, CloudWatch, "GetMetricData", stream, func() (scaling.Traffic, error) {
		return p.world.cloudwatch.traffic(stream, s, from, to), nil
	})
}

// Update is DescribeAlarms, and PutMetricAlarm for each of the two that is not as it should be. When
// one cannot be written the other still is.
func (p alarmsPort) Update(ctx context.Context, want scaling.AlarmWant) error {
	pairs, err := p.Status(ctx, []scaling.AlarmWant{want})
	if err != nil {
		return err
	}
	put := func(dir scaling.Direction, there scaling.AlarmStatus) error {
		if there.InSync {
			return nil
		}
		_, err := callAbout(p.invocation, &Call{Service: CloudWatch, API: "PutMetricAlarm", Stream: want.Stream, About: dir.String()}, func() (none, error) {
			return none{}, p.world.cloudwatch.put(want, dir)
		})
		return err
	}
	pair := pairs[want.Stream]
	if len(pair.Foreign()) > 0 {
		return fmt.Errorf("alarms of %s: %w", want.Stream, scaling.ErrForeignAlarm)
	}
	return errors.Join(put(scaling.Up, pair.Up), put(scaling.Down, pair.Down))
}

// Rearm is SetAlarmState to OK.
func (p alarmsPort) Rearm(_ context.Context, stream string, dir scaling.Direction, reason string) error {
	_, err := callAbout(p.invocation, &Call{Service: CloudWatch, API: "SetAlarmState", Stream: stream, About: dir.String()}, func() (none, error) {
		return none{}, p.world.cloudwatch.setState(scaling.AlarmName(stream, dir), metricmath.OK, reason)
	})
	return err
}

// alarmsPerCall is how many alarms DescribeAlarms and DeleteAlarms take by name.
const alarmsPerCall = 100

// Status is DescribeAlarms, fifty streams at a time.
func (p alarmsPort) Status(_ context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	pairs := make(map[string]scaling.AlarmPair, len(wants))
	for chunk := range slices.Chunk(wants, alarmsPerCall/2) {
		_, err := call(p.invocation, CloudWatch, "DescribeAlarms", oneOf(chunk), func() (none, error) {
			for _, want := range chunk {
				pairs[want.Stream] = p.world.Alarms(want)
			}
			return none{}, nil
		})
		if err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// oneOf names the stream that a call is about, if it is about one alone.
func oneOf(wants []scaling.AlarmWant) string {
	if len(wants) != 1 {
		return ""
	}
	return wants[0].Stream
}

// Delete is DescribeAlarms, and DeleteAlarms for those that are there.
func (p alarmsPort) Delete(ctx context.Context, streams ...string) error {
	wants := make([]scaling.AlarmWant, len(streams))
	for i, stream := range streams {
		wants[i].Stream = stream
	}
	pairs, err := p.Status(ctx, wants)
	if err != nil {
		return err
	}
	ours := func(a scaling.AlarmStatus) bool { return a.Exists && !a.Foreign }
	there := slices.DeleteFunc(slices.Clone(streams), func(stream string) bool {
		return !ours(pairs[stream].Up) && !ours(pairs[stream].Down)
	})
	for chunk := range slices.Chunk(there, alarmsPerCall/2) {
		_, err := call(p.invocation, CloudWatch, "DeleteAlarms", chunk[0], func() (none, error) {
			for _, stream := range chunk {
				for dir, found := range map[scaling.Direction]scaling.AlarmStatus{scaling.Up: pairs[stream].Up, scaling.Down: pairs[stream].Down} {
					if ours(found) {
						p.world.cloudwatch.remove(scaling.AlarmName(stream, dir))
					}
				}
			}
			return none{}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Lag is GetMetricData of the consumers' lag alone.
func (p alarmsPort) Lag(_ context.Context, stream string, s scaling.Settings, from, to time.Time) (time.Duration, bool, error) {
	known := false
	lag, err := call(p.invocation, CloudWatch, "GetMetricData", stream, func() (time.Duration, error) {
		var lag time.Duration
		lag, known = p.world.cloudwatch.lag(stream, s, from, to)
		return lag, nil
	})
	return lag, known && err == nil, err
}

// Lags is GetMetricData of the consumers' lag alone, minute by minute.
func (p alarmsPort) Lags(_ context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	return call(p.invocation, CloudWatch, "GetMetricData", stream, func() (scaling.Traffic, error) {
		return p.world.cloudwatch.lags(stream, s, from, to), nil
	})
}

// consumersPort is Lambda.
type consumersPort struct{ *invocation }

// Reserved is GetFunctionConcurrency.
func (p consumersPort) Reserved(_ context.Context, function string) (int, bool, error) {
	set := false
	reserved, err := callAbout(p.invocation, &Call{Service: Lambda, API: "GetFunctionConcurrency", About: function}, func() (int, error) {
		r, err := p.world.lambda.find(function)
		if err != nil {
			return 0, err
		}
		set = r.set
		return r.concurrency, nil
	})
	return reserved, set && err == nil, err
}

// Reserve is PutFunctionConcurrency.
func (p consumersPort) Reserve(_ context.Context, function string, concurrency int) error {
	_, err := callAbout(p.invocation, &Call{Service: Lambda, API: "PutFunctionConcurrency", About: function}, func() (none, error) {
		return none{}, p.world.lambda.reserve(function, concurrency)
	})
	return err
}

// Unreserved is GetAccountSettings.
func (p consumersPort) Unreserved(context.Context) (int, error) {
	return call(p.invocation, Lambda, "GetAccountSettings", "", func() (int, error) { return p.world.lambda.unreserved(), nil })
}
