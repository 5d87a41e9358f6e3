package ledger

import (
	"cmp"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// aboveCeiling reports whether settings would let a stream have more shards than the stack allows.
func (r Rules) aboveCeiling(s scaling.Settings) bool {
	return r.MaxShardsCeiling > 0 && s.MaxShards > r.MaxShardsCeiling
}

// ceiling is the most shards that the stack allows any stream.
func (r Rules) ceiling() int {
	return cmp.Or(r.MaxShardsCeiling, scaling.MaxStreamShards)
}

// underCeiling returns settings that keep the stack's ceiling, and what had to be changed for it; empty where they
// keep it already.
func (r Rules) underCeiling(s scaling.Settings) (under scaling.Settings, fault string) {
	if !r.aboveCeiling(s) {
		return s, ""
	}
	above := func(setting string, shards int) string {
		return fmt.Sprintf("%s: %d is above the stack's ceiling of %d (parameter MaxShardsCeiling), so it is %d", setting, shards, r.MaxShardsCeiling, r.MaxShardsCeiling)
	}
	switch {
	case s.MaxShards < scaling.MaxStreamShards: // else nobody has set a maximum
		fault = above("max-shards", s.MaxShards)
	case s.MinShards > r.MaxShardsCeiling:
		fault = above("min-shards", s.MinShards)
	}
	s.MaxShards = r.MaxShardsCeiling
	s.MinShards = min(s.MinShards, s.MaxShards)
	return s, fault
}
