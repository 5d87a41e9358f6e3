package ledger_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// eachTime calls a function with every time in a value, however deep, and its path. What is nil or empty is filled first,
// so that no attribute that is added later is left out.
func eachTime(v reflect.Value, path string, do func(path string, at *time.Time)) {
	if at, is := reflect.TypeAssert[*time.Time](v.Addr()); is {
		do(path, at)
		return
	}
	switch v.Kind() { //nolint:exhaustive // the others hold no time
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		eachTime(v.Elem(), path, do)
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			eachTime(v.Index(i), fmt.Sprintf("%s[%d]", path, i), do)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachTime(v.Field(i), path+"."+v.Type().Field(i).Name, do)
		}
	}
}

// No time that a wrong clock has written stays ahead, whichever attribute it is in: a stream waits for none of them longer
// than it would for a true one.
func TestNoTimeOfAWrongClockStays(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	known := map[string]string{
		".CreatedAt":     "the service tells it at each look",
		".UpdatedAt":     "for people only",
		".DueAt":         "planned anew at each look",
		".Timed[0].From": "people write it", ".Timed[0].Until": "people write it",
		".InFlight.At": "Settle does not wait for it", ".InFlight.TransitionAt": "for people only",
		".Draining.TransitionAt": "for people only",
	}
	for _, ahead := range []time.Duration{26 * time.Hour, 5 * 365 * 24 * time.Hour} {
		s := ledger.Item{Name: "orders", Status: ledger.Enrolled, OpenShards: 4}
		eachTime(reflect.ValueOf(&s).Elem(), "", func(_ string, at *time.Time) { *at = now.Add(ahead) })
		s.Operations[0].To = 4
		mended, entries := s.Mended(now, "reconciler")
		if len(entries) != 1 {
			t.Errorf("told %v", entries)
		}
		seen := 0
		eachTime(reflect.ValueOf(&mended).Elem(), "", func(path string, at *time.Time) {
			if seen++; known[path] == "" && at.After(now.Add(5*time.Minute)) {
				t.Errorf("%v ahead: %s is still %v", ahead, path, *at)
			}
		})
		if seen < 30 {
			t.Errorf("only %d times were found", seen)
		}
	}
}
