package planner

// What one odd day does to the forecasts of the next days.

import (
	"testing"
	"time"
)

// Of the three days that a forecast follows one may be odd. An outage or a burst of two hours on it changes no half-hour of the
// forecast, nor its margin.
func TestAnOddDayBendsNoForecast(t *testing.T) {
	const length = 2 * time.Hour
	ordinary := pastOf(pastNoon(), seenDays(8, workday)).predict(8, 0.85)
	for _, c := range []struct {
		name string
		load float64 // in these hours; an ordinary day has 8 and 2
	}{{"an outage", 0}, {"a burst", 40}} {
		for ago := 1; ago <= 7; ago++ {
			for _, hour := range []int{3, 9, 14, 22} {
				begin := pastNoon().Truncate(24*time.Hour).AddDate(0, 0, -ago).Add(time.Duration(hour) * time.Hour)
				forecast := pastOf(pastNoon(), seenDays(8, func(at time.Time) float64 {
					if since := at.Sub(begin); since >= 0 && since < length {
						return c.load
					}
					return workday(at)
				})).predict(8, 0.85)
				if forecast.Margin != ordinary.Margin {
					t.Errorf("%s %d days ago at %d: margin %v, on ordinary days %v", c.name, ago, hour, forecast.Margin, ordinary.Margin)
				}
				for i, got := range forecast.Peak {
					if !near(got, ordinary.Peak[i]) {
						t.Errorf("%s %d days ago at %d, block %d: got %v, on ordinary days %v", c.name, ago, hour, i, got, ordinary.Peak[i])
					}
				}
			}
		}
	}
}

// Two odd days among the three are no longer odd: what came twice at a time of day is expected to come again.
func TestTwoOddDaysAreExpectedAgain(t *testing.T) {
	forecast := pastOf(pastNoon(), seenDays(8, func(at time.Time) float64 {
		if at.Hour() == 15 && at.After(pastNoon().AddDate(0, 0, -2)) {
			return 16
		}
		return workday(at)
	})).predict(8, 0.85)
	for i, want := range []float64{5: 8, 6: 16, 7: 16, 8: 8} {
		if want != 0 && !near(forecast.Peak[i], want) {
			t.Errorf("block %d: got %v, want %v", i, forecast.Peak[i], want)
		}
	}
}
