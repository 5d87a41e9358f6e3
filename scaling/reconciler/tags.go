package reconciler

import (
	"context"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// toldTags are the streams' tags as the tagging service tells them in one run. They are a hint: late at times, and of
// streams that are gone.
type toldTags struct {
	tags   map[string]scaling.Layer // by stream, ours alone
	next   string                   // the page to go on with; empty: the first
	all    bool                     // the last page was read
	failed bool                     // the service tells no more in this run
}

// more reports whether there is more to be read.
func (t *toldTags) more() bool { return !t.all && !t.failed }

// of returns what was told of a stream's tags. The service tells nothing of a stream that never had any, so known is
// false only while pages are missing, or where the service tells of no stream at all: then it may not know data streams
// in this place.
func (t *toldTags) of(stream string) (layer scaling.Layer, known bool) {
	layer, told := t.tags[stream]
	return layer, told || t.all && len(t.tags) > 0
}

// tagPages is how many pages of tags are read before what is in flight is looked at again.
const tagPages = 50

// readTags reads the next pages of all streams' tags. A page that cannot be read is told, and is the last: the streams
// of which nothing is known are then asked one by one.
func (r *Reconciler) readTags(ctx context.Context, told *toldTags) []report.Report {
	for range tagPages {
		if !r.hasTime(ctx) {
			return nil
		}
		page, next, err := r.Tagging.Tagged(ctx, told.next)
		if err != nil {
			told.failed = true
			fault := fmt.Errorf("read the tags of many streams at once, so each stream is asked for its own, which is slower: %w", err)
			return []report.Report{{Event: report.Failed, Faults: []error{fault}}}
		}
		for stream, tags := range page {
			told.tags[stream] = scaling.TagLayer(tags)
		}
		told.next, told.all = next, next == ""
		if told.all {
			return nil
		}
	}
	return nil
}
