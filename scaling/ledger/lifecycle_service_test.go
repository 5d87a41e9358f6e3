package ledger_test

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// call is an UpdateShardCount call that the service accepted.
type call struct {
	at    time.Time
	to    int
	fence int64 // of ours; 0 for somebody else's
}

// service is the stream itself, as Kinesis keeps it.
type service struct {
	sum   scaling.Summary
	to    int       // open shards when the update ends
	ready time.Time // when the update ends
	calls []call    // accepted, of this stream and those before it under the name
	own   int       // of these, index of the first on this very stream
}

// settleUpdate ends an update whose time has come.
func (v *service) settleUpdate(now time.Time) {
	if v.sum.Status == scaling.StatusUpdating && !now.Before(v.ready) {
		v.sum.Status, v.sum.OpenShards = scaling.StatusActive, v.to
	}
}

// update takes a call, or refuses it as the service does.
func (v *service) update(c call, takes time.Duration) error {
	inWindow := 0
	for _, earlier := range v.calls[v.own:] {
		if c.at.Sub(earlier.at) < 24*time.Hour {
			inWindow++
		}
	}
	open := v.sum.OpenShards
	switch {
	case v.sum.Status != scaling.StatusActive:
		return scaling.ErrStreamBusy
	case inWindow >= 10:
		return scaling.ErrLimitExceeded
	case c.to == open || c.to > 2*open || c.to < open-open/2:
		return scaling.ErrRefused
	}
	v.calls = append(v.calls, c)
	v.sum.Status, v.to, v.ready = scaling.StatusUpdating, c.to, c.at.Add(takes)
	return nil
}
