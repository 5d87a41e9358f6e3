package trial

// What people read, the same in tables and on pages.

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

// Dollars writes an amount: "$1,234.56", "-$1,234.56"; from a hundred thousand on without cents.
func Dollars(v float64) string {
	if v <= -0.005 {
		return "-" + Dollars(-v)
	}
	v = max(v, 0)
	if v >= 100_000 {
		return "$" + grouped(fmt.Sprintf("%.0f", v))
	}
	whole, cents, _ := strings.Cut(fmt.Sprintf("%.2f", v), ".")
	return "$" + grouped(whole) + "." + cents
}

// Price writes the price of a unit, with all its decimals and at least two: "$0.015", "$0.10".
func Price(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if _, decimals, _ := strings.Cut(text, "."); len(decimals) < 2 {
		text = strconv.FormatFloat(v, 'f', 2, 64)
	}
	return "$" + text
}

// Amount writes a number that is not negative, without decimals: "12,345".
func Amount(v float64) string { return grouped(fmt.Sprintf("%.0f", v)) }

// Digits writes a number that is not negative with so many digits that say something, and never with an exponent: "2.08", "1,980".
func Digits(v float64, digits int) string {
	if v >= math.Pow10(digits)-0.5 {
		return Amount(v)
	}
	return strconv.FormatFloat(v, 'g', digits, 64)
}

// Counted writes a number with its noun: "1 shard", "2,000 shards".
func Counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Amount(float64(n)) + " " + noun
}

func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Share writes a share as a percentage, with two digits that say something: "0.0042 %", "3.1 %".
func Share(v float64) string {
	switch {
	case v <= 0:
		return "0 %"
	case v < 1e-6:
		return "<0.0001 %"
	case v < 0.1:
		return strconv.FormatFloat(twoDigits(100*v), 'f', -1, 64) + " %"
	}
	return fmt.Sprintf("%.1f %%", 100*v)
}

// twoDigits rounds to two digits that say something.
func twoDigits(v float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 2, 64), 64)
	if err != nil { // what was formatted can be parsed
		return v
	}
	return rounded
}

// SpreadText says what the traffic is taken to be, and how many open shards its highest minute needs
// therefore; 0: no number holds it. A hot key and a handful of keys are left out of that: no number holds these.
func SpreadText(s *profile.Spread, needs int) string {
	size := "no number of shards holds its highest minute"
	if needs > 0 {
		needed := "its highest minute needs "
		switch p := s.Profile(); {
		case p.Hopeless:
			needed = "with usual keys its highest minute would need "
		case p.HotKey > 0:
			needed = "without the hot key its highest minute needs "
		}
		size = needed + Counted(needs, "open shard")
	}
	return fmt.Sprintf("The traffic is taken to be %s: %s; so %s.", s.Profile().Name, s.Profile(), size)
}

// ResendText says what becomes of refused records.
func ResendText(minutes int) string {
	if minutes == 0 {
		return "records that were refused are not sent again"
	}
	return "records that were refused are sent again for " + Counted(minutes, "minute") + ", and counted again"
}

// FaultTexts writes a line for each fault: "function orders: not found (212 times)".
func FaultTexts(counts []Count) []string {
	var texts []string
	for _, c := range counts {
		if c.Times > 1 {
			c.What = fmt.Sprintf("%s (%d times)", c.What, c.Times)
		}
		texts = append(texts, c.What)
	}
	return texts
}

// CountsText writes counts in a line: "cooldown 4, right_size 2"; "none" for none.
func CountsText(counts []Count) string {
	if len(counts) == 0 {
		return "none"
	}
	texts := make([]string, len(counts))
	for i, c := range counts {
		texts[i] = fmt.Sprintf("%s %d", c.What, c.Times)
	}
	return strings.Join(texts, ", ")
}
