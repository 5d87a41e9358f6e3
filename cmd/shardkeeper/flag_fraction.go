package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// fraction is a share on the command line: "0.01%" or 0.0001.
type fraction float64

// Type is what the help calls it.
func (s *fraction) Type() string { return "share" }

// String returns the share as a percentage.
func (s *fraction) String() string { return strconv.FormatFloat(100*float64(*s), 'g', 12, 64) + "%" }

// Set reads a share.
func (s *fraction) Set(text string) error { return s.UnmarshalText([]byte(text)) }

// UnmarshalText reads a share.
func (s *fraction) UnmarshalText(text []byte) error {
	number, hundredths := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if hundredths {
		v /= 100
	}
	if err != nil || math.IsNaN(v) || v < 0 || v > 1 {
		return fmt.Errorf("%q is no share; want one like 0.01%% or 0.0001", text)
	}
	*s = fraction(v)
	return nil
}
