//go:build unix && e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/emulator"
	"github.com/shardkeeper/shardkeeper/registry"
)

// examplesRegion is where the files of events/ come from; enroller-other-region.json does not.
const examplesRegion = "us-east-1"

// malformed are payloads that nobody should send. Each is told as bad input or ignored, never as an error:
// Lambda would send it again.
func malformed() map[string]string {
	return map[string]string{
		"nothing": "", "null": "null", "a text": `"boom"`, "a list": "[]", "an empty object": "{}", "a number": "1e400",
		"cut off":       `{"Records": [{"Sns": {"Message": "{\"AlarmName\"`,
		"wrong types":   `{"Records": [1, {"Sns": []}], "detail": 7, "source": ["aws.kinesis"], "detail-type": {}}`,
		"deeply nested": strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	}
}

// Each built function runs under Lambda's own Runtime Interface Emulator and takes every example of events/ for
// it, and what is malformed.
func TestRuntimeInterface(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	const table, topic = "registry", "arn:aws:sns:" + emulator.Region + ":" + emulator.Account + ":shardkeeper-alarms"
	if _, err := c.dynamodb.CreateTable(t.Context(), registry.TableDefinition(table)); err != nil {
		t.Fatal(err)
	}
	_, err := c.kinesis.CreateStream(t.Context(), &kinesis.CreateStreamInput{
		StreamName: aws.String("orders"), ShardCount: aws.Int32(2), Tags: map[string]string{"shardkeeper": "enabled"},
	})
	if err != nil {
		t.Fatal(err)
	}
	env := append(c.env(), app.EnvTable+"="+table, app.EnvTopicARN+"="+topic)

	trivial := initDuration(t, trivialBootstrap(t), env)
	for function, handler := range functions() {
		t.Run(handler, func(t *testing.T) {
			counted(t)
			path := bootstrap(t, function)
			took := initDuration(t, path, env)
			t.Logf("%s: init %.0f ms, %.1f times that of a trivial function in Go (%.0f ms)", handler, took, took/trivial, trivial)
			command, err := tools(t).RuntimeInterface(t.Context(), path, env...)
			server := start(t, command, err)
			lambda := underRuntime{server: server}
			for name, payload := range examples(t, handler) {
				lambda.invoke(t, name, payload)
			}
			for name, payload := range malformed() {
				events := lambda.invoke(t, name, []byte(payload))
				if handler != "reconciler" && events["bad_input"]+events["ignored"] == 0 { // the reconciler reads no payload
					t.Errorf("%s: it reports %v, want bad input or ignored", name, events)
				}
			}
			t.Logf("%s: %d events", handler, lambda.invocations)
		})
	}
}

// examples are the files of events/ for a handler, moved to the emulators' Region.
func examples(t *testing.T, handler string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "events", handler+"-*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples for %s: %v", handler, err)
	}
	payloads := map[string][]byte{}
	for _, file := range files {
		payloads[filepath.Base(file)] = example(t, filepath.Base(file))
	}
	return payloads
}

// example reads one file of events/.
func example(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "events", name))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := []byte("ap-south-1")
	text = bytes.ReplaceAll(text, []byte(emulator.Region), elsewhere)
	return bytes.ReplaceAll(text, []byte(examplesRegion), []byte(emulator.Region))
}

// underRuntime is a function that runs under the Runtime Interface Emulator.
type underRuntime struct {
	server      *emulator.Server
	invocations int
}

// invoke sends an event and returns how many reports of each kind the function logged. The function must answer
// null, and its log must have one more invocation, without an error.
func (f *underRuntime) invoke(t *testing.T, name string, payload []byte) map[string]int {
	t.Helper()
	if answer := post(t, f.server, payload); answer != "null" {
		t.Errorf("%s: it answers %s, want null", name, answer)
	}
	f.invocations++
	var last invocationLine
	await(t, "the log of "+name, 5*time.Second, func() error {
		lines := invocations(t, f.server.LogFile())
		if len(lines) != f.invocations {
			return fmt.Errorf("%d invocations in the log, want %d", len(lines), f.invocations)
		}
		last = lines[len(lines)-1]
		return nil
	})
	if last.Error != "" {
		t.Errorf("%s: error %q", name, last.Error)
	}
	return last.Events
}

// invocationLine is the line that a function logs for each invocation.
type invocationLine struct {
	Message string         `json:"msg"`
	Error   string         `json:"error"`
	Events  map[string]int `json:"events"`
}

func invocations(t *testing.T, log string) []invocationLine {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var found []invocationLine
	for line := range strings.Lines(string(text)) {
		var read invocationLine
		if json.Unmarshal([]byte(line), &read) == nil && read.Message == "invocation" {
			found = append(found, read)
		}
	}
	return found
}

// post sends an event and returns the answer.
func post(t *testing.T, server *emulator.Server, payload []byte) string {
	t.Helper()
	client := http.Client{Timeout: 40 * time.Second}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.Endpoint()+emulator.InvokePath, bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// initStarts is how often a function is started to see how fast it can be.
const initStarts = 3

// initDuration is the shortest of several inits in milliseconds, as the Runtime Interface Emulator reports them.
func initDuration(t *testing.T, bootstrap string, env []string) float64 {
	t.Helper()
	report, shortest := regexp.MustCompile(`INIT REPORT\(durationMs: ([0-9.]+)\)`), 1e9
	for range initStarts {
		command, err := tools(t).RuntimeInterface(t.Context(), bootstrap, env...)
		if err != nil {
			t.Fatal(err)
		}
		server, err := emulator.Start(t.Context(), command, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		post(t, server, []byte("null"))
		await(t, "the report of the init", 5*time.Second, func() error {
			text, err := os.ReadFile(server.LogFile())
			if err != nil {
				return err
			}
			match := report.FindSubmatch(text)
			if match == nil {
				return fmt.Errorf("not in the log:\n%s", text)
			}
			took, err := strconv.ParseFloat(string(match[1]), 64)
			shortest = min(shortest, took)
			return err
		})
		server.Close()
	}
	return shortest
}

// trivialBootstrap builds the function of testdata/trivial.
func trivialBootstrap(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	mustRun(t, []string{"CGO_ENABLED=0"}, "go", "build", "-trimpath", "-ldflags=-s", "-tags=lambda.norpc", "-o", path, "./tests/e2e/testdata/trivial")
	return path
}
