package scaling

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Decision is what Decide made of an observation.
type Decision struct {
	At          time.Time
	Direction   Direction // Hold, or the direction from From to Target
	From        int       // open shards when decided
	Target      int       // argument for UpdateShardCount; equals From on Hold
	Utilization float64   // of the newest minutes, 0 when nothing was measured
	Limit       Limit     // the write limit that binds
	Reasons     Trail     // never empty; the last one settled it
	RetryAt     time.Time // on Hold: when a new look is worth it; zero for none
}

// because adds a step to the trail.
func (d *Decision) because(code ReasonCode, format string, args ...any) {
	d.Reasons = append(d.Reasons, Reason{Code: code, Detail: fmt.Sprintf(format, args...)})
}

// hold ends a decision without an operation. The reason says what would have been done, where a size was decided.
func (d *Decision) hold(retry time.Time, code ReasonCode, format string, args ...any) {
	if d.Target != d.From {
		would := fmt.Sprintf("would scale from %d to %d", d.From, d.Target)
		if format = strings.TrimSpace(fmt.Sprintf(format, args...)); format != "" {
			would += "; " + format
		}
		format, args = "%s", []any{would}
	}
	d.because(code, format, args...)
	d.Direction, d.Target, d.RetryAt = Hold, d.From, retry
}

// Held returns the decision as a hold for one more reason, to be looked at again at retry; the zero
// time for never. The decision it is called on does not change.
func (d Decision) Held(retry time.Time, code ReasonCode, detail string) Decision {
	d.Reasons = slices.Clone(d.Reasons)
	d.hold(retry, code, "%s", detail)
	return d
}

// BusyRetry is how soon a stream is looked at again that an operation or another writer keeps busy.
const BusyRetry = time.Minute

// Waits before a new look, where the time at which a hold ends cannot be computed.
const (
	soonRetry    = time.Minute // the next minute tells more
	metricsRetry = 2 * time.Minute
	lagRetry     = 5 * time.Minute
	quotaRetry   = 15 * time.Minute
)

// DryRun returns the decision as a hold that says what would have been done. The stream is looked at
// again after a while, since an alarm that stays in ALARM notifies only once.
func (d Decision) DryRun() Decision {
	return d.Held(d.At.Add(dryRunRetry), HoldDryRun, "")
}

const dryRunRetry = time.Hour
