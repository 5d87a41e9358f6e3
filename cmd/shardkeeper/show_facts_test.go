package main

import (
	"strings"
	"testing"
)

// Whoever looks at a stream sees that its newest tags are not in force.
func TestShowSaysWhyItsSettingsCannotBeUsed(t *testing.T) {
	registry := stocked(t, "orders")
	const label, fault = "fault of its settings", `min-shards: "four" is not a whole number`
	for _, said := range []string{"", fault} {
		s := loaded(t, registry, "orders")
		s.SettingsFault = said
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		status, stdout, stderr := in(t, &fakeAccount{registry: registry, watched: &watched{shards: 4}}, "show", "orders")
		if status != statusOK || strings.Contains(stdout, label) != (said != "") || !strings.Contains(strings.Join(strings.Fields(stdout), " "), said) {
			t.Errorf("status %d, want %q\n%s%s", status, said, stdout, stderr)
		}
	}
}
