package inmem_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// filled is a registry of 3,000 streams with ten operations each, due an hour later.
func filled(b *testing.B) (*inmem.Registry, time.Time) {
	b.Helper()
	r, now := inmem.New(inmem.Options{}), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i := range 3000 {
		s := ledger.Item{
			Name: fmt.Sprintf("stream-%d", i), Status: ledger.Enrolled, Tags: scaling.Layer{"mode": "enabled"},
			Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1, OpenShards: 4, DueAt: now.Add(time.Hour),
		}
		for h := range 10 {
			s.Operations = append(s.Operations, scaling.Operation{At: now.Add(-time.Duration(h+15) * time.Hour), Direction: scaling.Up})
		}
		if _, err := r.Save(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	return r, now
}

func BenchmarkDueNone(b *testing.B) {
	r, now := filled(b)
	for b.Loop() {
		if names, err := r.Due(b.Context(), now, 100); err != nil || len(names) > 0 {
			b.Fatal(names, err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	r, _ := filled(b)
	for b.Loop() {
		if _, err := r.Load(b.Context(), "stream-7"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	r, now := filled(b)
	s, err := r.Load(b.Context(), "stream-7")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.DueAt, now = now, now.Add(time.Minute)
		if s, err = r.Save(b.Context(), s, ledger.Entry{Stream: s.Name, At: now, ID: "hold", Kind: ledger.KindHold}); err != nil {
			b.Fatal(err)
		}
	}
}
