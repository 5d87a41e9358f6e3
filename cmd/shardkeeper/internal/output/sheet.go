package output

import (
	"encoding"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Sheet writes structs as CSV. The columns are the struct's fields by the names that they have in
// JSON, in the same order; those of an embedded struct are its own. Fields that JSON would leave
// out are empty.
//
// A text that a spreadsheet would take for a formula gets a quote before it, since texts in the
// history come from others too. Numbers stay as they are.
type Sheet[L any] struct {
	csv    *csv.Writer
	fields []field
}

// field is a column: where its value is in the struct.
type field struct {
	name      string
	index     []int
	omitEmpty bool
}

// NewSheet writes the heading of a sheet. It fails for what is not a struct.
func NewSheet[L any](w io.Writer) (*Sheet[L], error) {
	kind := reflect.TypeFor[L]()
	if kind.Kind() != reflect.Struct {
		return nil, fmt.Errorf("a %s is no row", kind)
	}
	s := &Sheet[L]{csv.NewWriter(w), fieldsOf(kind)}
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return s, s.csv.Write(names)
}

func fieldsOf(kind reflect.Type) []field {
	var fields []field
	for _, f := range reflect.VisibleFields(kind) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" || name == "" {
			continue
		}
		fields = append(fields, field{name, f.Index, strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")})
	}
	return fields
}

// Row writes one row.
func (s *Sheet[L]) Row(line L) error {
	cells := make([]string, len(s.fields))
	for i, f := range s.fields {
		value := reflect.ValueOf(line).FieldByIndex(f.index)
		if f.omitEmpty && value.IsZero() {
			continue
		}
		text, isNumber, err := textOf(value)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
		if cells[i] = text; !isNumber {
			cells[i] = unarmed(text)
		}
	}
	return s.csv.Write(cells)
}

// Close writes the rest.
func (s *Sheet[L]) Close() error {
	s.csv.Flush()
	return s.csv.Error()
}

// textOf returns a value as the text of a cell, and whether it is a number. What has parts is a text
// if it knows how to be one, else JSON.
func textOf(value reflect.Value) (text string, isNumber bool, err error) {
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return "", false, nil
		}
		value = value.Elem()
	}
	switch v := value.Interface().(type) {
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		return string(text), false, err
	case fmt.Stringer:
		return v.String(), false, nil
	}
	switch {
	case value.CanInt():
		return strconv.FormatInt(value.Int(), 10), true, nil
	case value.CanUint():
		return strconv.FormatUint(value.Uint(), 10), true, nil
	case value.CanFloat():
		return strconv.FormatFloat(value.Float(), 'f', -1, 64), true, nil
	case value.Kind() == reflect.Bool:
		return strconv.FormatBool(value.Bool()), false, nil
	case value.Kind() == reflect.String:
		return value.String(), false, nil
	}
	parts, err := json.Marshal(value.Interface())
	return string(parts), false, err
}

// armed are the characters with which a spreadsheet begins a formula, also in full width, or skips
// to one ("CSV injection", OWASP, read 2026-11).
const armed = "=+-@\t\r\n＝＋－＠"

// unarmed returns a text that a spreadsheet shows as it is. What steers a terminal is left out.
func unarmed(text string) string {
	if text != "" && strings.ContainsRune(armed, []rune(text)[0]) {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			text = "'" + text
		}
	}
	return Printable(text)
}
