package metricmath

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// missingDataPage is where the worked examples and the words in the tests below
// come from: user guide, "Configuring how CloudWatch alarms treat missing data".
const missingDataPage = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, read 2026-11-23"

// keep stands for "Retain current state".
const keep State = "keep"

// marks reads the guide's notation: 0 within the threshold, X breaching, -
// missing, newest on the right. The threshold of the tests is 0.5.
func marks(text string) []point {
	var out []point
	for mark := range strings.FieldsSeq(text) {
		out = append(out, map[string]point{"0": {0, true}, "X": {1, true}, "-": {}}[mark])
	}
	return out
}

func testRule(n, m int, missing MissingData) rule {
	return rule{n, m, GreaterThanThreshold, 0.5, missing}
}

// judged returns the state after the datapoints, or keep.
func judged(r rule, points []point) State {
	after := map[State]State{}
	for _, previous := range []State{OK, InAlarm, InsufficientData} {
		after[previous], _ = r.judge(points, previous)
	}
	if after[OK] == OK && after[InAlarm] == InAlarm && after[InsufficientData] == InsufficientData {
		return keep
	}
	return after[OK]
}

func TestWorkedExamplesOfMissingData(t *testing.T) {
	t.Log(missingDataPage)
	const n = 3 // and an evaluation range of 5
	tests := []struct {
		where                                 string
		m                                     int
		points                                string
		missing, ignore, breaching, notBreach State
	}{
		{"first table, row 1", 3, "0 - X - X", OK, OK, OK, OK},
		{"first table, row 2", 3, "0 - - - -", OK, OK, OK, OK},
		{"first table, row 3", 3, "- - - - -", InsufficientData, keep, InAlarm, OK},
		{"first table, row 4", 3, "0 X X - X", InAlarm, InAlarm, InAlarm, InAlarm},
		{"first table, row 5", 3, "- - X - -", InAlarm, keep, InAlarm, OK},
		{"second table, row 1", 2, "0 - X - X", InAlarm, InAlarm, InAlarm, InAlarm},
		{"second table, row 2", 2, "0 0 X 0 X", InAlarm, InAlarm, InAlarm, InAlarm},
		{"second table, row 3", 2, "0 - X - -", OK, OK, InAlarm, OK},
		{"second table, row 4", 2, "- - - - 0", OK, OK, InAlarm, OK},
		{"second table, row 5", 2, "- - - X -", InAlarm, keep, InAlarm, OK},
		// "The next time this alarm is evaluated, if the data is still missing it
		// will go to ALARM, as that non-breaching data point will no longer be in
		// the evaluation range": about row 2 with breaching.
		{"below the first table", 3, "- - - - -", InsufficientData, keep, InAlarm, OK},
		// "The alarm does not go immediately into ALARM state when the data is
		// either - - - - X or - - - X - and Datapoints to Alarm is 3."
		{"premature, too young", 3, "- - - - X", OK, keep, InAlarm, OK},
		{"premature, too young", 3, "- - - X -", OK, keep, InAlarm, OK},
		{"premature, then a good point", 3, "- - - X 0", OK, OK, OK, OK},
		{"premature, then a good point", 3, "- - X - 0", OK, OK, OK, OK},
		// "No matter the value of M", and "all of the more recent data points are
		// either breaching or missing".
		{"premature, more breaching", 3, "- - X X -", InAlarm, keep, InAlarm, OK},
		{"premature, more breaching", 3, "X - - - X", InAlarm, keep, InAlarm, OK},
		// A good point in the range makes it OK, as in row 3 of the second table.
		{"not premature after a good point", 3, "0 - X - -", OK, OK, OK, OK},
		// M breaching ones need no filling.
		{"enough breaching ones", 2, "- - - X X", InAlarm, InAlarm, InAlarm, InAlarm},
		{"enough breaching ones", 1, "- - - - X", InAlarm, InAlarm, InAlarm, InAlarm},
	}
	for _, tt := range tests {
		want := map[MissingData]State{
			TreatMissing: tt.missing, TreatIgnore: tt.ignore, TreatBreaching: tt.breaching, TreatNotBreaching: tt.notBreach,
		}
		for treat, state := range want {
			if got := judged(testRule(n, tt.m, treat), marks(tt.points)); got != state {
				t.Errorf("%s: M = %d, %q with %s = %s, want %s", tt.where, tt.m, tt.points, treat, got, state)
			}
		}
	}
}

