package profile

import (
	"cmp"
	"crypto/md5" //nolint:gosec // it is what Kinesis maps partition keys with
	"encoding/binary"
	"math"
	"slices"
	"strconv"
)

// keys are the keys of one day, drawn.
type keys struct {
	evenly float64   // the part of the demand that falls evenly over the space of hash keys
	hashes []uint64  // where the keys are, rising
	before []float64 // what part of the demand the first so many of them have
	most   float64   // the weight of the heaviest
	heavy  []float64 // the weights, falling
}

// place is where a key is, and how much it has.
type place struct {
	hash   uint64
	weight float64 // its part of the demand
}

func draw(p Profile) keys {
	places := make([]place, 0, p.Keys+1)
	total := 0.0
	for i := 1; i <= p.Keys; i++ {
		weight := math.Pow(float64(i), -p.Zipf)
		places = append(places, place{hashOf(p.KeySeed, i), weight})
		total += weight
	}
	for i := range places {
		places[i].weight *= (1 - p.HotKey) / total
	}
	var k keys
	if p.Keys == 0 {
		k.evenly = 1 - p.HotKey
	}
	if p.HotKey > 0 {
		places = append(places, place{hashOf(p.KeySeed, 0), p.HotKey})
	}
	k.heavy = make([]float64, len(places))
	for i, at := range places { // nearly in their order already
		k.heavy[i] = at.weight
	}
	slices.SortFunc(k.heavy, func(a, b float64) int { return cmp.Compare(b, a) })
	if len(k.heavy) > 0 {
		k.most = k.heavy[0]
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.hash, b.hash) })
	k.hashes, k.before = make([]uint64, len(places)), make([]float64, len(places)+1)
	for i, at := range places {
		k.hashes[i], k.before[i+1] = at.hash, k.before[i]+at.weight
	}
	return k
}

// hashOf is where a key is in the space of hash keys.
func hashOf(seed, key int) uint64 {
	name := append(strconv.AppendInt(nil, int64(seed), 10), '/')
	digest := md5.Sum(strconv.AppendInt(name, int64(key), 10)) //nolint:gosec // see above
	return binary.BigEndian.Uint64(digest[:8])
}

// shares returns what part of the demand each shard gets.
func (k keys) shares(r Ranges) []float64 {
	shares := make([]float64, r.Count())
	next := 0 // the first key that is in no shard yet
	for shard := range shares {
		_, last := r.bounds(shard)
		end, found := slices.BinarySearch(k.hashes[next:], last)
		end += next
		if found {
			end++
		}
		shares[shard] = k.evenly*width(r, shard) + (k.before[end] - k.before[next])
		next = end
	}
	return shares
}

// width is what part of the space of hash keys a shard has.
func width(r Ranges, shard int) float64 {
	if r.areEven() {
		return 1 / float64(r.Count())
	}
	low, high := r.bounds(shard)
	return (float64(high-low) + 1) / (1 << 64)
}

// seconds are the factors of a minute's sixty seconds.
type seconds struct {
	factor []float64 // falling
	sum    []float64 // of the first so many factors
}

func secondsOf(burst float64) seconds {
	s := seconds{factor: make([]float64, 60), sum: make([]float64, 61)}
	mean := 0.0
	for k := range s.factor {
		quantile := (float64(k) + 0.5) / 60
		s.factor[k] = math.Exp(burst * math.Sqrt2 * math.Erfinv(2*quantile-1))
		mean += s.factor[k] / 60
	}
	slices.Reverse(s.factor)
	for k := range s.factor {
		s.factor[k] /= mean
		s.sum[k+1] = s.sum[k] + s.factor[k]
	}
	return s
}

// over is how much of a minute's load one shard refuses; both in shards.
func (s seconds) over(load float64) float64 {
	if load*s.factor[0] <= 1 {
		return 0
	}
	full, _ := slices.BinarySearchFunc(s.factor, 1/load, func(factor, room float64) int {
		if factor > room {
			return -1
		}
		return 1
	})
	return (load*s.sum[full] - float64(full)) / 60
}
