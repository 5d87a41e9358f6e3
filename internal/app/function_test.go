package app

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shardkeeper/shardkeeper/scaling/report"
)

type notebook struct{ heard []report.Invocation }

func (n *notebook) Record(_ context.Context, in report.Invocation) { n.heard = append(n.heard, in) }

// Every sink hears of the same invocation, also of one that fails.
func TestEverySinkHearsOfEachInvocation(t *testing.T) {
	first, second, failed := &notebook{}, &notebook{}, errors.New("no answer")
	f := Function{Now: func() time.Time { return time.Unix(9, 0) }, Sinks: []Sink{first, second}, Heartbeat: true}
	reports := []report.Report{{Stream: "orders", Event: report.Hold}}
	out, err := f.Invoke(t.Context(), "r1", func(context.Context) ([]report.Report, error) { return reports, failed })
	if string(out) != "null" || !errors.Is(err, failed) {
		t.Errorf("Lambda gets %s, %v", out, err)
	}
	want := []report.Invocation{{RequestID: "r1", Started: time.Unix(9, 0), Reports: reports, Err: failed, Heartbeat: true}}
	for _, sink := range []*notebook{first, second} {
		if diff := cmp.Diff(want, sink.heard, cmpopts.EquateErrors()); diff != "" {
			t.Error(diff)
		}
	}
}

// A new function writes what it hears, and says at once that the stack's parameters cannot be used.
func TestANewFunctionWrites(t *testing.T) {
	var out bytes.Buffer
	f := NewFunction(t.Context(), "scaler", &out, Config{DefaultsFault: errors.New("min-shards: bad")}, time.Now)
	if !strings.Contains(out.String(), "min-shards: bad") {
		t.Errorf("nothing is said of the parameters: %s", out.String())
	}
	if _, err := f.Invoke(t.Context(), "r7", func(context.Context) ([]report.Report, error) { return nil, nil }); err != nil || !strings.Contains(out.String(), "r7") {
		t.Errorf("the invocation is not written (%v): %s", err, out.String())
	}
}

// Two stacks in one account and Region have metrics of their own: the dimension is the function's whole name.
func TestMetricsAreOfOneStack(t *testing.T) {
	for name, c := range map[string]Config{"scaler": {}, "shardkeeper-blue-scaler": {Function: "shardkeeper-blue-scaler"}} {
		var out bytes.Buffer
		f := NewFunction(t.Context(), "scaler", &out, c, time.Now)
		work := func(context.Context) ([]report.Report, error) {
			return []report.Report{{Event: report.Hold}}, nil
		}
		if _, err := f.Invoke(t.Context(), "r7", work); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"Function":"` + name + `"`, `"function":"scaler"`} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %s in %s", want, out.String())
			}
		}
	}
}
