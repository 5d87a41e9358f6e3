package simulate

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Whatever is planned in whatever order comes in the order of its time, and of the planning where
// the times are the same.
func TestClockKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := clock{horizon: 21}
		times := rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "times")
		var got []int
		for i, at := range times {
			c.plan(time.Duration(at), func() { got = append(got, i) })
		}
		for {
			do, found := c.next()
			if !found {
				break
			}
			do()
		}
		want := make([]int, len(times))
		for i := range want {
			want[i] = i
		}
		slices.SortStableFunc(want, func(a, b int) int { return times[a] - times[b] })
		if !slices.Equal(got, want) {
			t.Fatalf("times %v came in the order %v, want %v", times, got, want)
		}
	})
}

func TestClockIdle(t *testing.T) {
	for _, test := range []struct {
		horizon, at time.Duration
		idle        bool
	}{{20, 9, true}, {20, 10, false}, {20, 11, false}, {9, 8, true}, {9, 9, false}} {
		c := clock{horizon: test.horizon}
		c.plan(10, func() {})
		if c.idleUntil(test.at) != test.idle {
			t.Errorf("horizon %d: idle until %d: %v, want %v", test.horizon, test.at, !test.idle, test.idle)
		}
		if _, found := c.next(); found != (test.horizon > 10) {
			t.Errorf("horizon %d: an event at 10 came: %v", test.horizon, found)
		}
	}
}

// A series is a map from minutes to points that forgets, at the earliest when it holds the
// retention.
func TestSeriesIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		visible := int64(math.MaxInt64)
		s := &series{retention: 600, visible: &visible}
		first := rapid.Int64Range(-5, 30_000_000).Draw(t, "first")
		s.skipTo(first)
		puts := rapid.IntRange(0, 2000).Draw(t, "puts")
		for i := range puts {
			s.put(point{bytes: float64(i)})
		}
		for minute := first - 3; minute < first+int64(puts)+3; minute++ {
			p, found := s.at(minute)
			i := minute - first
			kept := i >= 0 && i < int64(puts) && i >= int64(puts)-600
			if kept && !found || found && p.bytes != float64(i) || found && (i < 0 || i >= int64(puts)) {
				t.Fatalf("minute %d of %d: %v, %v", i, puts, p, found)
			}
		}
	})
}

// A token bucket never lets more through than its burst and what has come in since.
func TestRates(t *testing.T) {
	r := newRates(map[string]pace.Rate{"A": {PerSecond: 2.5, Burst: 3}})
	taken := 0
	for now := time.Duration(0); now < 10*time.Second; now += 10 * time.Millisecond {
		if r.take("A", now) == 0 {
			taken++
		}
	}
	if taken != 3+24 && taken != 3+25 {
		t.Errorf("%d calls in ten seconds of 2.5 a second and a burst of 3", taken)
	}
	now := 20 * time.Second
	for range 3 {
		r.take("A", now)
	}
	if d := r.take("A", now); d <= 0 || r.take("A", now+d-2*time.Microsecond) == 0 || r.take("A", now+d) != 0 {
		t.Errorf("the next call is free in %v", d)
	}
	if r.take("free", 0) != 0 {
		t.Error("an API without a rate has to wait")
	}
}

// All control-plane requests of Lambda share one quota.
func TestLambdaSharesItsQuota(t *testing.T) {
	w := New(Options{})
	taken := 0
	for _, api := range []string{"GetFunctionConcurrency", "PutFunctionConcurrency", "GetAccountSettings"} {
		for range 10 {
			if err := w.meter(&Call{Service: Lambda, API: api}); err == nil {
				taken++
			} else if !errors.Is(err, scaling.ErrThrottled) {
				t.Error(err)
			}
		}
	}
	if taken != 15 {
		t.Errorf("%d calls at once, want 15", taken)
	}
	for range 11 {
		if err := w.meter(&Call{Service: Kinesis, API: "UpdateShardCount"}); err != nil && !errors.Is(err, scaling.ErrLimitExceeded) {
			t.Errorf("the eleventh UpdateShardCount in a second: %v", err)
		}
	}
}

