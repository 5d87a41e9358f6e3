package ledger

import (
	"fmt"
	"strconv"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// ceilingLayer is the stack's ceiling as a layer below all others: a stream whose maximum nobody sets has it.
func (r Rules) ceilingLayer() scaling.Layer {
	if r.MaxShardsCeiling == 0 {
		return scaling.Layer{}
	}
	return scaling.Layer{"max-shards": strconv.Itoa(r.MaxShardsCeiling)}
}

// aboveCeiling reports whether settings would let a stream have more shards than the stack allows.
func (r Rules) aboveCeiling(s scaling.Settings) bool {
	return r.MaxShardsCeiling > 0 && s.MaxShards > r.MaxShardsCeiling
}

// underCeiling returns settings that keep the stack's ceiling, and what had to be changed for it; empty where they
// keep it already.
func (r Rules) underCeiling(s scaling.Settings) (under scaling.Settings, fault string) {
	if !r.aboveCeiling(s) {
		return s, ""
	}
	fault = fmt.Sprintf("max-shards: %d is above the stack's ceiling of %d (parameter MaxShardsCeiling), so it is %d", s.MaxShards, r.MaxShardsCeiling, r.MaxShardsCeiling)
	s.MaxShards = r.MaxShardsCeiling
	s.MinShards = min(s.MinShards, s.MaxShards)
	return s, fault
}
