//go:build linux && e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// expectedOutput is what sam local invoke must print for each file of events/: a part of the function's own
// log lines, and a decision or a call of the embedded world.
func expectedOutput() map[string][]string {
	nothing := "nothing to scale and nothing to enroll"
	return map[string][]string{
		"scaler-alarm-up":            {`"event":"operation"`, "orders: scale up, shards 2 -> 4", "kinesis:UpdateShardCount, orders, shards 2 -> 4", "cloudwatch:PutMetricAlarm, orders-scale-down, open shards 4"},
		"scaler-alarm-down":          {`"event":"operation"`, "orders: scale down, shards 2 -> 1", "kinesis:UpdateShardCount, orders, shards 2 -> 1"},
		"scaler-two-records":         {`"operation":2`, "orders: scale up, shards 2 -> 4", "payments: scale up, shards 4 -> 8"},
		"scaler-alarm-ok":            {`"event":"ignored"`, nothing},
		"scaler-alarm-not-enrolled":  {`"event":"not_enrolled"`, nothing},
		"scaler-alarm-other-account": {`"event":"bad_input"`, nothing},
		"scaler-other-topic":         {`"event":"bad_input"`, nothing},
		"scaler-text":                {`"event":"bad_input"`, nothing},
		"scaler-no-records":          {`"event":"bad_input"`, nothing},

		"enroller-create-stream-tagged":   {`"event":"enrolled"`, "orders: enrollment, enrolled", "cloudwatch:PutMetricAlarm, orders-scale-up, open shards 2"},
		"enroller-create-stream-untagged": {`"event":"ignored"`, nothing},
		"enroller-create-stream-failed":   {`"event":"ignored"`, nothing},
		"enroller-add-tags":               {`"checked":1`, nothing},
		"enroller-tag-resource":           {`"checked":1`, nothing},
		"enroller-tag-change":             {`"checked":1`, nothing},
		"enroller-tag-resources":          {`"event":"enrolled"`, "payments: enrollment, enrolled"},
		"enroller-tag-resource-consumer":  {`"event":"ignored"`, nothing},
		"enroller-remove-tags":            {`"event":"unenrolled"`, "clicks: enrollment, unenrolled", "cloudwatch:DeleteAlarms, the two of clicks"},
		"enroller-untag-resource":         {`"event":"unenrolled"`, "clicks: enrollment, unenrolled"},
		"enroller-delete-stream":          {`"event":"unenrolled"`, "returns: enrollment, unenrolled"},
		"enroller-update-stream-mode":     {`"event":"suspended"`, "audit: enrollment, suspended"},
		"enroller-update-shard-count":     {`"event":"external"`, "orders: external"},
		"enroller-update-shard-count-own": {`"event":"ignored"`, nothing},
		"enroller-split-shard":            {`"reports":1`, "kinesis:DescribeStreamSummary, orders"},
		"enroller-merge-shards":           {`"reports":1`, "kinesis:DescribeStreamSummary, orders"},
		"enroller-retention":              {`"event":"ignored"`, nothing},
		"enroller-unknown":                {`"event":"ignored"`, nothing},
		"enroller-other-region":           {`"event":"bad_input"`, nothing},

		"reconciler-schedule": {`"event":"enrolled"`, "payments: enrollment, enrolled", "cloudwatch:DescribeAlarms, streams: 1"},
	}
}

// The command of the README, for each file of events/: in containers, without an account, without credentials,
// without emulators. Then some of them with emulators.
func TestLocalInvoke(t *testing.T) {
	t.Parallel()
	engine := containers(t)
	files, err := filepath.Glob(filepath.Join(root, "events", "*-*.json"))
	if err != nil || len(files) != len(expectedOutput()) {
		t.Fatalf("%d files in events/, and output expected of %d: each file needs one, %v", len(files), len(expectedOutput()), err)
	}
	if err := built(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if i == 0 { // makes the image that the others use
			t.Run(name, func(t *testing.T) { checkInvoke(t, engine, name) })
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkInvoke(t, engine, name)
		})
	}
	t.Run("with emulators", func(t *testing.T) {
		t.Parallel()
		checkWithEmulators(t, engine)
	})
	t.Cleanup(func() { t.Logf("sam local invoke: %d events in %v", len(files), time.Since(began).Round(time.Second)) })
}