// "You must leave at least 100 units of concurrency unreserved" (Lambda developer guide).
func TestReserve(t *testing.T) {
	l := lambda{concurrency: 1000, functions: map[string]*reservation{}}
	l.add("a")
	l.add("b")
	l.add("a") // twice is once
	for _, step := range []struct {
		function string
		reserve  int
		want     error
	}{
		{"a", 500, nil},
		{"b", 401, scaling.ErrLimitExceeded},
		{"b", 400, nil},
		{"a", 501, scaling.ErrLimitExceeded},
		{"a", 300, nil},
		{"b", 600, nil},
		{"nobody", 1, scaling.ErrStreamNotFound},
	} {
		if err := l.reserve(step.function, step.reserve); !errors.Is(err, step.want) {
			t.Errorf("%s %d: %v, want %v", step.function, step.reserve, err, step.want)
		}
	}
	if got := l.unreserved(); got != 100 {
		t.Errorf("%d unreserved", got)
	}
}

// A consumer reads what its invocations can: as many as the shards, or its reservation if that is
// less. What is left gets older.
func TestBacklog(t *testing.T) {
	w := New(Options{})
	s := &stream{open: 4, StreamSpec: StreamSpec{Consumer: Consumer{Function: "f", RecordsPerSecond: 10}}}
	w.lambda.add("f")
	age := func(records float64) int {
		a := s.consume(&w.lambda, w.minute, records)
		w.minute++
		return int(a / time.Minute)
	}
	var got []int
	for range 3 {
		got = append(got, age(4*10*60)) // as much as four invocations read in a minute
	}
	if err := w.lambda.reserve("f", 1); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		got = append(got, age(4*10*60)) // a quarter of it is read
	}
	if err := w.lambda.reserve("f", 8); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		got = append(got, age(0)) // four shards, four invocations
	}
	if diff := cmp.Diff([]int{0, 0, 0, 0, 1, 2, 2, 2, 2, 0, 0}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBacklogLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b backlog
		in, out := 0.0, 0.0
		for minute, n := range rapid.SliceOf(rapid.IntRange(0, 50)).Draw(t, "records") {
			in += float64(n)
			b.batches = append(b.batches, batch{minute, float64(n)})
			can := float64(rapid.IntRange(0, 60).Draw(t, "can"))
			before := b.left()
			b.read(can)
			out += before - b.left()
			if read := before - b.left(); read != min(before, can) {
				t.Fatalf("read %v of %v, could have %v", read, before, can)
			}
		}
		if in != out+b.left() {
			t.Fatalf("%v came in, %v were read, %v are left", in, out, b.left())
		}
	})
}

func (b *backlog) left() float64 {
	sum := 0.0
	for _, x := range b.batches {
		sum += x.records
	}
	return sum
}

