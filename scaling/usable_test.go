package scaling_test

// What part of its capacity a stream can use: what its own minutes teach, and what they do not.

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// lesson is minutes at a size, at a utilization of the nominal capacity that producers asked for, with a share refused.
type lesson struct {
	open, minutes        int
	utilization, refused float64
}

// learn teaches lessons one after the other, from the share's own time on.
func learn(u scaling.UsableShare, lessons ...lesson) scaling.UsableShare {
	for _, l := range lessons {
		from := u.To
		to := from.Add(time.Duration(l.minutes) * time.Minute)
		u = u.Learn(l.samples(from, to), l.open, from, to.Add(3*time.Minute), false) // by then the metrics are complete
	}
	return u
}

func (l lesson) samples(from, to time.Time) []scaling.Sample {
	var all []scaling.Sample
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		records := l.utilization * float64(l.open) * scaling.RecordsPerShard
		all = append(all, scaling.Sample{At: at, Records: records * (1 - l.refused), Throttled: records * l.refused})
	}
	return all
}

func newShare() scaling.UsableShare { return scaling.NewUsableShare(noon()) }

func TestWhatMinutesTeachOfTheUsableShare(t *testing.T) {
	for _, c := range []struct {
		name    string
		begin   scaling.UsableShare
		lessons []lesson
		size    float64
		least   float64
		most    float64
	}{
		{"nothing is known of a new stream", newShare(), nil, 1, 0.88, 0.88},
		{"a larger one can use less", newShare(), nil, 40, 0.8, 0.81},
		{"one that was enrolled before uses all", scaling.UsableShare{}, nil, 40, 1, 1},
		{"a stream that is never full proves nothing", newShare(), []lesson{{1, 5000, 0.5, 0}}, 1, 0.88, 0.88},
		{"one that filled 0.9 quietly proves 0.9", newShare(), []lesson{{1, 2, 0.9, 0}}, 1, 0.9, 0.901},
		{"hours nearly full are worth a try of more", newShare(), []lesson{{1, 200, 0.75, 0}}, 1, 0.92, 0.94},
		{"and at last of all", newShare(), []lesson{{1, 5000, 0.75, 0}}, 1, 1, 1},
		{"refusals at 0.7 lead there", newShare(), []lesson{{1, 60, 0.7, 0.0005}}, 1, 0.68, 0.7},
		{"the more the lower", newShare(), []lesson{{1, 60, 0.7, 0.009}}, 1, 0.6, 0.65},
		{"one minute leads part of the way", newShare(), []lesson{{1, 1, 0.6, 0.0005}}, 1, 0.78, 0.8},
		{"refusals above the share are no news", newShare(), []lesson{{1, 60, 0.95, 0.002}}, 1, 0.88, 0.88},
		{"a few records may be chance", newShare(), []lesson{{1, 60, 0.5, 0.0001}}, 1, 0.88, 0.88},
		{"much refused has another cause", newShare(), []lesson{{1, 60, 0.6, 0.2}}, 1, 0.88, 0.88},
		{"so have refusals of an idle stream", newShare(), []lesson{{1, 60, 0.2, 0.01}}, 1, 0.88, 0.88},
		{"one that was enrolled before learns too", scaling.UsableShare{To: noon()}, []lesson{{1, 60, 0.7, 0.0005}}, 1, 0.68, 0.7},
		{"what 40 shards cannot use 80 cannot", newShare(), []lesson{{40, 60, 0.6, 0.0005}}, 80, 0.5, 0.59},
		{"what 40 can use 5 can", newShare(), []lesson{{5, 1, 0.75, 0}, {40, 2, 0.95, 0}}, 5, 0.95, 1},
		{"refusals at 40 are none at 5", newShare(), []lesson{{5, 2, 0.9, 0}, {40, 60, 0.6, 0.0005}}, 5, 0.89, 0.92},
		{"between two sizes it is between", newShare(), []lesson{{5, 2, 0.9, 0}, {40, 60, 0.6, 0.0005}}, 14, 0.7, 0.8},
		{"after two weeks it is forgotten", newShare(), []lesson{{1, 60, 0.6, 0.0005}, {1, 15 * 1440, 0.1, 0}}, 1, 0.88, 0.88},
	} {
		if got := learn(c.begin, c.lessons...).At(c.size); got < c.least-1e-9 || got > c.most+1e-9 {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.least, c.most)
		}
	}
}

