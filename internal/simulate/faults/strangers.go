package faults

// Other parties that reshard: single splits and merges, many of them in a row, odd sizes, and a tool that has the size
// in a file.

import (
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// strangers draws what other parties do to the sizes of streams.
func (p Plan) strangers() []Action {
	r := p.drawn("strangers")
	var all []Action
	for range r.IntN(2+len(p.Streams)) * p.lots() {
		spec := p.Streams[r.IntN(len(p.Streams))]
		one := func(minute int, kind string, do func(w *simulate.World) error) {
			a := within(r, minute, spec.Name).does(kind, do)
			a.done = recut(kind, spec.Name)
			all = append(all, a)
		}
		minute, apart := p.minute(r), 1+r.IntN(90)
		switch r.IntN(4) {
		case 0:
			for i := range 1 + r.IntN(6) {
				one(minute+i*(1+p.Numbers.ReshardMinutes), "split a shard", func(w *simulate.World) error { return w.SplitShard(spec.Name, 0, operator) })
			}
		case 1:
			for i := range 1 + r.IntN(6) {
				one(minute+i*(1+p.Numbers.ReshardMinutes), "merge shards", func(w *simulate.World) error { return w.MergeShards(spec.Name, 0, operator) })
			}
		case 2:
			where := r.Float64()
			one(minute, "reshard to an odd size", func(w *simulate.World) error { return oddSize(w, spec.Name, where) })
		default:
			for i := range 1 + r.IntN(4) {
				one(minute+i*apart, "a tool sets the size back", func(w *simulate.World) error { return setBack(w, spec) })
			}
		}
	}
	return all
}

// recut notes a split or a merge: where its event is lost, its result is seen as somebody's resharding.
func recut(kind, stream string) func(a *auditor) {
	if kind != "split a shard" && kind != "merge shards" {
		return nil
	}
	return func(a *auditor) { a.book(stream).recuts = append(a.book(stream).recuts, a.world.Now()) }
}

// oddSize reshards a stream to a size between half and double.
func oddSize(w *simulate.World, name string, where float64) error {
	summary, err := w.Describe(name)
	if err != nil {
		return err
	}
	least := (summary.OpenShards + 1) / 2
	return w.Reshard(name, least+int(where*float64(2*summary.OpenShards-least+1)), operator)
}

// setBack is a deployment of Terraform, which gives a stream the size in its file, as far as one call can.
func setBack(w *simulate.World, spec simulate.StreamSpec) error {
	summary, err := w.Describe(spec.Name)
	if err != nil {
		return err
	}
	target := max(min(spec.Shards, 2*summary.OpenShards), (summary.OpenShards+1)/2)
	return w.ReshardWith(spec.Name, target, operator, ledger.ToolTerraform)
}
