package embedded

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Where the files of events/ come from.
const (
	Region  = "us-east-1"
	Account = "123456789012"
)

// table is the registry's name in the template. sam local invoke gives a function the name of what
// it cannot resolve; on AWS the table has the name of the stack.
const table = "Registry"

// Chosen reports whether a function with this environment is to decide in an embedded world: SAM runs
// it on somebody's machine, and nobody has said which table to use. Lambda sets no AWS_SAM_LOCAL.
func Chosen(getenv func(string) string) bool {
	return getenv("AWS_SAM_LOCAL") == "true" && getenv("TABLE_NAME") == table
}

// Environment returns getenv with what the template names and SAM cannot resolve.
func Environment(getenv func(string) string) func(string) string {
	world := map[string]string{
		"AWS_REGION":      Region,
		"TOPIC_ARN":       "arn:aws:sns:" + Region + ":" + Account + ":shardkeeper-alarms",
		"SCALER_ROLE_ARN": "arn:aws:iam::" + Account + ":role/shardkeeper-ScalerFunctionRole-EXAMPLE",
	}
	return func(variable string) string {
		if value, given := world[variable]; given {
			return value
		}
		return getenv(variable)
	}
}

// The load of every stream, as a share of what its shards take: what the alarm in the event says.
const (
	highLoad = 0.95
	lowLoad  = 0.1
)

// yesterday is the world before the event: every stream is tagged and provisioned.
func yesterday() map[string]stream {
	streams := map[string]stream{}
	for name, shards := range map[string]int{"orders": 2, "payments": 4, "clicks": 2, "returns": 1, "audit": 1} {
		streams[name] = stream{shards: shards, mode: scaling.ModeProvisioned, tags: map[string]string{scaling.ModeTag: string(scaling.ModeEnabled)}}
	}
	return streams
}

// today is the world of the event: some streams were changed, and what they were changed by is an event.
func today() map[string]stream {
	streams := yesterday()
	streams["clicks"] = stream{shards: 2, mode: scaling.ModeProvisioned}
	streams["audit"] = stream{mode: scaling.ModeOnDemand, tags: streams["audit"].tags}
	delete(streams, "returns")
	return streams
}

// Use names the function that the world is for, and its clock. It must be called before all else.
func (w *World) Use(function string, now func() time.Time) *World {
	w.function, w.now = function, now
	return w
}

// begin makes the world new for an event. A day ago the streams were enrolled that the function is to know:
// for the scaler and the reconciler those that are scaled, for the enroller all, unless the event makes the
// stream.
func (w *World) begin(ctx context.Context, event string) error {
	w.registry, w.streams, w.load = inmem.New(inmem.Options{}), yesterday(), highLoad
	if strings.Contains(event, "-scale-down") && !strings.Contains(event, "-scale-up") {
		w.load = lowLoad
	}
	known := map[string][]string{
		"scaler": {"orders", "payments"}, "enroller": {"orders", "clicks", "returns", "audit"}, "reconciler": {"orders"},
	}[w.function]
	if strings.Contains(event, `"CreateStream"`) {
		known = nil
	}
	for _, name := range known {
		if err := w.enroll(ctx, name); err != nil {
			return fmt.Errorf("make the embedded world: %w", err)
		}
	}
	w.streams, w.calls = today(), nil
	return nil
}

// enroll writes the item of a stream as the enroller does, with alarms that are as they should be.
func (w *World) enroll(ctx context.Context, name string) error {
	summary, err := w.Describe(ctx, name)
	if err != nil {
		return err
	}
	tags := scaling.TagLayer(w.streams[name].tags)
	enrolled, entries := ledger.Rules{}.Refresh(ledger.Item{Name: name}, summary, tags, w.now().AddDate(0, 0, -1), "enroller")
	enrolled.Alarms = ledger.AlarmsHeld{Shards: enrolled.OpenShards, SettingsRevision: enrolled.SettingsRevision}
	_, err = w.registry.Save(ctx, enrolled, entries...)
	return err
}
