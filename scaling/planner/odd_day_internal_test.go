package planner

// What one odd day does to the forecasts of the next days.

import (
	"testing"
	"time"
)

// Of the three days that a forecast follows one may be odd. So an outage takes a third of the forecast of its own hours at
// most, and a burst leads no further than it went. The hours around it are forecast as ever, and after three days all hours are.
func TestAnOddDayBendsItsOwnHoursForThreeDays(t *testing.T) {
	const length = 2 * time.Hour
	for _, c := range []struct {
		name        string
		load        float64 // in these hours; an ordinary day has 8 and 2
		least, most float64 // share of the ordinary forecast
	}{
		{"an outage", 0, 2.0 / 3, 1},
		{"a burst", 40, 1, 20},
	} {
		bent := 0
		for ago := 1; ago <= 7; ago++ {
			for _, hour := range []int{3, 9, 14, 22} {
				begin := pastNoon().Truncate(24*time.Hour).AddDate(0, 0, -ago).Add(time.Duration(hour) * time.Hour)
				past := pastOf(pastNoon(), seenDays(8, func(at time.Time) float64 {
					if since := at.Sub(begin); since >= 0 && since < length {
						return c.load
					}
					return workday(at)
				}))
				forecast, ordinary := past.Predict(8, 0.85), pastOf(pastNoon(), seenDays(8, workday)).Predict(8, 0.85)
				if forecast.Margin != ordinary.Margin {
					t.Errorf("%s %d days ago at %d: margin %v, on ordinary days %v", c.name, ago, hour, forecast.Margin, ordinary.Margin)
				}
				for i, got := range forecast.Peak {
					at, want := (hour+24-12)*2%blocksPerDay, ordinary.Peak[i] // the hours of the odd day, in blocks from noon on
					its := ago <= 3 && i >= at && i < at+int(length/BlockLength)
					switch {
					case near(got, want):
					case !its:
						t.Errorf("%s %d days ago at %d, block %d: got %v, on ordinary days %v", c.name, ago, hour, i, got, want)
					case got < c.least*want-1e-9 || got > c.most*want+1e-9:
						t.Errorf("%s %d days ago at %d, block %d: got %v, want %v to %v times %v", c.name, ago, hour, i, got, c.least, c.most, want)
					default:
						bent++
					}
				}
			}
		}
		if bent == 0 {
			t.Errorf("%s bends nothing: say so here, and in docs/policies.md", c.name)
		}
	}
}
