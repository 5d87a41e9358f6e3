package registry

import "github.com/shardkeeper/shardkeeper/scaling"

// The attributes of what growths have shown of a stream's refusals.
const (
	attrStatusHere   = "status" // suspected, or growing while a growth is being judged; for people
	attrBefore       = "before"
	attrAfter        = "after"
	attrAskAt        = "ask_again_at"
	attrHelpedAt     = "helped_at"
	attrRefusedShare = "refused_share"
	attrDemandShards = "demand_shards"

	suspected = "suspected"
	growing   = "growing"
)

func encodeHotKey(h scaling.HotKey) attributes {
	a := attributes{}
	switch {
	case h.Suspected():
		a.setText(attrStatusHere, suspected)
	case h.Before != scaling.Refusals{}:
		a.setText(attrStatusHere, growing)
	}
	a.setMap(attrBefore, encodeRefusals(h.Before))
	a.setMap(attrAfter, encodeRefusals(h.After))
	a.setTime(attrAskAt, h.AskAt)
	a.setTime(attrHelpedAt, h.Helped)
	return a
}

func encodeRefusals(r scaling.Refusals) attributes {
	a := attributes{}
	if r.Shards == 0 {
		return a
	}
	a.setTime(attrAt, r.At)
	a.setCount(attrOpenShards, int64(r.Shards))
	a.setRatio(attrRefusedShare, r.Share)
	a.setRatio(attrDemandShards, r.Demand)
	return a
}

// decodeHotKey reads what is plausible: sizes that cannot be are none.
func decodeHotKey(a attributes) scaling.HotKey {
	return scaling.HotKey{
		Before: decodeRefusals(a.within(attrBefore)), After: decodeRefusals(a.within(attrAfter)),
		AskAt: a.time(attrAskAt), Helped: a.time(attrHelpedAt),
	}
}

func decodeRefusals(a attributes) scaling.Refusals {
	shards := a.count(attrOpenShards)
	if shards < 1 || shards > 2*scaling.MaxStreamShards {
		return scaling.Refusals{}
	}
	return scaling.Refusals{At: a.time(attrAt), Shards: int(shards), Share: a.share(attrRefusedShare), Demand: max(0, a.ratio(attrDemandShards))}
}