// CloudWatch shows no point for a minute in which nobody put anything, and the age of records only
// while somebody reads.
func TestTrafficOfSilentMinutes(t *testing.T) {
	for _, test := range []struct {
		consumer Consumer
		settings scaling.Settings
		samples  int // of 20 minutes, of which ten have traffic
	}{
		{Consumer{}, scaling.Settings{}, 10},
		{Consumer{Polls: true}, scaling.Settings{}, 20},
		{Consumer{FanOut: []string{"audit"}}, scaling.Settings{}, 10},
		{Consumer{FanOut: []string{"audit"}}, scaling.Settings{FanOutConsumers: "audit"}, 20},
	} {
		w := New(Options{Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
		spec := StreamSpec{Name: "orders", Shards: 1, Age: time.Minute, Consumer: test.consumer, Load: func(minute int) trace.Rate {
			return trace.Rate{Records: float64(minute % 2)}
		}}
		if err := w.CreateStream(spec); err != nil {
			t.Fatal(err)
		}
		if err := w.Run(t.Context(), 22); err != nil {
			t.Fatal(err)
		}
		got := w.cloudwatch.traffic("orders", test.settings, w.clock.start, w.clock.start.Add(20*time.Minute))
		if len(got.Samples) != test.samples || !got.Known {
			t.Errorf("%+v: %d samples, want %d", test.consumer, len(got.Samples), test.samples)
		}
	}
}

// A thousand records of 60 KB are three thousand payload units of 25 KB. Prices as in
// DefaultPrices.
func TestCost(t *testing.T) {
	var u Usage
	for range 60 {
		u.add(Minute{
			OpenShards: 100, Shards: Shards(trace.Rate{Records: 1000, Bytes: 1000 * 60 * kilobyte}),
			Demand: trace.Rate{Records: 1000, Bytes: 1000 * 60 * kilobyte}, Accepted: trace.Rate{Records: 1000, Bytes: 1000 * 60 * kilobyte},
		}, false)
	}
	got := DefaultPrices().Cost(u)
	puts := 3 * 3.6 * 0.014 // 3.6 million records, three units each
	want := Cost{
		Scaled:   100*0.015 + puts,
		AtPeak:   59*0.015 + puts, // 58.6 MiB a second
		OnDemand: 0.04 + 3600*1000*60/1024.0/1024*0.08,
	}
	for name, pair := range map[string][2]float64{"scaled": {got.Scaled, want.Scaled}, "peak": {got.AtPeak, want.AtPeak}, "on-demand": {got.OnDemand, want.OnDemand}} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	if u.ShardHours() != 100 || u.ThrottledShare() != 0 {
		t.Errorf("%v shard-hours, %v throttled", u.ShardHours(), u.ThrottledShare())
	}
}

// One shard takes half of what is sent. A stream provisioned for its peak takes all of it, and pays.
func TestCostOfWhatWasRefused(t *testing.T) {
	var u Usage
	for range 60 {
		u.add(Minute{OpenShards: 1, Shards: 2, Throttled: 0.5, Demand: trace.Rate{Records: 2000}, Accepted: trace.Rate{Records: 1000}}, false)
	}
	got := DefaultPrices().Cost(u)
	if want := 0.015 + 3.6*0.014; math.Abs(got.Scaled-want) > 1e-9 {
		t.Errorf("as scaled $%v, want $%v", got.Scaled, want)
	}
	if want := 2*0.015 + 7.2*0.014; math.Abs(got.AtPeak-want) > 1e-9 {
		t.Errorf("at peak $%v, want $%v", got.AtPeak, want)
	}
}

// The example of the pricing page: 100 records of 35 KB a second are 3.4 MB a second, so a MB has 1,024 KB.
func TestAGigabyteOfTheBillIsAPowerOfTwo(t *testing.T) {
	var u Usage
	for range 60 {
		u.add(Minute{Demand: trace.Rate{Records: 100, Bytes: 100 * 35 * 1024}}, true)
	}
	got := (Prices{OnDemandGigabyte: 1024}).Cost(u).OnDemand / 3600 // a dollar for a MB
	if math.Abs(got-3.4) > 0.05 {
		t.Errorf("%v MB a second, want 3.4", got)
	}
}

// On-demand mode bills each record as at least 1 KB: a hundred bytes cost as much as a thousand.
func TestOnDemandBillsSmallRecordsAsAKilobyte(t *testing.T) {
	for bytes, billed := range map[float64]float64{100: 1024, 1024: 1024, 1025: 2048} {
		var u Usage
		u.add(Minute{OpenShards: 1, Demand: trace.Rate{Records: 500, Bytes: 500 * bytes}}, true)
		if got, want := u.BilledBytes, 60*500*billed; got != want {
			t.Errorf("records of %v bytes: billed %v, want %v", bytes, got, want)
		}
	}
}
