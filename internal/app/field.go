package app

import (
	"encoding/json"
	"fmt"
)

// Field is a field of an event from outside. One that cannot be read leaves the rest of the event
// readable: what is wrong is kept until somebody needs the value. The zero value: the field was not there.
type Field[T any] struct {
	Value T // zero where the field is not there, is null, or cannot be read
	fault error
}

// UnmarshalJSON keeps what is wrong with the value, and never fails.
func (f *Field[T]) UnmarshalJSON(text []byte) error {
	*f = Field[T]{}
	if err := json.Unmarshal(text, &f.Value); err != nil {
		var none T
		f.Value, f.fault = none, err
	}
	return nil
}

// Read returns the value, or an error that names the field and says why it cannot be read.
func (f Field[T]) Read(name string) (T, error) {
	if f.fault != nil {
		return f.Value, fmt.Errorf("field %s: %w", name, f.fault)
	}
	return f.Value, nil
}
