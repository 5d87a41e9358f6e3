//go:build unix && e2e

package e2e

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// service is a Kinesis of some kind.
type service interface {
	create(t *testing.T, name string, shards int, onDemand bool)
	reshard(t *testing.T, name string, target int) error
	describe(t *testing.T, name string) scaling.Summary
	pass(t *testing.T) // lets some time go by
}

// accountShards are the shards that each service's account may have.
const accountShards = 400

// A semantic is what UpdateShardCount does in one situation, by the model and by kinesis-local. Where they differ,
// docs/model.md says who is right by the documentation.
type semantic struct {
	name     string
	shards   int // 0: there is no such stream
	onDemand bool
	calls    []int // targets; each call but the last must be accepted
	hasty    bool  // the last call does not wait for ACTIVE
	during   bool  // what the stream shows right after the last call, not when it is ACTIVE again

	model, local string
}

func semantics() []semantic {
	const refused, busy, limit = "refused", "busy", "limit exceeded"
	same := func(outcome string, s semantic) semantic {
		s.model, s.local = outcome, outcome
		return s
	}
	return []semantic{
		same("ACTIVE with 4", semantic{name: "double", shards: 2, calls: []int{4}}),
		same("ACTIVE with 2", semantic{name: "half", shards: 4, calls: []int{2}}),
		same("ACTIVE with 5", semantic{name: "a quarter more", shards: 4, calls: []int{5}}),
		same("ACTIVE with 3", semantic{name: "half of an odd count, rounded up", shards: 5, calls: []int{3}}),
		same("ACTIVE with 4", semantic{name: "two operations, each after ACTIVE", shards: 1, calls: []int{2, 4}}),
		same(refused, semantic{name: "more than double", shards: 2, calls: []int{5}}),
		same(refused, semantic{name: "less than half", shards: 4, calls: []int{1}}),
		same(refused, semantic{name: "no shards", shards: 1, calls: []int{0}}),
		same(busy, semantic{name: "while UPDATING", shards: 2, calls: []int{4, 8}, hasty: true}),
		same(busy, semantic{name: "while CREATING", shards: 2, calls: []int{4}, hasty: true}),
		same("not found", semantic{name: "no such stream", calls: []int{2}}),
		same(limit, semantic{name: "more than the account's shards", shards: 240, calls: []int{accountShards + 1}}),

		{name: "half of an odd count, rounded down", shards: 5, calls: []int{2}, model: refused, local: "ACTIVE with 3"},
		{name: "half of three, rounded down", shards: 3, calls: []int{1}, model: refused, local: "ACTIVE with 2"},
		{name: "the count that it has", shards: 3, calls: []int{3}, model: refused, local: "ACTIVE with 3"},
		{name: "on-demand", shards: 4, onDemand: true, calls: []int{5}, model: refused, local: "ACTIVE with 5"},
		{
			name: "an eleventh operation in a day", shards: 1, calls: []int{2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2},
			model: limit, local: "ACTIVE with 2",
		},
		{name: "open shards while UPDATING", shards: 2, calls: []int{4}, during: true, model: "UPDATING with 2", local: "UPDATING with 4"},
	}
}

// The model of Kinesis and kinesis-local are asked the same, and do the same but for the known differences.
func TestModel(t *testing.T) {
	t.Parallel()
	services := map[string]service{"model": newModel(t), "kinesis-local": newLocal(t)}
	for i, s := range semantics() {
		for kind, service := range services {
			t.Run(s.name+", "+kind, func(t *testing.T) {
				counted(t)
				want := s.local
				if kind == "model" {
					want = s.model
				}
				if got := s.play(t, service, fmt.Sprintf("stream-%d", i)); got != want {
					t.Errorf("%s, want %s: if it is right so, tell docs/model.md", got, want)
				}
			})
		}
	}
}

// play asks a service and says what came of it.
func (s semantic) play(t *testing.T, service service, name string) string {
	t.Helper()
	if s.shards > 0 {
		service.create(t, name, s.shards, s.onDemand)
	}
	for i, target := range s.calls {
		last := i == len(s.calls)-1
		if s.shards > 0 && (!last || !s.hasty) {
			awaitActive(t, service, name)
		}
		err := service.reshard(t, name, target)
		if err != nil && last {
			return class(err)
		}
		if err != nil {
			t.Fatalf("call %d, to %d: %v", i+1, target, err)
		}
	}
	if !s.during {
		awaitActive(t, service, name)
	}
	summary := service.describe(t, name)
	return fmt.Sprintf("%s with %d", summary.Status, summary.OpenShards)
}

func awaitActive(t *testing.T, service service, name string) {
	t.Helper()
	await(t, "ACTIVE", 10*time.Second, func() error {
		if summary := service.describe(t, name); summary.Status != scaling.StatusActive {
			service.pass(t)
			return fmt.Errorf("it is %s", summary.Status)
		}
		return nil
	})
}

// class names the domain's reading of an error.
func class(err error) string {
	for _, known := range []struct {
		kind error
		name string
	}{
		{scaling.ErrRefused, "refused"},
		{scaling.ErrStreamBusy, "busy"},
		{scaling.ErrLimitExceeded, "limit exceeded"},
		{scaling.ErrStreamNotFound, "not found"},
	} {
		if errors.Is(err, known.kind) {
			return known.name
		}
	}
	return err.Error()
}

// model is the one of internal/simulate.
type model struct{ world *simulate.World }

func newModel(t *testing.T) model {
	t.Helper()
	numbers := simulate.DefaultNumbers()
	numbers.ShardLimit = accountShards
	world := simulate.New(simulate.Options{Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Numbers: &numbers})
	t.Cleanup(world.Close)
	return model{world}
}

func (m model) create(t *testing.T, name string, shards int, onDemand bool) {
	t.Helper()
	if err := m.world.CreateStream(simulate.StreamSpec{Name: name, Shards: shards, OnDemand: onDemand}); err != nil {
		t.Fatal(err)
	}
}

func (m model) reshard(_ *testing.T, name string, target int) error {
	return m.world.Reshard(name, target, "test")
}

func (m model) describe(t *testing.T, name string) scaling.Summary {
	t.Helper()
	summary, err := m.world.Describe(name)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func (m model) pass(t *testing.T) {
	t.Helper()
	if err := m.world.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}

// local is kinesis-local, by the adapter that is deployed.
type local struct {
	api     *awskinesis.Client
	adapter *kinesis.Client
}

func newLocal(t *testing.T) local {
	t.Helper()
	command, err := tools(t).KinesisLocal(t.Context(), "UPDATE_SHARD_COUNT_DURATION=300ms", fmt.Sprintf("SHARD_LIMIT=%d", accountShards))
	api := awskinesis.NewFromConfig(sdkConfig(start(t, command, err).Endpoint()))
	return local{api, kinesis.New(api)}
}

func (l local) create(t *testing.T, name string, shards int, onDemand bool) {
	t.Helper()
	in := &awskinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(int32(shards))}
	if onDemand {
		in.ShardCount, in.StreamModeDetails = nil, &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}
	}
	if _, err := l.api.CreateStream(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func (l local) reshard(t *testing.T, name string, target int) error {
	t.Helper()
	return l.adapter.UpdateShardCount(t.Context(), scaling.Summary{Name: name}, target)
}

func (l local) describe(t *testing.T, name string) scaling.Summary {
	t.Helper()
	summary, err := l.adapter.Describe(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func (local) pass(*testing.T) {} // it has a clock of its own
