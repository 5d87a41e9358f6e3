package metricmath

// A compiled expression: steps over registers.

// register holds a number or a series while a program runs. A constant one is
// never written by a step.
type register struct {
	number   bool // the same at all times
	constant bool
	point    point // of a constant one
}

// step computes one register from others.
type step struct {
	op      operation
	out     int
	a, b, c int   // input registers
	inputs  []int // input registers of opMaxOf and its kind
	metric  int   // index of the metric of opMetric
	look    int   // index among the steps that look back
	strict  bool  // a number is among the inputs, see combine
}

// program computes one series.
type program struct {
	steps     []step
	registers []register
	metrics   []MetricStat
	minutes   int64 // length of a period
	result    int
	looks     int // how many steps look back
	// looksAround says that a point depends on others of the range than those at
	// its own time.
	looksAround bool
}
