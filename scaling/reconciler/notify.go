package reconciler

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Notifier tells people and programs outside what the registry has kept for them.
type Notifier interface {
	Send(ctx context.Context) error
}

// notifyTime is how long the sending may take in one run, however slow the services are: streams come first. It is
// enough for two channels that hang, and for the reads and the note.
const notifyTime = 10 * time.Second

// notify sends what other functions, and runs before this one, have kept. It is first in a run, so that it is done
// however much there is to do with streams, and once, so that people get one message a minute of one kind. What
// this run finds is sent by the next one.
func (r *Reconciler) notify(ctx context.Context) []report.Report {
	if r.Notifier == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, notifyTime)
	defer cancel()
	if err := r.Notifier.Send(ctx); err != nil {
		return []report.Report{{Event: report.Failed, Detail: "events stay to be sent", Faults: []error{err}}}
	}
	return nil
}
