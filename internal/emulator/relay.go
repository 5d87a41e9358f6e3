//go:build unix

package emulator

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
)

// Relay hands connections on from another address of this machine to the same port of 127.0.0.1, until the
// context ends: for containers on Linux, which reach their host on its bridge and not on loopback. It refuses
// an address that stands for every interface.
func Relay(ctx context.Context, from netip.Addr, port int) error {
	if !from.IsValid() || from.IsUnspecified() || from.IsLoopback() {
		return fmt.Errorf("relay from %s: give the address of one interface, such as the bridge of the containers", from)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", netip.AddrPortFrom(from, uint16(port)).String()) //nolint:gosec // a port
	if err != nil {
		return fmt.Errorf("relay from %s: %w", from, err)
	}
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	go func() {
		for {
			outer, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go join(ctx, outer, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		}
	}()
	return nil
}

// join copies both ways between a connection and an address, until one side ends or the context does.
func join(ctx context.Context, outer net.Conn, address string) {
	defer outer.Close()
	inner, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return // the other side sees that it is closed
	}
	defer inner.Close()
	var both sync.WaitGroup
	defer both.Wait()
	ended, end := context.WithCancel(ctx)
	defer end()
	context.AfterFunc(ended, func() { _, _ = outer.Close(), inner.Close() })
	both.Go(func() { defer end(); _, _ = io.Copy(inner, outer) })
	_, _ = io.Copy(outer, inner)
}

// AddressOf returns the first IPv4 address of an interface of this machine, such as docker0.
func AddressOf(name string) (netip.Addr, error) {
	found, err := net.InterfaceByName(name)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find the interface %s: %w", name, err)
	}
	addresses, err := found.Addrs()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find the address of %s: %w", name, err)
	}
	for _, a := range addresses {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().Is4() {
			return prefix.Addr(), nil
		}
	}
	return netip.Addr{}, fmt.Errorf("the interface %s has no IPv4 address", name)
}
