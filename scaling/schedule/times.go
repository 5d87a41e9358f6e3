package schedule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a Lambda function has no zones of its own

	cron "github.com/netresearch/go-cron"
)

// Times are periods that come again, or one.
type Times struct {
	text   string
	begin  cron.Schedule // by the clock of the zone; nil: once
	once   time.Time     // by the clock of the zone
	zone   *time.Location
	length time.Duration
}

// ParseTimes reads an entry without a minimum, such as "mon-fri 08:30 Europe/Berlin 4h".
func ParseTimes(text string) (Times, error) { return timesOf(strings.Fields(text)) }

// The words of an entry, without its minimum.
const (
	simpleWords = 4 // days, time, zone, length
	cronWords   = 7 // cron's five fields, zone, length
)

func timesOf(words []string) (Times, error) {
	if len(words) != simpleWords && len(words) != cronWords {
		return Times{}, errors.New("not of the form DAYS TIME ZONE LENGTH, such as mon-fri 08:30 Europe/Berlin 4h")
	}
	t := Times{text: strings.Join(words, " ")}
	zone, length := words[len(words)-2], words[len(words)-1]
	var err error
	if t.zone, err = zoneOf(zone); err != nil {
		return Times{}, err
	}
	t.length, err = time.ParseDuration(length)
	if err != nil || t.length < time.Minute || t.length > longestPeriod || t.length%time.Minute != 0 {
		return Times{}, fmt.Errorf("%q is not a length such as 4h or 1h30m, from 1m to %dh", length, int(longestPeriod.Hours()))
	}
	if len(words) == cronWords {
		t.begin, err = cronOf(words[:cronWords-2])
		return t, err
	}
	minute, err := minuteOf(words[1])
	if err != nil {
		return Times{}, err
	}
	if date, err := time.Parse(time.DateOnly, words[0]); err == nil {
		t.once = date.Add(minute)
		return t, nil
	}
	days, err := daysOf(words[0])
	if err != nil {
		return Times{}, err
	}
	t.begin, err = cronOf([]string{strconv.Itoa(int(minute.Minutes()) % 60), strconv.Itoa(int(minute.Hours())), "*", "*", days})
	return t, err
}

// zoneOf is a zone of the IANA database. The empty name and Local would be what a machine is set to.
func zoneOf(name string) (*time.Location, error) {
	if name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("%q is no time zone such as Europe/Berlin or UTC", name)
}

// minuteOf is a time of the day, with a colon or a dot: a tag may not take the colon.
func minuteOf(text string) (time.Duration, error) {
	for _, layout := range []string{"15:04", "15.04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
		}
	}
	return 0, fmt.Errorf("%q is not a time of the day such as 08:30", text)
}

// daysOf turns days into cron's field of them: mon-fri+sun is mon-fri,sun.
func daysOf(text string) (string, error) {
	if text == "daily" {
		return "*", nil
	}
	known := func(day string) bool {
		return len(day) == 3 && strings.Contains(" mon tue wed thu fri sat sun ", " "+day+" ")
	}
	for part := range strings.SplitSeq(text, "+") {
		first, last, ranged := strings.Cut(part, "-")
		if !known(first) || ranged && !known(last) {
			return "", fmt.Errorf("%q is neither daily, nor weekdays such as mon-fri or sat+sun, nor a date such as 2026-12-24", text)
		}
	}
	return strings.ReplaceAll(text, "+", ","), nil
}

// cronOf reads cron's five fields. As with cron, of two fields of days that are set one is enough. The minute is a number,
// so that a period begins at most once an hour.
func cronOf(fields []string) (cron.Schedule, error) {
	if minute, err := strconv.Atoi(fields[0]); err != nil || minute < 0 || minute > 59 {
		return nil, fmt.Errorf("%q is not a minute from 0 to 59", fields[0])
	}
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom)
	if err != nil {
		return nil, err
	}
	schedule, err := parser.Parse(strings.Join(fields, " "))
	if err != nil {
		return nil, fmt.Errorf("cron: %w", err)
	}
	if schedule.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("cron: there is no such day")
	}
	return schedule, nil
}

// InForce reports whether a time is in one of the periods.
func (t Times) InForce(now time.Time) bool { return len(t.begins(now, now.Add(1))) > 0 }

// Next is when the next period begins or ends after a time; zero when none does within a month.
func (t Times) Next(now time.Time) time.Time {
	var next time.Time
	for _, begin := range t.begins(now, now.AddDate(0, 1, 0)) {
		next = Soonest(now, next, begin, begin.Add(t.length))
	}
	return next
}

// Soonest returns the earliest of some times that are after now; zero when none is.
func Soonest(now time.Time, times ...time.Time) time.Time {
	var soonest time.Time
	for _, at := range times {
		if at.After(now) && (soonest.IsZero() || at.Before(soonest)) {
			soonest = at
		}
	}
	return soonest
}

// String is the entry as it was given, in one line.
func (t Times) String() string { return t.text }

// clockChange is more than clocks are ever set forward or back by.
const clockChange = 25 * time.Hour

// begins returns when the periods begin of which a part is between two times, rising.
func (t Times) begins(from, to time.Time) []time.Time {
	if t.zone == nil {
		return nil
	}
	earliest := from.Add(-t.length) // one that begins then has ended by from
	var all []time.Time
	keep := func(clock time.Time) bool {
		begin := t.at(clock)
		if begin.After(earliest) && begin.Before(to) {
			all = append(all, begin)
		}
		return begin.Before(to)
	}
	if t.begin == nil {
		keep(t.once)
		return all
	}
	clock := t.clock(earliest).Add(-clockChange)
	for {
		if clock = t.begin.Next(clock); clock.IsZero() || !keep(clock) {
			return all
		}
	}
}

// clock is what the zone's clock shows at a time, as if it were in UTC.
func (t Times) clock(at time.Time) time.Time {
	_, offset := at.In(t.zone).Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}

// at is the first time at which the zone's clock shows so late: at a time that there is twice the first, and at one that
// is left out the moment at which the clock is set forward.
func (t Times) at(clock time.Time) time.Time {
	before, after := t.offset(clock.Add(-clockChange)), t.offset(clock.Add(clockChange))
	first, second := clock.Add(-before), clock.Add(-after)
	if second.Before(first) {
		first, second = second, first
	}
	for _, at := range []time.Time{first, second} {
		if t.clock(at).Equal(clock) {
			return at
		}
	}
	change, _ := clock.Add(-before).In(t.zone).ZoneBounds()
	return change.UTC()
}

func (t Times) offset(at time.Time) time.Duration {
	_, offset := at.In(t.zone).Zone()
	return time.Duration(offset) * time.Second
}
