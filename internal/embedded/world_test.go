package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/embedded"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

var update = flag.Bool("update", false, "write the golden files anew")

func now() time.Time { return time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC) }

// The world has all that the use cases ask for.
var (
	_ scaler.Registry      = (*embedded.World)(nil)
	_ scaler.Streams       = (*embedded.World)(nil)
	_ scaler.Alarms        = (*embedded.World)(nil)
	_ scaler.Consumers     = (*embedded.World)(nil)
	_ reconciler.Registry  = (*embedded.World)(nil)
	_ reconciler.Streams   = (*embedded.World)(nil)
	_ reconciler.Alarms    = (*embedded.World)(nil)
	_ reconciler.Consumers = (*embedded.World)(nil)
	_ enroller.Registry    = (*embedded.World)(nil)
)

func TestChosenOnlyWhereSAMCannotResolveTheTable(t *testing.T) {
	for _, c := range []struct {
		name, samLocal, table string
		want                  bool
	}{
		{"sam local invoke", "true", "Registry", true},
		{"sam local invoke with --env-vars", "true", "shardkeeper", false},
		{"on AWS", "", "shardkeeper", false},
		{"on AWS, in a stack of that name", "", "Registry", false},
		{"no table", "true", "", false},
		{"another word for true", "1", "Registry", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment := map[string]string{"AWS_SAM_LOCAL": c.samLocal, "TABLE_NAME": c.table}
			if got := embedded.Chosen(func(name string) string { return environment[name] }); got != c.want {
				t.Errorf("chosen %v, want %v", got, c.want)
			}
		})
	}
}

// handle makes a function a handler.
type handle func(ctx context.Context, payload []byte) ([]byte, error)

func (h handle) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return h(ctx, payload) }

// tell invokes a handler in the world of a function, and returns what is told.
func tell(t *testing.T, w *embedded.World, event string, h handle) string {
	t.Helper()
	var out bytes.Buffer
	answer, err := w.Around(&out, h).Invoke(t.Context(), []byte(event))
	if err != nil || string(answer) != "null" {
		t.Fatalf("answer %s, %v", answer, err)
	}
	return out.String()
}

// scales is a handler that gives an alarm of orders to the real scaler.
func scales(w *embedded.World, direction scaling.Direction) handle {
	s := &scaler.Scaler{Registry: w, Streams: w, Alarms: w, Consumers: w, Now: now, Actor: "scaler", Lease: time.Minute}
	alarm := scaler.Alarm{
		Name: scaling.AlarmName("orders", direction), State: scaling.StateAlarm, RequestID: "a-request",
		TransitionAt: time.Date(2026, 11, 2, 9, 15, 42, 0, time.UTC),
	}
	return func(ctx context.Context, _ []byte) ([]byte, error) {
		_, err := s.Handle(ctx, alarm)
		return []byte("null"), err
	}
}

func TestTales(t *testing.T) {
	for _, direction := range []scaling.Direction{scaling.Up, scaling.Down} {
		t.Run(direction.String(), func(t *testing.T) {
			w := new(embedded.World).Use("scaler", now)
			name := scaling.AlarmName("orders", direction)
			told := tell(t, w, name, scales(w, direction))
			file := "testdata/" + name + ".golden"
			if *update {
				if err := os.WriteFile(file, []byte(told), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(golden), told); diff != "" {
				t.Errorf("(-golden +told):\n%s", diff)
			}
			if again := tell(t, w, name, scales(w, direction)); again != told {
				t.Errorf("the second invocation tells something else:\n%s", again)
			}
		})
	}
}

func TestReconcilerFindsWhatEventsMissed(t *testing.T) {
	w := new(embedded.World).Use("reconciler", now)
	e := &enroller.Enroller{Registry: w, Streams: w, Alarms: w, Now: now, Actor: "reconciler"}
	r := &reconciler.Reconciler{Registry: w, Fleet: w, Items: w, Streams: w, Tagging: w, Alarms: w, Consumers: w, Enroller: e, Now: now, Actor: "reconciler", Lease: time.Minute}
	told := tell(t, w, "{}", func(ctx context.Context, _ []byte) ([]byte, error) {
		_, err := r.Run(ctx)
		return []byte("null"), err
	})
	for _, want := range []string{"payments: enrollment, enrolled", "audit: enrollment, suspended: on-demand", "cloudwatch:DescribeAlarms, streams: 1"} {
		if !strings.Contains(told, want) {
			t.Errorf("it does not tell %q:\n%s", want, told)
		}
	}
}

func TestAnErrorOfTheFunctionIsReturnedAndStillTold(t *testing.T) {
	w := new(embedded.World).Use("scaler", now)
	var out bytes.Buffer
	fault := errors.New("it failed")
	_, err := w.Around(&out, handle(func(context.Context, []byte) ([]byte, error) { return nil, fault })).Invoke(t.Context(), nil)
	if !errors.Is(err, fault) || !strings.Contains(out.String(), "nothing real was touched") {
		t.Errorf("error %v, told %q", err, out.String())
	}
}

// answers is a handler that gives back what it gets.
type answers struct{}

func (answers) Invoke(_ context.Context, payload []byte) ([]byte, error) { return payload, nil }

// On AWS there is no world: the handler is called as it is, and nothing is told.
func TestWithoutAWorldNothingIsAround(t *testing.T) {
	var world *embedded.World
	var out bytes.Buffer
	got, err := world.Around(&out, answers{}).Invoke(t.Context(), []byte("event"))
	if err != nil || string(got) != "event" || out.Len() > 0 {
		t.Errorf("got %q, %v, and told %q", got, err, out.String())
	}
}
