//go:build unix && e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// raceRounds is how often fifty racers claim the same stream.
const raceRounds = 200

// The registry's own tests hold it to its contract on a DynamoDB that others wrote.
func TestContract(t *testing.T) {
	t.Parallel()
	t.Run("ministack", func(t *testing.T) {
		command, err := tools(t).Ministack(t.Context())
		suite(t, start(t, command, err), "^(TestContract|TestClaimObeysEdits|TestEditsHeal|TestTheAuditQueriesAnswer)$", 61)
	})
	// Dynalite has no TransactWriteItems, and so no claim, no history and no fleet's item: this is what is left.
	t.Run("dynalite", func(t *testing.T) {
		command, err := tools(t).Dynalite(t.Context())
		parts := []string{
			"a_stream_is_read_back_as_it_was_saved", "a_stream_without_an_item_is_not_enrolled",
			"overrides_may_come_before_the_enrollment", "settings_that_cannot_be_used_are_replaced_by_disabled_ones",
			"times_are_kept_to_the_millisecond",
		}
		suite(t, start(t, command, err), "^(TestSaveRace|TestContract)$/^("+strings.Join(parts, "|")+")$", len(parts)+1)
	})
}

// suite runs tests of the registry against a server, and counts each as a check. At least so many must have run.
func suite(t *testing.T, server *emulator.Server, tests string, least int) {
	t.Helper()
	out, err := command(t.Context(), []string{"REGISTRY_TEST_ENDPOINT=" + server.Endpoint(), fmt.Sprintf("REGISTRY_TEST_ROUNDS=%d", raceRounds)},
		"go", "test", "-count=1", "-json", "-run", tests, "./registry")
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]bool{}
	for line := range strings.Lines(out) {
		var event struct {
			Action, Test string
			Elapsed      float64
		}
		if json.Unmarshal([]byte(line), &event) != nil || event.Test == "" {
			continue
		}
		switch event.Action {
		case "skip":
			skipped.Add(1)
		case "pass":
			passed[event.Test] = true
			if strings.Contains(event.Test, "racing") || event.Test == "TestSaveRace" {
				t.Logf("%s: %d rounds of 50 racers in %.1f s", event.Test, raceRounds, event.Elapsed)
			}
		}
	}
	for test := range passed { // what only holds subtests together is none itself
		delete(passed, path.Dir(test))
	}
	t.Logf("%d tests of the contract passed", len(passed))
	ran.Add(int64(len(passed)))
	if len(passed) < least {
		t.Errorf("%d tests ran, want at least %d", len(passed), least)
	}
}
