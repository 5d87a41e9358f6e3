package telemetry

import (
	"cmp"
	"context"
	"log/slog"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/emf"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// mostWorst is how many streams the line of a run names.
const mostWorst = 10

// worst is a stream as the line of a run names it.
type worst struct {
	Stream         string  `json:"stream_name"`
	OpenShards     int     `json:"open_shards"`
	MaxShards      int     `json:"max_shards"`
	OperationsLeft int     `json:"operations_left"`
	Utilization    float64 `json:"utilization,omitempty"`
	HotKey         bool    `json:"hot_key,omitempty"`
}

// fleet writes one line of the streams that a run of the reconciler looked at: totals, and the names of those that
// are in the worst state. A stream is looked at every few minutes, and each minute while something is unfinished.
func (t *Telemetry) fleet(ctx context.Context, log *slog.Logger, reports []report.Report) {
	var looked []report.Report
	open, full, spent, hot := 0, 0, 0, 0
	for _, r := range reports {
		s := r.State
		if s == (report.State{}) {
			continue
		}
		looked = append(looked, r)
		open += s.OpenShards
		full += count(s.AtMaximum())
		spent += count(s.OutOfBudget())
		hot += count(s.HotKey)
	}
	if len(looked) == 0 {
		return
	}
	slices.SortFunc(looked, func(a, b report.Report) int {
		return cmp.Or(badness(b.State)-badness(a.State), cmp.Compare(b.State.Utilization, a.State.Utilization),
			cmp.Compare(a.State.OperationsLeft, b.State.OperationsLeft), cmp.Compare(a.Stream, b.Stream))
	})
	var named []worst
	for _, r := range looked[:min(len(looked), mostWorst)] {
		s := r.State
		named = append(named, worst{r.Stream, s.OpenShards, s.MaxShards, s.OperationsLeft, s.Utilization, s.HotKey})
	}
	log.LogAttrs(ctx, slog.LevelInfo, "fleet", slog.Int("streams", len(looked)), slog.Int("open_shards", open), slog.Int("at_maximum", full),
		slog.Int("out_of_budget", spent), slog.Int("hot_keys", hot), slog.Any("worst", named))
	if t.StreamMetrics {
		for _, r := range looked {
			line, err := emf.StreamLine(r.Stream, t.now(), r.State)
			t.write(ctx, line, err)
		}
	}
}

// badness orders streams by how much is wrong with them.
func badness(s report.State) int {
	return count(s.AtMaximum()) + count(s.OutOfBudget()) + count(s.HotKey)
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
