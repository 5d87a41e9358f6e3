package registry_test

import "testing"

// A sweep goes on after a stream. Kinesis refuses to list what comes after a name that no stream can have, and the sweep would
// never end: one that somebody has written there is none, and the sweep begins anew.
func TestASweepGoesOnAfterANameOfAStreamOnly(t *testing.T) {
	for after, want := range map[string]string{"orders": "orders", "orders 2": "", "arn:aws:kinesis": "", "": ""} {
		r, _ := newWire(t, map[string][]answer{"GetItem": {{body: `{"Item":{"sweep_after":{"S":"` + after + `"},"streams":{"N":"7"}}}`}}})
		fleet, err := r.Fleet(t.Context())
		if err != nil || fleet.SweepAfter != want || fleet.Streams != 7 {
			t.Errorf("%q: %+v, %v", after, fleet, err)
		}
	}
}
