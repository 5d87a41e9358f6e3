package chart

import (
	"fmt"
	"math"
	"strconv"
)

// px writes a length to a tenth of a pixel.
func px(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// amount writes a tick of shards.
func amount(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// percent writes a share, escaped for XML.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.001:
		return "&lt;0.1 %"
	case share < 0.095:
		return fmt.Sprintf("%.1f %%", 100*share)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}
