package simulate

import (
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// layout is how a stream's hash keys are cut into open shards, and how its load falls on them.
type layout struct {
	spread *profile.Spread
	ranges profile.Ranges
	byDay  []*profile.Shards // of the spread's week; nil: not asked for yet

	resend  int      // minutes for which producers send again what was refused
	waiting []refuse // what they will send again, the newest minute's first
}

// refuse is what was refused of a minute's load, by shard; nil for nothing.
type refuse []trace.Rate

func newLayout(s *profile.Spread, shards, resend int) layout {
	return layout{spread: s, ranges: profile.Even(shards), byDay: make([]*profile.Shards, s.Days()), resend: resend}
}

// cut gives the hash keys other shards. What waits to be sent again goes where its keys are now.
func (l *layout) cut(r profile.Ranges, minute int) {
	day := l.spread.Day(minute)
	for i, refused := range l.waiting {
		if refused == nil {
			continue
		}
		records, bytes := make([]float64, len(refused)), make([]float64, len(refused))
		for shard, rate := range refused {
			records[shard], bytes[shard] = rate.Records, rate.Bytes
		}
		records, bytes = l.spread.Carry(day, l.ranges, r, records), l.spread.Carry(day, l.ranges, r, bytes)
		l.waiting[i] = make(refuse, r.Count())
		for shard := range l.waiting[i] {
			l.waiting[i][shard] = trace.Rate{Records: records[shard], Bytes: bytes[shard]}
		}
	}
	l.ranges = r
	clear(l.byDay)
}

// on returns the open shards with the keys of a minute.
func (l *layout) on(minute int) *profile.Shards {
	day := l.spread.Day(minute)
	if l.byDay[day] == nil {
		l.byDay[day] = l.spread.Shards(day, l.ranges)
	}
	return l.byDay[day]
}

// passed is what becomes of a minute's load.
type passed struct {
	sent     trace.Rate // the load, and what was sent again
	accepted trace.Rate // what of it got in
	refused  float64    // share of it that did not, by the shards that it fills
	lost     trace.Rate // refused, and not sent again
}

// pass lets a minute's load reach the shards.
func (l *layout) pass(fresh trace.Rate, minute int) passed {
	if l.resend > 0 {
		return l.passAgain(fresh, minute)
	}
	p := passed{sent: fresh}
	if demand := Shards(fresh); demand > 0 {
		taken := demand - l.on(minute).Refused(demand)
		p.refused = 1 - taken/demand
	}
	p.accepted, p.lost = times(fresh, 1-p.refused), times(fresh, p.refused)
	return p
}

// passAgain does the same where producers send again, from the next minute on and to the same keys. What is sent again
// may be of larger or smaller records than the load is, and differs by shard: so what got in is counted shard by shard.
func (l *layout) passAgain(fresh trace.Rate, minute int) passed {
	var p passed
	open := l.on(minute)
	loads := append([]refuse{make(refuse, open.Count())}, l.waiting...) // the newest first; what remains of them is refused
	filled, refused := 0.0, 0.0
	for shard := range open.Count() {
		loads[0][shard] = times(fresh, open.Share(shard))
		var sent trace.Rate
		for _, load := range loads {
			if load != nil {
				sent = plus(sent, load[shard])
			}
		}
		p.sent = plus(p.sent, sent)
		demand, remains := Shards(sent), 0.0
		if over := open.Over(demand); over > 0 {
			filled, refused, remains = filled+demand, refused+over, over/demand
		} else {
			filled += demand
		}
		p.accepted = plus(p.accepted, times(sent, 1-remains))
		for _, load := range loads {
			if load != nil {
				load[shard] = times(load[shard], remains)
			}
		}
	}
	if refused > 0 {
		p.refused = refused / filled
	} else {
		clear(loads) // all of it got in
	}
	for _, load := range loads[min(l.resend, len(loads)):] {
		for _, rate := range load {
			p.lost = plus(p.lost, rate)
		}
	}
	l.waiting = loads[:min(l.resend, len(loads))]
	return p
}