// TestOnlyTheNewestCount has the guide's alarm graph: 3 out of 3, and "at period
// six, the value dips below the threshold" (user guide, "Using Amazon CloudWatch
// alarms", section on evaluating an alarm, read 2026-11-23). Breaching periods
// are 3, 4, 5 and 9 of 10.
func TestOnlyTheNewestCount(t *testing.T) {
	graph := marks("0 0 X X X 0 0 0 X 0")
	r := testRule(3, 3, TreatMissing)
	for now := 5; now <= len(graph); now++ {
		want := OK
		if now == 5 {
			want = InAlarm
		}
		if got := judged(r, graph[now-5:now]); got != want {
			t.Errorf("after period %d: %s, want %s", now, got, want)
		}
	}
}

func TestThresholds(t *testing.T) {
	tests := []struct {
		operator             ComparisonOperator
		below, at, aboveThis bool
	}{
		{GreaterThanOrEqualToThreshold, false, true, true},
		{GreaterThanThreshold, false, false, true},
		{LessThanThreshold, true, false, false},
		{LessThanOrEqualToThreshold, true, true, false},
	}
	for _, tt := range tests {
		r := rule{operator: tt.operator, threshold: 2}
		if got := [3]bool{r.breaches(1), r.breaches(2), r.breaches(3)}; got != [3]bool{tt.below, tt.at, tt.aboveThis} {
			t.Errorf("%s breaches at 1, 2, 3: %v", tt.operator, got)
		}
	}
}

// TestBreachingNeverCalms: turning a good point into a breaching one never
// takes an alarm away, whatever the treatment of missing data.
func TestBreachingNeverCalms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "N")
		r := testRule(n, rapid.IntRange(1, n).Draw(t, "M"),
			rapid.SampledFrom([]MissingData{TreatMissing, TreatIgnore, TreatBreaching, TreatNotBreaching}).Draw(t, "missing"))
		points := rapid.SliceOfN(rapid.SampledFrom(marks("0 X -")), n+2, n+2).Draw(t, "points")
		previous := rapid.SampledFrom([]State{OK, InAlarm, InsufficientData}).Draw(t, "previous")
		i := rapid.IntRange(0, len(points)-1).Draw(t, "changed")
		before, _ := r.judge(points, previous)
		if !points[i].ok {
			return
		}
		points[i].value = 1
		after, counts := r.judge(points, previous)
		if before == InAlarm && after != InAlarm && !counts.kept {
			t.Fatalf("%v: ALARM became %s", points, after)
		}
	})
}

// TestNothingMissing: with every datapoint there, the treatment does not matter
// and M out of the newest N decide.
func TestNothingMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "N")
		m := rapid.IntRange(1, n).Draw(t, "M")
		points := rapid.SliceOfN(rapid.SampledFrom(marks("0 X")), n+2, n+2).Draw(t, "points")
		breaching := 0
		for _, p := range points[2:] {
			breaching += int(p.value)
		}
		want := OK
		if breaching >= m {
			want = InAlarm
		}
		for _, treat := range []MissingData{TreatMissing, TreatIgnore, TreatBreaching, TreatNotBreaching} {
			r := testRule(n, m, treat)
			if got, _ := r.judge(points, InsufficientData); got != want {
				t.Fatalf("%s: %s, want %s", treat, got, want)
			}
		}
	})
}
