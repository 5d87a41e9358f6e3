package cloudwatch_test

// What tags may not do to an alarm: break its formula, or bring words of their own into it.

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// FuzzTagsInAlarms: tags that are taken give alarms that CloudWatch takes, with expressions in
// which no text of a tag stands, only numbers and how many consumers there are.
func FuzzTagsInAlarms(f *testing.F) {
	for _, seed := range [][2]string{
		{"fan-out-consumers", "audit reader.2 m1"},
		{"fan-out-consumers", `audit"}],FILL(m1,9)`},
		{"fan-out-consumers", "${PROP('Dim.StreamName')}"},
		{"fan-out-consumers", "e1 e2 s1 IF MAX"},
		{"consumer", "arn:aws:lambda:us-east-1:123456789012:function:reader"},
		{"throttled-share", "5e-324"},
		{"scale-up-threshold", "0x1p-2"},
		{"scale-up-threshold", "1_0e-1"},
		{"scale-down-threshold", ".1"},
		{"iterator-age-minutes", "+30"},
		{"min-shards", "0010"},
		{"scale-down-period-minutes", "60"},
		{"policy", "target-tracking"},
	} {
		f.Add(seed[0], seed[1], 4)
	}
	f.Fuzz(func(t *testing.T, key, value string, open int) {
		settings, err := scaling.Effective(scaling.TagLayer(map[string]string{scaling.TagPrefix + key: value}))
		if err != nil {
			t.Skip("refused")
		}
		others := settings
		others.FanOutConsumers = strings.TrimSpace(strings.Repeat("x ", len(settings.FanOutConsumerNames())))
		for _, dir := range directions() {
			want := scaling.AlarmWant{Stream: "orders", OpenShards: min(max(open, 1), scaling.MaxStreamShards), Settings: settings}
			formulas := formulasOf(t, want, dir)
			want.Settings = others
			if diff := cmp.Diff(formulasOf(t, want, dir), formulas); diff != "" {
				t.Errorf("%s=%q changes the formula:\n%s", key, value, diff)
			}
		}
	})
}

// formulasOf returns the expressions of an alarm, which must be such as CloudWatch takes.
func formulasOf(t *testing.T, want scaling.AlarmWant, dir scaling.Direction) []string {
	t.Helper()
	d := cloudwatch.Definition(want, dir)
	if err := d.Validate(); err != nil {
		t.Errorf("%s: %v", dir, err)
	}
	var formulas []string
	for _, q := range d.Queries {
		if strings.ContainsAny(q.Label, "${}'\"\\") { // CloudWatch would read ${...} in a label
			t.Errorf("label %q", q.Label)
		}
		formulas = append(formulas, q.Expression)
	}
	return formulas
}

// An override is as long as people like, a tag is not.
func TestLongNamesStayOutOfTheFormula(t *testing.T) {
	settings, err := scaling.Effective(scaling.Layer{"fan-out-consumers": strings.Repeat("c", 1000)})
	if err != nil {
		return // refused is as good
	}
	for _, dir := range directions() {
		for _, formula := range formulasOf(t, scaling.AlarmWant{Stream: "orders", OpenShards: 4, Settings: settings}, dir) {
			if len(formula) > 200 {
				t.Errorf("%s: an expression of %d characters", dir, len(formula))
			}
		}
	}
}