// Where growing was seen to help, a large stream's uneven keys explain more refusals, and at a lower use.
func TestWhatIsBelievedWhereGrowingHelps(t *testing.T) {
	for _, c := range []struct {
		name                 string
		open                 int
		utilization, refused float64
		helps                bool
		least, most          float64
	}{
		{"many refused records lead down", 60, 0.55, 0.1, true, 0.38, 0.46},
		{"but not where growing was not seen to help", 60, 0.55, 0.1, false, 0.75, 0.81},
		{"nor below what uneven keys leave", 60, 0.3, 0.1, true, 0.75, 0.81},
		{"nor where it is an outage", 60, 0.55, 0.5, true, 0.75, 0.81},
		{"few shards have even keys", 10, 0.55, 0.1, true, 0.8, 0.88},
	} {
		to := noon().Add(time.Hour)
		u := newShare().Learn(lesson{c.open, 60, c.utilization, c.refused}.samples(noon(), to), c.open, noon(), to, c.helps)
		if got := u.At(float64(c.open)); got < c.least || got > c.most {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.least, c.most)
		}
	}
	learned := scaling.UsableShare{Sizes: []scaling.SizeShare{{Size: 56, Share: 0.4, SeenAt: noon()}}}
	if at, above := learned.At(56), learned.At(2000); at != 0.4 || above >= 0.4 || above < 0.2 {
		t.Errorf("%v at 56 shards, %v at 2,000; a share that was seen is used, and falls with the size, to 0.2 at most", at, above)
	}
	if got := newShare().At(20_000); got != 0.5 {
		t.Errorf("%v at 20,000 shards where nothing was seen, want 0.5", got)
	}
}

// The newest minutes may lack a metric: a minute without refusals counts when it is surely complete. What refused
// records counts at once.
func TestTheNewestMinutesMayNotBeComplete(t *testing.T) {
	to := noon().Add(2 * time.Minute)
	quiet := lesson{1, 2, 0.95, 0}.samples(noon(), to)
	if got := newShare().Learn(quiet, 1, noon(), to, false).At(1); got != 0.88 {
		t.Errorf("two new quiet minutes: %v, want 0.88", got)
	}
	full := lesson{1, 2, 0.7, 0.005}.samples(noon(), to)
	if got := newShare().Learn(full, 1, noon(), to, false).At(1); got > 0.78 {
		t.Errorf("two new minutes that refused: %v, want at most 0.78", got)
	}
}

// Nothing is learned twice, of a time that was not asked for, or of a stream without shards.
func TestWhatIsNotLearned(t *testing.T) {
	u := learn(newShare(), lesson{1, 5, 0.7, 0.0005})
	samples := lesson{1, 5, 0.5, 0.0005}.samples(noon(), noon().Add(5*time.Minute))
	for name, got := range map[string]scaling.UsableShare{
		"the same minutes again": u.Learn(samples, 1, noon(), u.To, false),
		"a time that ends first": u.Learn(samples, 1, noon(), noon().Add(-time.Hour), false),
		"no shards":              newShare().Learn(samples, 0, noon(), noon().Add(time.Hour), false),
		"minutes before":         newShare().Learn(samples, 1, noon().Add(10*time.Minute), noon().Add(time.Hour), false),
	} {
		want := u.At(1)
		if got.To.Before(u.To) || name == "minutes before" {
			want = 0.88
		}
		if got.At(1) != want {
			t.Errorf("%s: %v, want %v", name, got.At(1), want)
		}
	}
}

func anyLesson() *rapid.Generator[lesson] {
	return rapid.Custom(func(t *rapid.T) lesson {
		return lesson{
			rapid.OneOf(rapid.IntRange(1, 100), rapid.IntRange(1, scaling.MaxStreamShards)).Draw(t, "open"),
			rapid.IntRange(1, 600).Draw(t, "minutes"),
			rapid.OneOf(rapid.Float64Range(0, 1.2), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), -1})).Draw(t, "utilization"),
			rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 0.02), rapid.Float64Range(0, 1)).Draw(t, "refused"),
		}
	})
}

func anyShare() *rapid.Generator[scaling.UsableShare] {
	return rapid.Custom(func(t *rapid.T) scaling.UsableShare {
		begin := rapid.SampledFrom([]scaling.UsableShare{newShare(), {To: noon()}}).Draw(t, "begin")
		return learn(begin, rapid.SliceOfN(anyLesson(), 0, 6).Draw(t, "lessons")...)
	})
}

// However much is believed, no size has less than a fifth or more than all, and a larger size never more than a smaller one.
func TestASharesSizesKeepTheirBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		u := rapid.SampledFrom([]scaling.UsableShare{newShare(), {To: noon()}}).Draw(rt, "begin")
		for _, l := range rapid.SliceOfN(anyLesson(), 1, 6).Draw(rt, "lessons") {
			from := u.To
			to := from.Add(time.Duration(l.minutes) * time.Minute)
			u = u.Learn(l.samples(from, to), l.open, from, to.Add(3*time.Minute), rapid.Bool().Draw(rt, "helps"))
			before := 1.0
			for _, c := range u.Sizes {
				if !(c.Share >= 0.2 && c.Share <= before+1e-9) {
					rt.Fatalf("%d shards can use %v, fewer can use %v: %+v", c.Size, c.Share, before, u.Sizes)
				}
				before = c.Share
			}
		}
	})
}

