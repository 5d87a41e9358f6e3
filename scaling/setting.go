package scaling

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Setting is a row of the table of settings, AllSettings.
type Setting struct {
	Name      string   // in tags, overrides, stack parameters and on the command line
	Unit      string   // of its value; empty for words and for names
	Doc       string   // what it is, in one sentence without a full stop
	Policies  []Policy // that use it, by their names in the table of policies; empty: all do
	OneStream bool     // it names something of one stream, so a stack has no default for it
	kind      kind
}

// Range tells which values the setting can have, such as "1 to 60"; empty where only the rules between
// settings bound it, or nothing does.
func (s Setting) Range() string { return s.kind.bounds() }

// kind is what a setting's value is: where Settings keep it, and how it is read, written and checked.
// Adding a kind is rare: most settings are whole numbers, shares or minutes.
type kind interface {
	reset(s *Settings)                   // to the default
	read(s *Settings, text string) error // and set
	write(s *Settings) string            // as read takes it
	fault(s *Settings) string            // why the value cannot be; empty when it can
	bounds() string
}

// whole is a whole number from least to most. Without most there is no upper bound; without both only
// rules bound it.
type whole struct {
	normal, least, most int
	field               func(*Settings) *int
}

func (k whole) reset(s *Settings)        { *k.field(s) = k.normal }
func (k whole) write(s *Settings) string { return strconv.Itoa(*k.field(s)) }

func (k whole) read(s *Settings, text string) error {
	v, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", text)
	}
	*k.field(s) = v
	return nil
}

func (k whole) fault(s *Settings) string {
	switch v := *k.field(s); {
	case k.least == 0 && k.most == 0:
	case k.most == 0 && v < k.least:
		return fmt.Sprintf("%d is not at least %d", v, k.least)
	case k.most > 0 && (v < k.least || v > k.most):
		return fmt.Sprintf("%d is not between %d and %d", v, k.least, k.most)
	}
	return ""
}

func (k whole) bounds() string {
	switch {
	case k.most > 0:
		return fmt.Sprintf("%d to %d", k.least, k.most)
	case k.least > 0:
		return fmt.Sprintf("%d or more", k.least)
	}
	return ""
}

// share is a part of something, above 0 and at most 1.
type share struct {
	normal float64
	field  func(*Settings) *float64
}

func (k share) reset(s *Settings)                   { *k.field(s) = k.normal }
func (k share) read(s *Settings, text string) error { return readNumber(k.field(s), text) }
func (k share) write(s *Settings) string            { return writeNumber(*k.field(s)) }
func (k share) bounds() string                      { return "above 0, at most 1" }

func (k share) fault(s *Settings) string {
	if v := *k.field(s); math.IsNaN(v) || v <= 0 || v > 1 {
		return fmt.Sprintf("%v is not above 0 and at most 1", v)
	}
	return ""
}

// learned is the text of a share that is not set but found.
const learned = "learned"

// learnedShare is a share of lowestShare at least, as one that is learned, or "learned": 0. That is the default.
type learnedShare struct{ field func(*Settings) *float64 }

func (k learnedShare) reset(s *Settings) { *k.field(s) = 0 }
func (k learnedShare) bounds() string {
	return fmt.Sprintf("%s or 0, or %v to 1", learned, lowestShare)
}

func (k learnedShare) read(s *Settings, text string) error {
	if text == learned {
		*k.field(s) = 0
		return nil
	}
	return readNumber(k.field(s), text)
}

func (k learnedShare) write(s *Settings) string {
	if *k.field(s) == 0 {
		return learned
	}
	return writeNumber(*k.field(s))
}

func (k learnedShare) fault(s *Settings) string {
	if v := *k.field(s); math.IsNaN(v) || v > 1 || v != 0 && v < lowestShare {
		return fmt.Sprintf("%v is neither %s nor between %v and 1", v, learned, lowestShare)
	}
	return ""
}

// factor is how many times as much, from least to most.
type factor struct {
	normal, least, most float64
	field               func(*Settings) *float64
}

func (k factor) reset(s *Settings)                   { *k.field(s) = k.normal }
func (k factor) read(s *Settings, text string) error { return readNumber(k.field(s), text) }
func (k factor) write(s *Settings) string            { return writeNumber(*k.field(s)) }
func (k factor) bounds() string                      { return fmt.Sprintf("%v to %v", k.least, k.most) }

func (k factor) fault(s *Settings) string {
	if v := *k.field(s); math.IsNaN(v) || v < k.least || v > k.most {
		return fmt.Sprintf("%v is not between %v and %v", v, k.least, k.most)
	}
	return ""
}

func readNumber(field *float64, text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number", text)
	}
	*field = v
	return nil
}

func writeNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// minutes is a time of whole minutes, up to a day.
type minutes struct {
	normal time.Duration
	field  func(*Settings) *time.Duration
}

func (k minutes) reset(s *Settings)        { *k.field(s) = k.normal }
func (k minutes) write(s *Settings) string { return strconv.Itoa(int(*k.field(s) / time.Minute)) }
func (k minutes) bounds() string           { return "0 to 1440" }

func (k minutes) read(s *Settings, text string) error {
	v, err := strconv.Atoi(text)
	if err != nil || v < 0 || v > 24*60 {
		return fmt.Errorf("%q is not a whole number of minutes between 0 and 1440", text)
	}
	*k.field(s) = time.Duration(v) * time.Minute
	return nil
}

func (k minutes) fault(s *Settings) string {
	if v := *k.field(s); v < 0 || v > 24*time.Hour || v%time.Minute != 0 {
		return fmt.Sprintf("%v is not a whole number of minutes between 0 and 1440", v)
	}
	return ""
}

// word is one of a few known words, the first of which is the default.
type word[W ~string] struct {
	known []W
	field func(*Settings) *W
}

func (k word[W]) reset(s *Settings)        { *k.field(s) = k.known[0] }
func (k word[W]) write(s *Settings) string { return string(*k.field(s)) }

func (k word[W]) read(s *Settings, text string) error {
	if !slices.Contains(k.known, W(text)) {
		return fmt.Errorf("%q is none of %v", text, k.known)
	}
	*k.field(s) = W(text)
	return nil
}

func (k word[W]) fault(s *Settings) string {
	if v := *k.field(s); !slices.Contains(k.known, v) {
		return fmt.Sprintf("%q is none of %v", v, k.known)
	}
	return ""
}

func (k word[W]) bounds() string {
	var words []string
	for _, w := range k.known {
		words = append(words, string(w))
	}
	return strings.Join(words, ", ")
}

// names is made of letters, digits, '-', '_', '.' and one extra character; with a space as that, it is a
// list of at most so many names. Names end up in alarm definitions and in calls, so nothing else
// may pass. The default is none.
type names struct {
	most  int
	extra string
	field func(*Settings) *string
}

func (k names) reset(s *Settings)        { *k.field(s) = "" }
func (k names) write(s *Settings) string { return *k.field(s) }

func (k names) read(s *Settings, text string) error {
	if strings.IndexFunc(text, func(r rune) bool { return !isNameRune(r) && !strings.ContainsRune(k.extra, r) }) >= 0 {
		return fmt.Errorf("%q has a character that no name has", text)
	}
	*k.field(s) = text
	return nil
}

func (k names) fault(s *Settings) string {
	if len(strings.Fields(*k.field(s))) > k.most {
		return fmt.Sprintf("more than %d names", k.most)
	}
	return ""
}

func (k names) bounds() string {
	if k.most == 1 {
		return "a name"
	}
	return fmt.Sprintf("up to %d names", k.most)
}
