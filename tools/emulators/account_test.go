//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/app"
)

// What events/local.json tells a function in a container is what is started here.
func TestLocalJSONLeadsToWhatIsStarted(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "events", "local.json"))
	if err != nil {
		t.Fatal(err)
	}
	var given struct{ Parameters map[string]string }
	if err := json.Unmarshal(text, &given); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS", app.EnvTable, app.EnvTopicARN} {
		want := strings.Replace(environment()[name], "127.0.0.1", "host.docker.internal", 1)
		if diff := cmp.Diff(want, given.Parameters[name]); diff != "" {
			t.Errorf("%s (-started +events/local.json):\n%s", name, diff)
		}
	}
}