// What 5,000 shards refuse at a use of a sixteenth leads to a fifth and no further, so that sizes between them and one that can use
// more are not thought to use too little.
func TestAShareThatIsLearnedIsAFifthAtLeast(t *testing.T) {
	u := learn(newShare(), lesson{200, 60, 0.6, 0.0005})
	to := u.To.Add(time.Hour)
	u = u.Learn(lesson{5000, 60, 0.06, 0.015}.samples(u.To, to), 5000, u.To, to, true)
	if largest := u.Sizes[len(u.Sizes)-1]; largest.Share != 0.2 {
		t.Errorf("%d shards can use %v, want 0.2", largest.Size, largest.Share)
	}
	if at := u.At(1000); at < 0.38 {
		t.Errorf("1,000 shards can use %v, between %+v", at, u.Sizes)
	}
}

func TestAUsableShareKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		u := anyShare().Draw(rt, "share")
		size := rapid.Float64Range(-1, 2*scaling.MaxStreamShards).Draw(rt, "size")
		if got := u.At(size); !(got >= 0.5 && got <= 1) {
			rt.Fatalf("%v at %v shards: not within 0.5 and 1", got, size)
		}
		if !slices.IsSortedFunc(u.Sizes, func(a, b scaling.SizeShare) int { return a.Size - b.Size }) {
			rt.Fatalf("sizes do not rise: %+v", u.Sizes)
		}
		open := rapid.IntRange(1, 200).Draw(rt, "open")
		utilization := rapid.Float64Range(0, 1).Draw(rt, "utilization")
		before := u.At(float64(open))
		if got := learn(u, lesson{open, 1, utilization, 0}).At(float64(open)); u.To.Before(noon().AddDate(0, 0, 10)) && got < min(before, utilization)-1e-9 {
			rt.Fatalf("a quiet minute at %v led from %v to %v", utilization, before, got)
		}
		more, less := rapid.Float64Range(0.0003, 0.009).Draw(rt, "more"), rapid.Float64Range(0.0003, 0.009).Draw(rt, "less")
		if less > more {
			more, less = less, more
		}
		utilization = max(utilization, 0.56) // at less, what refuses much has another cause
		a, b := learn(u, lesson{open, 3, utilization, more}), learn(u, lesson{open, 3, utilization, less})
		if a.At(float64(open)) > b.At(float64(open))+1e-9 {
			rt.Fatalf("refusing %v at %v leads to %v, refusing %v to %v", more, utilization, a.At(float64(open)), less, b.At(float64(open)))
		}
	})
}

// What was passed in stays as it was: a share is a value.
func TestLearningChangesNothingOfBefore(t *testing.T) {
	u := learn(newShare(), lesson{8, 60, 0.7, 0.001})
	before := slices.Clone(u.Sizes)
	learn(u, lesson{8, 60, 0.6, 0.001}, lesson{4, 60, 0.9, 0})
	equal(t, "sizes", u.Sizes, before)
}

// A stream is learned without an alarm when a thousandth of its records, or more, was refused since a time.
func TestWhetherTrafficRefuses(t *testing.T) {
	minute := func(ago int, got, refused float64) scaling.Sample {
		return scaling.Sample{At: noon().Add(time.Duration(-ago) * time.Minute), Records: got, Throttled: refused}
	}
	for name, c := range map[string]struct {
		samples []scaling.Sample
		want    bool
	}{
		"no samples":             {nil, false},
		"nothing is refused":     {[]scaling.Sample{minute(2, 100, 0)}, false},
		"less than a thousandth": {[]scaling.Sample{minute(2, 999.5, 0.5)}, false},
		"a thousandth":           {[]scaling.Sample{minute(3, 1000, 0), minute(2, 998, 2)}, true},
		"it was before":          {[]scaling.Sample{minute(20, 900, 100), minute(2, 1000, 0)}, false},
		"everything is refused":  {[]scaling.Sample{minute(2, 0, 5)}, true},
		"what no metric is":      {[]scaling.Sample{minute(2, math.NaN(), math.NaN()), minute(1, -5, -5)}, false},
	} {
		if got := (scaling.Traffic{Samples: c.samples}).Refuses(noon().Add(-10 * time.Minute)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
