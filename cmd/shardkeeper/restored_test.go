package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestRestored(t *testing.T) {
	registry := inmem.New(inmem.Options{Now: clock})
	for _, name := range []string{"orders", "payments"} {
		s := ledger.Item{Name: name, Status: ledger.Enrolled, OpenShards: 4, Fence: 7, Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1, DueAt: now.Add(time.Minute)}
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	left := ledger.Item{Name: "clicks", Status: ledger.Unenrolled, Fence: 7, Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1}
	if _, err := registry.Save(t.Context(), left); err != nil { // not looked at any more, and may be enrolled again
		t.Fatal(err)
	}
	account := &fakeAccount{registry: registry}
	status, stdout, stderr := in(t, account, "restored", "--table", "copy")
	if status != statusRefused || stdout != "" || !strings.Contains(stderr, "shardkeeper pause --all --table copy") {
		t.Errorf("without a pause: status %d\n%s%s", status, stdout, stderr)
	}
	if status, _, stderr := in(t, account, "pause", "--all", "--reason", "restored", "--table", "copy"); status != statusOK {
		t.Fatal(stderr)
	}
	status, stdout, stderr = in(t, account, "restored", "--table", "copy")
	if status != statusOK || !strings.Contains(stdout, "3 streams in table copy") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	for _, name := range []string{"orders", "payments", "clicks"} {
		if s, err := registry.Load(t.Context(), name); err != nil || s.Fence != now.Unix() || s.Operations.Used(now) == 0 {
			t.Errorf("%+v, %v", s, err)
		}
	}
}
