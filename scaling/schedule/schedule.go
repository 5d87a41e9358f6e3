package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a schedule.
const (
	mostEntries   = 60                 // those of a tag and of all timed overrides together
	longestPeriod = 7 * 24 * time.Hour // what lasts longer is a minimum of its own
	mostShards    = 10_000             // of one stream
	separator     = "/"
)

// Schedule is when a stream is to have how many shards at least. The zero value: never.
type Schedule struct{ entries []entry }

// entry is one line of a schedule.
type entry struct {
	times  Times
	shards int
}

// Period is a time in which a stream is to have so many shards at least.
type Period struct {
	From   time.Time
	Until  time.Time // after From
	Shards int       // at least 1
	Entry  string    // of the schedule
}

// Parse reads a schedule. An empty text is the zero value. The error says which entry cannot be read, and why.
func Parse(text string) (Schedule, error) {
	var s Schedule
	for _, words := range entriesOf(text) {
		line := strings.Join(words, " ")
		if len(s.entries) == mostEntries {
			return Schedule{}, fmt.Errorf("more than %d entries", mostEntries)
		}
		number, is := "", false
		if len(words) > 0 {
			number, is = strings.CutPrefix(words[len(words)-1], "min=")
		}
		if !is {
			return Schedule{}, fmt.Errorf("%q does not end with a minimum such as min=64", line)
		}
		shards, err := strconv.Atoi(number)
		if err != nil || shards < 1 || shards > mostShards {
			return Schedule{}, fmt.Errorf("%q: %q is not a number of shards between 1 and %d", line, number, mostShards)
		}
		times, err := timesOf(words[:len(words)-1])
		if err != nil {
			return Schedule{}, fmt.Errorf("%q: %w", line, err)
		}
		s.entries = append(s.entries, entry{times, shards})
	}
	return s, nil
}

// entriesOf are the words of each entry.
func entriesOf(text string) [][]string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil
	}
	entries := [][]string{nil}
	for _, word := range words {
		if word == separator {
			entries = append(entries, nil)
			continue
		}
		last := len(entries) - 1
		entries[last] = append(entries[last], word)
	}
	return entries
}

// Join puts schedules together; empty ones are left out.
func Join(texts ...string) string {
	texts = slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return strings.TrimSpace(text) == "" })
	return strings.Join(texts, " "+separator+" ")
}

// Most is the highest minimum of all entries; 0 without any.
func (s Schedule) Most() int {
	most := 0
	for _, e := range s.entries {
		most = max(most, e.shards)
	}
	return most
}

// Between returns the periods of which a part is between two times, by their beginning. Such as overlap are all there.
func (s Schedule) Between(from, to time.Time) []Period {
	var all []Period
	for _, e := range s.entries {
		for _, begin := range e.times.begins(from, to) {
			all = append(all, Period{From: begin, Until: begin.Add(e.times.length), Shards: e.shards, Entry: e.times.text + " min=" + strconv.Itoa(e.shards)})
		}
	}
	slices.SortStableFunc(all, func(x, y Period) int { return cmp.Or(x.From.Compare(y.From), cmp.Compare(y.Shards, x.Shards)) })
	return all
}
