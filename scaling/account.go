package scaling

import "time"

// Account is what the account has left of shards and of concurrency. Zero fields mean unknown.
type Account struct {
	ShardLimit            int       // shards that all streams of the Region may have together
	OpenShards            int       // shards they have now
	UnreservedConcurrency int       // Lambda concurrency that no function has reserved
	LeastUnreserved       int       // what Lambda wants left of it, as it said when it refused a reservation
	ShardsAt              time.Time // when the shards were read; zero, as older versions leave it: with the concurrency
	At                    time.Time // when the concurrency was read
}

// AccountStale is how old the account's figures can be before they are taken for outdated. The reconciler reads them
// every minute.
const AccountStale = 15 * time.Minute

// ShardsRead is when the shards were read; zero when that is not known.
func (a Account) ShardsRead() time.Time {
	if a.ShardsAt.IsZero() {
		return a.At
	}
	return a.ShardsAt
}

// Stale reports whether figures that were read at a time are outdated by now. Of figures without a time nothing is known,
// and they are taken as they are.
func Stale(read, now time.Time) bool { return !read.IsZero() && now.Sub(read) > AccountStale }

// fitAccount fits a larger size into the room that the account has left, as it was read last. What the stream itself has
// taken of it since then is known.
func fitAccount(target int, a Account, ops Operations, d *Decision) int {
	if a.ShardLimit < 1 {
		return target
	}
	read := a.ShardsRead()
	used := a.OpenShards + ops.grownSince(read, d.From)
	most := d.From + max(a.ShardLimit-used, 0)
	if target <= most {
		return target
	}
	d.because(CappedAtQuota, "want %d, limit %d", target, most)
	switch {
	case most <= d.From:
		d.hold(d.At.Add(quotaRetry), HoldShardQuota, "account has %d of %d shards", used, a.ShardLimit)
		return d.From
	case Stale(read, d.At): // an operation for a part of what is needed may be wasted: there may be more room by now
		d.hold(d.At.Add(quotaRetry), HoldAccountStale, "account had %d of %d shards at %s, and was not read since", used, a.ShardLimit, read.UTC().Format(time.RFC3339))
		return d.From
	}
	return most
}
