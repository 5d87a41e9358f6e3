// Package verdict says in one sentence which of several ways to run a stream is to be chosen, and
// what the others would cost. The page of a simulation, the table of simulate, and recommend have
// it in common.
package verdict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// WantedRefused is the share of the traffic that may be refused unless told otherwise: 0.01 %.
const WantedRefused = 0.0001

// The names of the ways that need no shards.
const (
	OnDemand  = "on-demand"
	Advantage = "on-demand Advantage"
)

// hardlyMore is how many times as much a way may refuse as another, to count as refusing as little, where all refuse too
// much: what a hot key loses differs little by the size.
const hardlyMore = 1.1

// Way is one way to run the stream.
type Way struct {
	Name    string         // within a sentence: "a fixed 40 shards"
	Advice  string         // what to do, at the start of a sentence: "Keep a fixed 40 shards"
	Cost    float64        // USD a month
	Refused float64        // share of the traffic, 0 to 1
	Scaled  bool           // it is settings that were tried; of these, only the cheapest is compared with another way
	Policy  scaling.Policy // of such settings that scale; empty else
	Shards  int            // of the fixed size; 0 else
}

// Verdict is what to conclude.
type Verdict struct {
	Sentence string
	Because  []string // sentences that explain it; at least one
	Best     int      // index of the way that is to be chosen
	Doubling Doubling // what the sentence says of double-halve
}

// Fixed returns the way of always having so many shards.
func Fixed(shards int, cost, refused float64) Way {
	name := "a fixed " + trial.Counted(shards, "shard")
	return Way{Name: name, Advice: "Keep " + name, Cost: cost, Refused: refused, Shards: shards}
}

// Of returns the cheapest way that refuses no more than wanted, and what the others would cost. Where
// two cost the same, the first is better, so the simplest should come first. There is at least
// one way. Where all refuse more than wanted, it is the cheapest of those that refuse hardly more than the least.
func Of(ways []Way, wanted float64) Verdict {
	least := slices.MinFunc(ways, func(a, b Way) int { return cmp.Compare(a.Refused, b.Refused) }).Refused
	allowed := max(wanted, least*hardlyMore)
	best := slices.IndexFunc(ways, func(w Way) bool { return w.Refused <= allowed })
	for i, w := range ways {
		if w.Refused <= allowed && w.Cost < ways[best].Cost {
			best = i
		}
	}
	b := ways[best]
	v := Verdict{Best: best, Sentence: fmt.Sprintf("%s: %s a month, %s.", b.Advice, trial.Dollars(b.Cost), versus(b, rivals(ways, best, wanted)))}
	if least > wanted {
		v.Sentence = fmt.Sprintf("No size holds this traffic, since a key of it needs more than a shard: %s refuses %s, no way much less, and costs %s a month.",
			b.Name, trial.Share(b.Refused), trial.Dollars(b.Cost))
	}
	v.Because = append(v.Because, fmt.Sprintf("At most %s of the traffic may be refused here; %s refuses %s.", trial.Share(wanted), b.Name, refusedText(b.Refused)))
	for _, w := range ways {
		if w.Refused > max(wanted, b.Refused) && w.Cost < b.Cost {
			v.Because = append(v.Because, fmt.Sprintf("%s costs %s, but refuses %s.", w.Name, trial.Dollars(w.Cost), trial.Share(w.Refused)))
		}
	}
	return v
}

// rivals are the ways that need no settings, and the cheapest settings, of those that refuse no more
// than wanted, without the best itself.
func rivals(ways []Way, best int, wanted float64) []Way {
	var rest []Way
	var scaled *Way
	for i, w := range ways {
		switch {
		case i == best || w.Refused > wanted:
		case !w.Scaled:
			rest = append(rest, w)
		case !ways[best].Scaled && (scaled == nil || w.Cost < scaled.Cost):
			scaled = &ways[i]
		}
	}
	if scaled != nil {
		rest = append(rest, *scaled)
	}
	return rest
}

// versus says how much less the best costs than each of the others.
func versus(best Way, others []Way) string {
	var texts []string
	for _, w := range others {
		less := w.Cost - best.Cost
		if w.Cost <= 0 || less < 0.005 {
			texts = append(texts, "as much as "+w.Name)
			continue
		}
		texts = append(texts, fmt.Sprintf("%s (%.0f %%) less than %s", trial.Dollars(less), math.Floor(100*less/w.Cost), w.Name))
	}
	switch len(texts) {
	case 0:
		return "the only way that refuses so little"
	case 1:
		return texts[0]
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

func refusedText(share float64) string {
	if share == 0 {
		return "nothing"
	}
	return trial.Share(share)
}
