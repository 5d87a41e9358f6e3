package registry

import (
	"cmp"
	"slices"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The attributes of the usable share. Since is from when on the stream has its open shards, learned_to up to when its
// metrics were learned from.
const (
	attrStart     = "start"
	attrSince     = "since"
	attrLearnedTo = "learned_to"
	attrSizes     = "sizes"
	attrSize      = "size"
	attrShare     = "share"
	attrRefusedAt = "refused_at"
	attrSeenAt    = "seen_at"
)

func encodeUsableShare(u scaling.UsableShare) attributes {
	a := attributes{}
	a.setRatio(attrStart, u.Start)
	a.setTime(attrSince, u.Since)
	a.setTime(attrLearnedTo, u.To)
	a.setList(attrSizes, encodeAll(u.Sizes, func(c scaling.SizeShare) attributes {
		size := attributes{}
		size.setCount(attrSize, int64(c.Size))
		size.setRatio(attrShare, c.Share)
		size.setTime(attrRefusedAt, c.RefusedAt)
		size.setTime(attrSeenAt, c.SeenAt)
		return size
	}))
	return a
}

// decodeUsableShare reads what is plausible: a size that cannot be is left out, and of two alike the first is
// kept.
func decodeUsableShare(a attributes) scaling.UsableShare {
	u := scaling.UsableShare{Start: a.share(attrStart), Since: a.time(attrSince), To: a.time(attrLearnedTo)}
	u.Sizes = decodeAll(a.list(attrSizes), func(size attributes) scaling.SizeShare {
		return scaling.SizeShare{
			Size: int(size.count(attrSize)), Share: size.share(attrShare), RefusedAt: size.time(attrRefusedAt), SeenAt: size.time(attrSeenAt),
		}
	})
	u.Sizes = slices.DeleteFunc(u.Sizes, func(c scaling.SizeShare) bool {
		return c.Size < 1 || c.Size > 2*scaling.MaxStreamShards || c.Share == 0
	})
	slices.SortStableFunc(u.Sizes, func(x, y scaling.SizeShare) int { return cmp.Compare(x.Size, y.Size) })
	u.Sizes = slices.CompactFunc(u.Sizes, func(x, y scaling.SizeShare) bool { return x.Size == y.Size })
	if len(u.Sizes) == 0 {
		u.Sizes = nil
	}
	return u
}

func encodeAlarmsUsable(held ledger.AlarmsHeld) attributes {
	a := attributes{}
	a.setRatio(attrShare, held.Usable)
	if held.HotKey {
		a.setText(attrHotKey, suspected)
	}
	a.setTime(attrAt, held.At)
	return a
}

// share reads a number from 0 to 1; 0 for any other.
func (a attributes) share(name string) float64 {
	if v := a.ratio(name); v > 0 && v <= 1 {
		return v
	}
	return 0
}
