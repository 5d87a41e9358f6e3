package inmem_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/registry/registrytest"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestContract(t *testing.T) {
	open := func(_ *testing.T, now func() time.Time) registrytest.Subject {
		r := inmem.New(inmem.Options{Now: now})
		return registrytest.Subject{Registry: r, Override: func(name string, overrides scaling.Layer) error {
			r.Override(name, overrides)
			return nil
		}}
	}
	registrytest.Run(t, open, 200)
}
