// Package output writes what the command found out: for people as tables that fit their terminal,
// for programs as JSON lines or CSV.
package output

import (
	"encoding/json"
	"fmt"
	"io"
)

// Format is how something is written.
type Format string

// The formats that every command has.
const (
	Table Format = "table" // for people
	JSON  Format = "json"  // one object a line
	CSV   Format = "csv"   // with the same names as JSON, safe to open in a spreadsheet
)

// Formats returns the formats that every command has.
func Formats() []Format { return []Format{Table, JSON, CSV} }

// Screen is where tables go.
type Screen struct {
	W      io.Writer
	Width  int // columns; 0 is without limit
	Colour bool
}

// Rows writes things of one kind, one by one, in any format.
type Rows[T any] struct {
	write func(T) error
	close func() error
}

// Write writes one thing.
func (r Rows[T]) Write(thing T) error { return r.write(thing) }

// Close writes what is still kept back. It is to be called once, after the last thing.
func (r Rows[T]) Close() error { return r.close() }

// NewRows returns what writes things in a format: as rows of a grid, whose cells are given by cells,
// or as lines, whose names and values are those of the struct that line gives. Without any thing
// nothing is written but the heading of a CSV.
func NewRows[T, L any](to Screen, format Format, columns []Column, cells func(T) []string, line func(T) L) (Rows[T], error) {
	switch format {
	case Table:
		grid := NewGrid(to, columns...)
		return Rows[T]{func(thing T) error { return grid.Row(cells(thing)...) }, grid.Close}, nil
	case JSON:
		return Rows[T]{func(thing T) error { return WriteJSON(to.W, line(thing)) }, func() error { return nil }}, nil
	case CSV:
		sheet, err := NewSheet[L](to.W)
		if err != nil {
			return Rows[T]{}, err
		}
		return Rows[T]{func(thing T) error { return sheet.Row(line(thing)) }, sheet.Close}, nil
	}
	return Rows[T]{}, fmt.Errorf("there is no format %q", format)
}

// WriteJSON writes values as JSON lines.
func WriteJSON[T any](w io.Writer, values ...T) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, v := range values {
		if err := encoder.Encode(v); err != nil {
			return err
		}
	}
	return nil
}
