package scaling

// Paused says in which directions a stream is not resharded: the setting "pause".
type Paused string

// The values of the setting "pause".
const (
	PausedNone Paused = "none"
	PausedUp   Paused = "scale-up"
	PausedDown Paused = "scale-down"
	PausedBoth Paused = "both"
)

// PausedValues returns the values of the setting "pause".
func PausedValues() []Paused { return []Paused{PausedNone, PausedUp, PausedDown, PausedBoth} }

// Covers reports whether a direction is paused.
func (p Paused) Covers(dir Direction) bool {
	return p == PausedBoth && dir != Hold || p == PausedUp && dir == Up || p == PausedDown && dir == Down
}
