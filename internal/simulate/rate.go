package simulate

import (
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Shards returns how many open shards a rate fills: the larger of records and bytes against what a
// shard takes.
func Shards(r trace.Rate) float64 {
	return max(r.Records/scaling.RecordsPerShard, r.Bytes/scaling.BytesPerShard)
}

func times(r trace.Rate, f float64) trace.Rate {
	return trace.Rate{Records: r.Records * f, Bytes: r.Bytes * f}
}

func plus(a, b trace.Rate) trace.Rate {
	return trace.Rate{Records: a.Records + b.Records, Bytes: a.Bytes + b.Bytes}
}
