package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

// profileFlags say how the traffic falls on shards and on the seconds of a minute, and what producers
// do with what was refused.
type profileFlags struct {
	name    string
	keys    int
	zipf    float64
	burst   float64
	hotKey  fraction
	keySeed int
	resend  int

	flags *pflag.FlagSet
}

// mostResendMinutes keeps what waits to be sent again small. Producers give up long before.
const mostResendMinutes = 60

func (f *profileFlags) add(cmd *cobra.Command) {
	f.name, f.flags = profile.Default, cmd.Flags()
	usual, _ := profile.Named(profile.Default) // it is in the table
	choose(cmd, choice{word: &f.name, words: profile.Names()}, "profile", "", "how the traffic falls on shards and seconds")
	f.flags.IntVar(&f.keys, "keys", usual.Keys, "`N` partition keys instead of the profile's; 0: they fall evenly on all shards")
	f.flags.Float64Var(&f.zipf, "zipf", usual.Zipf, "key i has a weight of i^-`Z`, instead of the profile's; 0: all alike")
	f.flags.Float64Var(&f.burst, "burst", usual.Burst, "how much the seconds of a minute differ, the `sigma` of their logarithms, instead of the profile's")
	f.flags.Var(&f.hotKey, "hot-key", "the part of the traffic that one more key has by itself, instead of the profile's")
	f.flags.IntVar(&f.keySeed, "key-seed", usual.KeySeed, "which keys are drawn, by `seed`")
	f.flags.IntVar(&f.resend, "resend-minutes", 0, "for how many `minutes` producers send again what was refused; 0: not at all")
}

// usualSpread is how keys fall where nobody can say.
func usualSpread() *profile.Spread {
	usual, _ := profile.Named(profile.Default) // it is in the table
	return usual.Spread()
}

// spread draws the keys that the flags ask for.
func (f *profileFlags) spread() (*profile.Spread, error) {
	p, err := profile.Named(f.name)
	if err != nil {
		return nil, usage("--profile: %w", err)
	}
	if f.resend < 0 || f.resend > mostResendMinutes {
		return nil, usage("--resend-minutes %d is not between 0 and %d", f.resend, mostResendMinutes)
	}
	var changed []string
	change := func(name string, to func()) {
		if flag := f.flags.Lookup(name); flag.Changed {
			to()
			changed = append(changed, "--"+name+" "+flag.Value.String())
		}
	}
	// Few keys are hopeless in the profile that is made of them; of keys that were asked for that is not known.
	change("keys", func() { p.Keys, p.Hopeless = f.keys, false })
	change("zipf", func() { p.Zipf = f.zipf })
	change("burst", func() { p.Burst = f.burst })
	change("hot-key", func() { p.HotKey = float64(f.hotKey) })
	change("key-seed", func() { p.KeySeed = f.keySeed })
	if len(changed) > 0 {
		p.Name += " with " + strings.Join(changed, " ")
	}
	if err := p.Validate(); err != nil {
		return nil, usage("the traffic %s: %w", p.Name, err)
	}
	return p.Spread(), nil
}
