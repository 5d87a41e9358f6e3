//go:build unix && e2e

package e2e

import (
	"testing"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/emulator"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// The metric math that we write comes back as we wrote it from a CloudWatch that nobody here has touched: moto keeps an
// alarm's metrics, while ministack needs our patch for that.
func TestAlarmsOnMoto(t *testing.T) {
	t.Parallel()
	command, err := tools(t).Moto(t.Context())
	server := start(t, command, err)
	api := awscloudwatch.NewFromConfig(sdkConfig(server.Endpoint()), func(o *awscloudwatch.Options) {
		o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801) // moto does not read CBOR
	})
	alarms := cloudwatch.New(api, cloudwatch.Options{TopicARN: "arn:aws:sns:" + emulator.Region + ":" + emulator.Account + ":shardkeeper-alarms", Table: "shardkeeper"})

	lagging := scaling.Defaults(scaling.DoubleHalve)
	lagging.FanOutConsumers = "billing search"
	blind := scaling.Defaults(scaling.TargetTracking)
	blind.IteratorAgeMinutes = 0
	for name, want := range map[string]scaling.AlarmWant{
		"defaults":              {Stream: "orders", OpenShards: 4, Settings: scaling.Defaults(scaling.DoubleHalve)},
		"one shard":             {Stream: "small", OpenShards: 1, Settings: scaling.Defaults(scaling.DoubleHalve)},
		"fan-out consumers":     {Stream: "lagging", OpenShards: 16, Settings: lagging},
		"lag that never counts": {Stream: "blind", OpenShards: 10_000, Settings: blind},
	} {
		t.Run(name, func(t *testing.T) {
			counted(t)
			status := func(want scaling.AlarmWant) scaling.AlarmPair {
				t.Helper()
				pairs, err := alarms.Status(t.Context(), []scaling.AlarmWant{want})
				if err != nil {
					t.Fatal(err)
				}
				return pairs[want.Stream]
			}
			if pair := status(want); pair.Up.Exists || pair.Down.Exists {
				t.Fatalf("there are alarms already: %+v", pair)
			}
			for _, shards := range []int{want.OpenShards, 2 * want.OpenShards} { // made, then changed
				want.OpenShards = shards
				if pair := status(want); pair.Up.InSync || pair.Down.InSync {
					t.Errorf("in sync before the update to %d shards: %+v", shards, pair)
				}
				if err := alarms.Update(t.Context(), want); err != nil {
					t.Fatal(err)
				}
				if pair := status(want); !pair.Up.InSync || !pair.Down.InSync {
					t.Errorf("not in sync after the update to %d shards: %+v", shards, pair)
				}
			}
			if err := alarms.Rearm(t.Context(), want.Stream, scaling.Up, "the test says so"); err != nil {
				t.Error(err)
			}
			if err := alarms.Delete(t.Context(), want.Stream); err != nil {
				t.Fatal(err)
			}
			if pair := status(want); pair.Up.Exists || pair.Down.Exists {
				t.Errorf("after the deletion: %+v", pair)
			}
		})
	}
}
