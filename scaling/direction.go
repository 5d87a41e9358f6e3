package scaling

import "fmt"

// Direction is what a decision does to the open shard count, or what an alarm asks for. The
// zero value is Hold.
type Direction int

// The directions, in the words of the Kinesis API reference.
const (
	Hold Direction = iota
	Up
	Down
)

// String returns "hold", "up" or "down".
func (d Direction) String() string {
	switch d {
	case Hold:
		return "hold"
	case Up:
		return "up"
	case Down:
		return "down"
	}
	return fmt.Sprintf("Direction(%d)", int(d))
}

// MarshalText writes the direction as String does.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; anything else is an error.
func (d *Direction) UnmarshalText(text []byte) error {
	for _, known := range []Direction{Hold, Up, Down} {
		if known.String() == string(text) {
			*d = known
			return nil
		}
	}
	return fmt.Errorf("direction %q is none of hold, up, down", text)
}

// DirectionOf returns the direction of a change from one open shard count to another.
func DirectionOf(from, to int) Direction {
	switch {
	case to > from:
		return Up
	case to < from:
		return Down
	}
	return Hold
}
