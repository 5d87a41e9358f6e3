package metricmath

// Why an alarm changed its state, in the words of CloudWatch. The wording is
// taken from state changes that the user guide and users show (read
// 2026-11-23), for example:
//
//	Threshold Crossed: 3 out of the last 3 datapoints [20000.0 (08/11/22 11:25:00), ...] were greater than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition).
//	Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].
//	Insufficient Data: 5 datapoints were unknown.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Datapoint is a value of the watched series.
type Datapoint struct {
	Start time.Time // of the period, in UTC
	Value float64
}

// considered returns the datapoints that decided: the newest real ones, at most
// N, newest first.
func (r *rule) considered(points []point, end, minutes int64) []Datapoint {
	var out []Datapoint
	for i := len(points) - 1; i >= 0 && len(out) < r.evaluationPeriods; i-- {
		if points[i].ok {
			out = append(out, Datapoint{startOf(end - int64(len(points)-i)*minutes), points[i].value})
		}
	}
	return out
}

// reason describes how the datapoints led to the state.
func (r *rule) reason(d Definition, state State, t tally, considered []Datapoint) string {
	if state == InsufficientData {
		return fmt.Sprintf("Insufficient Data: %s unknown.", counted(r.evaluationPeriods, "datapoint"))
	}
	var decisive []Datapoint
	for _, p := range considered {
		if r.breaches(p.Value) == (state == InAlarm) {
			decisive = append(decisive, p)
		}
	}
	var b strings.Builder
	b.WriteString("Threshold Crossed: ")
	switch {
	case len(considered) == 0:
		fmt.Fprintf(&b, "no datapoints were received for %s", plural(r.evaluationPeriods, "period"))
	case len(decisive) == 0:
		fmt.Fprintf(&b, "%s received for %s", counted(t.real, "datapoint"), plural(r.evaluationPeriods, "period"))
	default:
		r.writeDecisive(&b, d, state, decisive)
	}
	if t.filled() > 0 && (r.missing == TreatBreaching || r.missing == TreatNotBreaching) {
		fmt.Fprintf(&b, " and %s treated as [%s]", counted(t.filled(), "missing datapoint"), written(r.missing))
	}
	if d.DatapointsToAlarm > 0 && len(decisive) > 0 {
		need, change := r.datapointsToAlarm, "OK -> ALARM"
		if state == OK {
			need, change = r.evaluationPeriods-r.datapointsToAlarm+1, "ALARM -> OK"
		}
		fmt.Fprintf(&b, " (minimum %s for %s transition)", plural(need, "datapoint"), change)
	}
	b.WriteString(".")
	return b.String()
}

// writeDecisive writes the datapoints on the side of the threshold that won.
func (r *rule) writeDecisive(b *strings.Builder, d Definition, state State, decisive []Datapoint) {
	if d.DatapointsToAlarm > 0 {
		fmt.Fprintf(b, "%d out of the last %d datapoints [", len(decisive), r.evaluationPeriods)
	} else {
		b.WriteString(plural(len(decisive), "datapoint") + " [")
	}
	for i, p := range decisive {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(javaNumber(p.Value) + p.Start.Format(" (02/01/06 15:04:05)"))
	}
	b.WriteString("] " + verb(len(decisive)))
	if state == OK {
		b.WriteString(" not")
	}
	fmt.Fprintf(b, " %s the threshold (%s)", words(r.operator), javaNumber(r.threshold))
}

func words(o ComparisonOperator) string {
	switch o {
	case GreaterThanOrEqualToThreshold:
		return "greater than or equal to"
	case GreaterThanThreshold:
		return "greater than"
	case LessThanThreshold:
		return "less than"
	case LessThanOrEqualToThreshold:
	}
	return "less than or equal to"
}

func written(m MissingData) string {
	if m == TreatBreaching {
		return "Breaching"
	}
	return "NonBreaching"
}

func verb(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func counted(n int, noun string) string { return plural(n, noun) + " " + verb(n) }

// javaNumber writes a number as the service does, whose messages show Java's
// Double.toString: always a decimal point, and E from ten million on and below
// a thousandth.
func javaNumber(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-3 || size >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'E', -1, 64), "E")
		power, err := strconv.Atoi(exponent)
		if err != nil {
			return mantissa // infinities; a definition and a point hold none
		}
		return withPoint(mantissa) + "E" + strconv.Itoa(power)
	}
	return withPoint(strconv.FormatFloat(v, 'f', -1, 64))
}

func withPoint(digits string) string {
	if strings.Contains(digits, ".") {
		return digits
	}
	return digits + ".0"
}
