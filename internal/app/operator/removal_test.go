package operator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Anything above 0 would let a function be invoked on, while its stack is taken away.
func TestAStoppedFunctionIsNotInvoked(t *testing.T) {
	var path, body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		path, body = r.Method+" "+r.URL.Path, string(text)
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	commandEnvironment(t, "us-east-1", "key")
	t.Setenv("AWS_ENDPOINT_URL_LAMBDA", server.URL)
	account, err := Open(t.Context(), Access{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := account.Removal("", "").Stop(t.Context(), "keeper-scaler"); err != nil {
		t.Fatal(err)
	}
	var asked struct{ ReservedConcurrentExecutions *int }
	if err := json.Unmarshal([]byte(body), &asked); err != nil || asked.ReservedConcurrentExecutions == nil || *asked.ReservedConcurrentExecutions != 0 {
		t.Errorf("%v, asked for %s, want a reserved concurrency of 0", err, body)
	}
	if !strings.HasPrefix(path, "PUT ") || !strings.HasSuffix(path, "/functions/keeper-scaler/concurrency") {
		t.Errorf("called %s", path)
	}
}
