package cloudwatch_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// An alarm that somebody's composite alarm rests on cannot be deleted. It stays, and is told; all others go, those of the same
// stream too.
func TestAnAlarmUnderACompositeAlarmKeepsNoOther(t *testing.T) {
	f := after(t, wantOf(4), scaling.AlarmWant{Stream: "billing", OpenShards: 2, Settings: wantOf(4).Settings})
	f.under = []string{up}
	err := f.client().Delete(t.Context(), "orders", "billing")
	left, some := errors.AsType[scaling.AlarmsLeftError](err)
	if !some || left.Of("orders") == nil || left.Of("billing") != nil || !errors.Is(err, scaling.ErrRefused) {
		t.Errorf("err = %v", err)
	}
	for _, word := range []string{up, "composite"} {
		if err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not name %q", err, word)
		}
	}
	if names := slices.Sorted(maps.Keys(f.alarms)); !slices.Equal(names, []string{up}) {
		t.Errorf("left %v", names)
	}
	f.calls = nil
	if err := f.client().Delete(t.Context(), "orders"); err == nil || len(f.calls) != 2 {
		t.Errorf("the alarm alone: %v, after %v", err, f.calls)
	}
}

// Taking a stack away deletes all that can be deleted, and names the rest.
func TestRemovingGoesOnPastCompositeAlarms(t *testing.T) {
	w := crowd(t, 130)
	names, err := w.client().Ours(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.under = []string{"s-003-scale-down", "s-005-scale-up", "s-120-scale-up"}
	var done []int
	err = w.client().Remove(t.Context(), names, func(n int) { done = append(done, n) })
	if !slices.Equal(done, []int{100, 200, 260}) {
		t.Errorf("told %v", done)
	}
	for _, name := range w.under {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	if names, _ = w.client().Ours(t.Context()); !slices.Equal(names, w.under) {
		t.Errorf("%d are left", len(names))
	}
}

// A refusal that names no composite alarm is that of all alarms, and the call is made once.
func TestAnyOtherRefusalIsThatOfAll(t *testing.T) {
	f := after(t, wantOf(4))
	f.fails["DeleteAlarms"] = &smithy.GenericAPIError{Code: "ValidationError", Message: "no " + up, Fault: smithy.FaultClient}
	err := f.client().Delete(t.Context(), "orders")
	if _, some := errors.AsType[scaling.AlarmsLeftError](err); some || !errors.Is(err, scaling.ErrRefused) || len(f.calls) != 2 {
		t.Errorf("err = %v, after %v", err, f.calls)
	}
}
