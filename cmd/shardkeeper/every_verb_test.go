package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// awsVerbs are all verbs that talk to AWS, each as somebody would use it.
func awsVerbs(t *testing.T) map[string][]string {
	t.Helper()
	settings := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(settings, []byte("streams:\n  orders:\n    overrides:\n      min-shards: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	verbs := map[string][]string{}
	for _, line := range []string{
		"streams", "show orders", "explain orders", "doctor", "export orders --days 1", "cost orders --days 1", "survey --days 1", "history",
		"deadletters --stack keeper", "replay --stack keeper --queue scaler --dry-run", "enroll orders --yes --no-wait", "unenroll orders --yes --no-wait",
		"adopt --yes --no-wait", "set orders min-shards=3 --yes", "unset orders min-shards --yes", "apply " + settings + " --yes", "export-settings",
		"scale orders --to 6 --for 1h --reason sale --yes --no-wait", "plan orders --at 6h --shards 16 --reason sale --yes", "pause --all --reason move",
		"resume --all", "uninstall --stack keeper", "restored --table restored",
	} {
		args := strings.Fields(line)
		verbs[args[0]] = args
	}
	verbs["report"] = []string{"report", "orders", filepath.Join(t.TempDir(), "orders.html"), "--days", "1"}
	for _, verb := range newRoot(environment{}).Commands() {
		if _, there := verbs[verb.Name()]; verb.GroupID == groupAWS && !there {
			t.Errorf("no use of %s is in the tests of all verbs", verb.Name())
		}
	}
	return verbs
}

// emptyEnvironment is a machine without any configuration of AWS but what is given.
func emptyEnvironment(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, name := range []string{
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	} {
		t.Setenv(name, variables[name])
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
}

// refusing is a server that refuses every call with a code, in the protocol in which it is asked.
func refusing(t *testing.T, code string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body := `{"__type":"` + code + `","message":"no"}`
		switch {
		case in.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
			out.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
			out.Header().Set("Content-Type", "application/cbor")
			body = "\xa1\x66__type\x78" + string(rune(len(code))) + code // a map of one text to another
		case strings.HasPrefix(in.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
			body = "<ErrorResponse><Error><Code>" + code + "</Code><Message>no</Message></Error></ErrorResponse>"
		}
		out.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(out, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// onlyOf are texts that are for those who write a client of AWS.
func onlyOf() []string {
	return []string{"goroutine", "panic", "operation error", "api error", "https response error", "StatusCode", "RequestID", "retry quota", "exceeded maximum number", "%!", "outcome is unknown"}
}

// Every verb says in a line or two what is wrong and what to try, and writes nothing else.
func TestEveryVerbSaysWhatIsWrongWithAWS(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, test := range map[string]struct {
		region, key, endpoint string
		says                  string
		flags                 []string
	}{
		"no Region":           {key: "key", says: "no Region is set"},
		"no credentials":      {region: "eu-west-1", says: "no AWS credentials"},
		"no such profile":     {region: "eu-west-1", key: "key", says: `no profile "nobody"`, flags: []string{"--profile", "nobody"}},
		"no network":          {region: "eu-west-1", key: "key", endpoint: closed.URL, says: "in Region eu-west-1 cannot be reached: connection refused"},
		"unknown credentials": {region: "eu-west-1", key: "key", endpoint: refusing(t, "UnrecognizedClientException"), says: "AWS does not know the credentials"},
		"no rights":           {region: "eu-west-1", key: "key", endpoint: refusing(t, "AccessDeniedException"), says: "may not call"},
	} {
		emptyEnvironment(t, map[string]string{"AWS_REGION": test.region, "AWS_ACCESS_KEY_ID": test.key, "AWS_SECRET_ACCESS_KEY": test.key, "AWS_ENDPOINT_URL": test.endpoint})
		var all sync.WaitGroup // what cannot be reached is tried again, which takes a while
		for verb, args := range awsVerbs(t) {
			all.Go(func() { saysWhatIsWrong(t, name+": "+verb, test.says, append(slices.Clone(args), test.flags...)) })
		}
		all.Wait()
	}
}

// saysWhatIsWrong runs a verb in the real account that the environment leads to.
func saysWhatIsWrong(t *testing.T, name, says string, args []string) {
	t.Helper()
	var out, errs bytes.Buffer
	status := run(t.Context(), args, environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: clock,
		getenv: func(string) string { return "" }, open: openAWS,
	})
	said := errs.String()
	if status != statusFailed || !strings.Contains(said, says) || strings.Count(said, "\n") > 4 {
		t.Errorf("%s: status %d, %s", name, status, said)
	}
	if !strings.Contains(said, "\ntry ") {
		t.Errorf("%s: it does not say what to try: %s", name, said)
	}
	for _, text := range onlyOf() {
		if strings.Contains(said, text) {
			t.Errorf("%s: it says %q: %s", name, text, said)
		}
	}
	if out.Len() > 0 {
		t.Errorf("%s: it writes %q", name, out.String())
	}
}
