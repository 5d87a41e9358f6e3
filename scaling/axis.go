package scaling

import (
	"fmt"
	"strconv"
	"strings"
)

// Axis is the values that are worth a try for one setting, or for several that go together. All of
// its layers have the same keys, and one of them has the policy's defaults.
type Axis []Layer

// axisOf are values of one setting.
func axisOf(name string, values ...float64) Axis {
	var a Axis
	for _, v := range values {
		layer := Layer{name: decimal(v)}
		if strings.HasSuffix(name, "-threshold") { // as the default is
			layer["nominal-thresholds"] = string(NominalNone)
		}
		a = append(a, layer)
	}
	return a
}

// axisOfThresholds are scale-up thresholds with their scale-down thresholds.
func axisOfThresholds(upAndDown ...[2]float64) Axis {
	var a Axis
	for _, v := range upAndDown {
		a = append(a, Layer{"scale-up-threshold": decimal(v[0]), "scale-down-threshold": decimal(v[1]), "nominal-thresholds": string(NominalNone)})
	}
	return a
}

// axisOfWindows are windows of the scale-up or the scale-down alarm.
func axisOfWindows(alarm string, windows ...AlarmWindow) Axis {
	var a Axis
	for _, w := range windows {
		a = append(a, Layer{
			alarm + "-period-minutes":      fmt.Sprint(w.PeriodMinutes),
			alarm + "-evaluation-periods":  fmt.Sprint(w.EvaluationPeriods),
			alarm + "-datapoints-to-alarm": fmt.Sprint(w.DatapointsToAlarm),
		})
	}
	return a
}

// scaleUpWindows are what every policy may try for the scale-up alarm.
func scaleUpWindows() Axis {
	return axisOfWindows("scale-up", AlarmWindow{1, 1, 1}, AlarmWindow{1, 2, 2}, AlarmWindow{1, 3, 2}, AlarmWindow{1, 5, 3}, AlarmWindow{1, 5, 5}, AlarmWindow{1, 10, 8})
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
