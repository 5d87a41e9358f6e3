//go:build unix && e2e

package emulator

import (
	"context"
	"net"
	"net/netip"
	"testing"
)

// Each emulator of .tools starts, serves on 127.0.0.1, and is to be reached at no other address of the machine.
func TestInstalledEmulatorsServeOnLoopbackOnly(t *testing.T) {
	tools, err := NewTools("../..")
	if err != nil {
		t.Fatal(err)
	}
	others := otherAddresses(t)
	if len(others) == 0 {
		t.Log("this machine has no other address: that nothing else is served cannot be seen here")
	}
	for name, command := range map[string]func() (Command, error){
		"ministack":     func() (Command, error) { return tools.Ministack(t.Context()) },
		"kinesis-local": func() (Command, error) { return tools.KinesisLocal(t.Context()) },
		"moto":          func() (Command, error) { return tools.Moto(t.Context()) },
		"dynalite":      func() (Command, error) { return tools.Dynalite(t.Context()) },
		"runtime interface": func() (Command, error) {
			return tools.RuntimeInterface(t.Context(), "/bin/true") // it runs the bootstrap with the first event only
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := command()
			if err != nil {
				t.Fatal(err)
			}
			s, err := Start(t.Context(), c, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, address := range others {
				if dial(t.Context(), netip.AddrPortFrom(address, uint16(c.Port))) {
					t.Errorf("it serves on %v, too", address)
				}
			}
		})
	}
}

func dial(ctx context.Context, to netip.AddrPort) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", to.String())
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// otherAddresses returns the addresses of this machine that are not its loopback's.
func otherAddresses(t *testing.T) []netip.Addr {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var others []netip.Addr
	for _, a := range all {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			t.Fatal(err)
		}
		if address := prefix.Addr(); address.IsGlobalUnicast() {
			others = append(others, address)
		}
	}
	return others
}