// checkInvoke invokes the function of one file of events/ and holds what is printed against expectedOutput.
func checkInvoke(t *testing.T, engine *emulator.Engine, name string) {
	t.Helper()
	counted(t)
	wanted := expectedOutput()[name]
	if len(wanted) == 0 {
		t.Fatal("expectedOutput says nothing about this file")
	}
	wanted = append(wanted, `"msg":"invocation"`, "nothing real was touched")
	invokeUntilPrinted(t, engine, wanted, wanted, name)
}

// oneRetry lets one invocation be tried again at a time, so that a busy machine has more time for it.
var oneRetry sync.Mutex

// invokeUntilPrinted runs sam local invoke with a file of events/ until it prints all that is wanted, five times at
// most, and returns what it printed. sam waits one second for a container's log, and drops what comes later: on a busy
// machine a line or all of it (wait_for_result in samcli/local/docker/container.py, 1.170). The function has done its
// work by then, so that another invocation may have something else to say: again.
func invokeUntilPrinted(t *testing.T, engine *emulator.Engine, first, again []string, name string, more ...string) string {
	t.Helper()
	printed := localInvoke(t, engine, name, more...)
	missing := notIn(printed, first)
	if len(missing) == 0 {
		return printed
	}
	oneRetry.Lock()
	defer oneRetry.Unlock()
	for range 4 {
		t.Logf("it does not print %q; once more", missing)
		printed = localInvoke(t, engine, name, more...)
		if missing = notIn(printed, again); len(missing) == 0 {
			return printed
		}
	}
	t.Errorf("it does not print %q, but:\n%s", missing, printed)
	return printed
}

// notIn returns those of wanted that are not in printed.
func notIn(printed string, wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(want string) bool { return strings.Contains(printed, want) })
}

// lambdaImage is where sam local invoke takes the image of provided.al2023 from.
const lambdaImage = "public.ecr.aws/lambda/provided"

// containers is what runs containers: this machine's engine, or one of our own, whose image of Lambda is a busybox.
func containers(t *testing.T) *emulator.Engine {
	t.Helper()
	engine, err := emulator.FindEngine(t.Context(), os.Getenv("DOCKER_HOST"), t.TempDir())
	if errors.Is(err, emulator.ErrNoEngine) {
		skipped.Add(1)
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	if engine.Own() {
		arch := strings.TrimPrefix(architecture(), "Architecture=")
		if err := engine.ImportBusybox(t.Context(), lambdaImage, "al2023-"+arch); err != nil {
			t.Fatal(err)
		}
	}
	return engine
}

// localInvoke runs sam local invoke with a file of events/, and returns all that it prints.
func localInvoke(t *testing.T, engine *emulator.Engine, name string, more ...string) string {
	t.Helper()
	sam, err := filepath.Abs(installed("sam", "bin", "sam"))
	if err != nil {
		t.Fatal(err)
	}
	handler, _, _ := strings.Cut(name, "-")
	command := engine.Inside(sam, "local", "invoke", strings.ToUpper(handler[:1])+handler[1:]+"Function",
		"-e", "events/"+name+".json", "-t", buildDir+"/template.yaml", "--parameter-overrides", architecture())
	if engine.Own() {
		command = append(command, "--skip-pull-image") // what it has is all there is
	}
	command = append(command, more...)
	ctx, cancel := context.WithTimeout(t.Context(), commandBound)
	defer cancel()
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Dir, run.WaitDelay = root, 5*time.Second
	run.Env = append(engine.Env(), "SAM_CLI_TELEMETRY=0", "HOME="+t.TempDir(), "PATH="+os.Getenv("PATH"))
	var answer, printed bytes.Buffer
	run.Stdout, run.Stderr = &answer, &printed
	if err := run.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(command, " "), err, printed.String(), answer.String())
	}
	if got := strings.TrimSpace(answer.String()); got != "null" {
		t.Errorf("it answers %s, want null; it prints:\n%s", got, printed.String())
	}
	return printed.String()
}
