// Package settingsfile reads and writes what people have set for streams, as YAML: overrides, and what is timed.
package settingsfile

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Stream is what a file says of one stream.
type Stream struct {
	Name      string
	Overrides scaling.Layer  // all that it is to have; nil: the file says nothing of them
	Timed     []ledger.Timed // all that it is to have, the last one above all others; nil: the file says nothing of them
	Notes     []string       // comments above it, to write; they are not read
}

// The keys of a file.
const (
	keyStreams   = "streams"
	keyOverrides = "overrides"
	keyTimed     = "timed"
	keyID        = "id"
	keyFrom      = "from"
	keyUntil     = "until"
	keySchedule  = "schedule"
	keySettings  = "settings"
	keyReason    = "reason"
)

// timeLayout is how times are written. They are read with any offset.
const timeLayout = time.RFC3339
