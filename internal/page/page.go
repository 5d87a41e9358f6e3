// Package page writes what happened to a stream as one page of HTML: a verdict, what each way to run
// the stream costs, and for each run the traffic, the open shards, the refusals and the decisions over
// time. It does not know whether a simulation or a real stream's history is shown.
//
// The page is one file that works offline: its style, script and data are within, and its policy
// (Content-Security-Policy) forbids all else. Every text may come from outside: it is escaped.
package page

import "time"

// MostSteps is how many steps of time a page should have at most: at one minute a step six weeks, at
// five minutes 227 days. More make the file larger than a megabyte.
const MostSteps = 65_536

// MostRows is how many rows of decisions a page should have at most, all runs together.
const MostRows = 6000

// Page is what is shown. The zero value is a page that says nothing.
type Page struct {
	Title    string    // the stream's or the trace's name
	Kind     string    // what the page is, in few words: "simulation"
	Verdict  Verdict   // what to conclude; stands first
	Facts    []Fact    // a few figures of the whole time
	About    []string  // paragraphs that say what is shown
	Start    time.Time // of the first step, shown in UTC
	Step     time.Duration
	Traffic  []float64 // of each step the highest minute, in shards that it fills
	Columns  []string  // headings of the cells of Ways
	Ways     []Way
	WaysNote string // what the figures of Ways mean
	Runs     []Run
	Footer   string
}

// Verdict is what to conclude, in one sentence, and sentences that explain it.
type Verdict struct {
	Sentence string
	Because  []string
}

// Fact is a figure with what it is.
type Fact struct{ Name, Value, Note string }

// Way is a way to run the stream, to be compared: one of the runs, or one that was only computed.
type Way struct {
	Name  string
	Run   int      // 1 for the first of the page's runs; 0: it is none of them
	Best  bool     // the one that the verdict names
	Cost  float64  // a month, at least 0
	Rest  float64  // the part of Cost that is not for shards, drawn paler
	Price string   // Cost for people
	Cells []string // one for each of the page's columns; empty ones are not known
}

// Run is what a stream did over the time of the page.
type Run struct {
	Name      string
	Summary   string
	Notes     []string // shown small, such as the settings
	Faults    []string // what went wrong
	Open      []int    // open shards at the end of each step
	Refused   []float64
	Decisions []Decision // in the order of their time
	Left      int        // how many decisions Decisions leaves out
}

// Kind is what a decision came to.
type Kind string

// The kinds.
const (
	Up     Kind = "up"
	Down   Kind = "down"
	Failed Kind = "failed" // decided, and not taken by the service, or nobody knows
	DryRun Kind = "dry"    // would have been done
	Held   Kind = "held"
)

// kind is how the page shows a kind: its filter has the label, and starts ticked or not.
type kind struct {
	Kind  Kind   `json:"kind"`
	Label string `json:"label"`
	Shown bool   `json:"shown"`
}

func kinds() []kind {
	return []kind{
		{Up, "scaled up", true},
		{Down, "scaled down", true},
		{Failed, "not taken", true},
		{DryRun, "dry run", false},
		{Held, "held", false},
	}
}

// Decision is one decision, or several of one reason after each other.
type Decision struct {
	At          time.Time
	Until       time.Time // of the last, where there are several
	Times       int       // 0 and 1: one
	Kind        Kind
	From, To    int     // open shards
	Utilization float64 // 0: not known
	Who         string  // what or who asked; empty: not known
	Reasons     []Reason
}

// Reason is a step that led to a decision.
type Reason struct{ Code, Detail string }
