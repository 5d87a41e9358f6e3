// Package profile says how a stream's traffic falls on its shards and on the seconds of a minute, and
// what is refused therefore. A shard takes 1,000 records and 1 MiB in each second; what is beyond
// that in a second is refused, however empty the other seconds and the other shards are.
//
// A [Profile] names a kind of traffic. Its [Spread] has the keys drawn. The spread with the [Ranges]
// of a stream's open shards gives [Shards], which tell what a demand loses:
//
//	typical, err := profile.Named("typical")
//	spread := typical.Spread()
//	lost := spread.Shards(spread.Day(minute), profile.Even(40)).Refused(31.5)
//
// All demands are in shards: the larger of records a second by 1,000 and bytes a second by 1 MiB, as a
// mean over the minute. Nothing here is random: the same profile refuses the same.
//
// Key i of n, from 1, has a weight of i^-Zipf, and its place in the space of hash keys is the first
// eight bytes of MD5("seed/i"), big endian; the hot key is key 0. A second's demand is the minute's
// mean times one of sixty lognormal factors with mean 1, at the quantiles (k+0.5)/60.
package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Profile is a kind of traffic. The zero value is spread evenly over the space of hash keys and over
// the seconds: a stream that nobody has.
type Profile struct {
	Name    string  // for people
	Keys    int     // 0: so many that they fall evenly over the space of hash keys
	Zipf    float64 // key i has a weight of i^-Zipf; 0: all alike
	Burst   float64 // sigma of the seconds' lognormal factors; 0: all seconds alike
	HotKey  float64 // the part of the demand that one more key has by itself, 0 to 1
	KeySeed int     // which keys it has
	Drifts  bool    // each day of a week has keys of its own, and a burst from 0.03 below to 0.03 above Burst
	// Hopeless marks keys so few that no number of shards helps: how many shards a demand needs is
	// told as if the stream were typical.
	Hopeless bool
}

// Default is the name of the profile that is taken where none is asked for.
const Default = "typical"

// profiles are all there are. The first is even.
func profiles() []Profile {
	typical := Profile{Name: "typical", Keys: 20_000, Zipf: 0.4, Burst: 0.10, KeySeed: 1}
	as := func(name string, change func(*Profile)) Profile {
		p := typical
		p.Name = name
		change(&p)
		return p
	}
	return []Profile{
		{Name: "even", KeySeed: 1},
		typical,
		as("drift", func(p *Profile) { p.Drifts = true }),
		as("skewed", func(p *Profile) { p.Keys, p.Zipf = 5_000, 0.6 }),
		as("spiky", func(p *Profile) { p.Burst = 0.20 }),
		as("warmkey", func(p *Profile) { p.HotKey = 0.04 }),
		as("hotkey", func(p *Profile) { p.HotKey = 0.25 }),
		as("fewkeys", func(p *Profile) { p.Keys, p.Zipf, p.Hopeless = 12, 0.5, true }),
	}
}

// Names returns the names of the profiles that [Named] knows.
func Names() []string {
	var names []string
	for _, p := range profiles() {
		names = append(names, p.Name)
	}
	return names
}

// Named returns the profile of a name. An error tells which there are.
func Named(name string) (Profile, error) {
	all := profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, fmt.Errorf("no profile %q: there are %s", name, strings.Join(Names(), ", "))
	}
	return all[i], nil
}

// MostKeys is how many keys a profile may have: drawing more takes seconds.
const MostKeys = 1_000_000

// Validate returns an error that tells what of the profile cannot be.
func (p Profile) Validate() error {
	switch {
	case p.Keys < 0 || p.Keys > MostKeys:
		return fmt.Errorf("%d keys: want 0 to %d, where 0 spreads the demand evenly", p.Keys, MostKeys)
	case !within(p.Zipf, 5):
		return fmt.Errorf("zipf %v: want 0 to 5", p.Zipf)
	case !within(p.Burst, 2):
		return fmt.Errorf("burst %v: want 0 to 2", p.Burst)
	case !within(p.HotKey, 1):
		return fmt.Errorf("hot key %v: want a share of the demand, 0 to 1", p.HotKey)
	}
	return nil
}

// String says in words what the profile is, for people: "20,000 keys of unequal weight (key i has
// i^-0.4), and seconds of a minute that differ by about 10 %".
func (p Profile) String() string {
	keys := "keys that fall evenly on all shards"
	switch {
	case p.Keys > 0 && p.Zipf > 0:
		keys = fmt.Sprintf("%s of unequal weight (key i has i^-%g)", counted(p.Keys, "key"), p.Zipf)
	case p.Keys > 0:
		keys = fmt.Sprintf("%s of equal weight", counted(p.Keys, "key"))
	}
	if p.Drifts {
		keys += ", others each day of a week"
	}
	if p.HotKey > 0 {
		keys += fmt.Sprintf(", one more key with %s of the traffic", percent(p.HotKey))
	}
	if p.Burst == 0 && !p.Drifts {
		return keys + ", and all seconds of a minute alike"
	}
	return keys + fmt.Sprintf(", and seconds of a minute that differ by about %s", percent(p.Burst))
}

// percent writes a share as it was given, without what 100 times a binary fraction adds in the end: "7 %".
func percent(share float64) string { return strconv.FormatFloat(100*share, 'g', 6, 64) + " %" }

// counted writes a number with its noun: "1 key", "20,000 keys".
func counted(n int, noun string) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n != 1 {
		noun += "s"
	}
	return digits + " " + noun
}

// within reports whether a number is from 0 to a highest one; NaN is not.
func within(v, highest float64) bool { return v >= 0 && v <= highest }

// isEven reports whether a demand falls evenly on the space of hash keys and on the seconds.
func (p Profile) isEven() bool { return p.Keys == 0 && p.HotKey == 0 && p.Burst == 0 && !p.Drifts }

// sized is the profile by which sizes are told: a hot key and a handful of keys are left out, since no
// size holds them.
func (p Profile) sized() Profile {
	switch {
	case p.HotKey > 0:
		p.HotKey = 0
		return p.sized()
	case p.Hopeless:
		typical, _ := Named(Default) // it is in the table
		typical.KeySeed = p.KeySeed
		return typical
	}
	return p
}
