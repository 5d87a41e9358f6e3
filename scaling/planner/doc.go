// Package planner computes the size that a stream should have, from what its load was in the past
// days. It looks a day ahead, half-hour by half-hour, because a stream can be resized only so often
// in 24 hours: the question is not only what is needed now, but which operations are worth their
// place among the few that there are.
//
// The package knows plain loads, not where they come from. A load is in shards: 2.5 is what two and
// a half shards take when every one of them is full. The way through it, a file for each step:
//
//	past.go        Past: loads by half-hour, and how violently the stream has grown
//	forecast.go    Past.predict: what the next day brings, by the past days that look most like today
//	candidates.go  the sizes that a plan chooses from, and which of them one operation reaches
//	plan.go        the cheapest way through the day ahead, and the first step on it
//	size.go        Choose: what each half-hour needs, the plan, and the size with its reason
//
// Each file uses only those above it.
package planner
