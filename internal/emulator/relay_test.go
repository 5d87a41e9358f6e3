//go:build unix

package emulator

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// The relay goes to 127.0.0.1, and a connection to it reaches what listens there. The test joins the two
// itself: no address beside loopback is listened on.
func TestJoinHandsAConnectionOn(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer server.Close()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		go join(ctx, far, server.Listener.Addr().String())
		return near, nil
	}}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://anywhere", strings.NewReader("an event"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || string(text) != "an event" {
		t.Errorf("it answers %q, %v", text, err)
	}
}

func TestTheRelayOpensNothingToEverybody(t *testing.T) {
	for _, from := range []netip.Addr{{}, netip.IPv4Unspecified(), netip.IPv6Unspecified(), netip.MustParseAddr("127.0.0.1")} {
		if err := Relay(t.Context(), from, 1); err == nil {
			t.Errorf("it relays from %s", from)
		}
	}
}

func TestAddressOf(t *testing.T) {
	name := "lo"
	if _, err := net.InterfaceByName(name); err != nil {
		name = "lo0" // of macOS
	}
	if address, err := AddressOf(name); err != nil || !address.IsLoopback() {
		t.Errorf("%s has %s, %v", name, address, err)
	}
	if _, err := AddressOf("no-such-interface"); err == nil {
		t.Error("an interface that is not there has an address")
	}
}
