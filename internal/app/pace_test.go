package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Half a minute of the reconciler's bulk calls stays within what an account may make in that time, whatever its share.
func TestTheReconcilersPaceStaysBelowTheQuotas(t *testing.T) {
	for _, share := range []int{0, pace.LeastShare, 50, pace.MostShare} {
		staysBelowTheQuotas(t, share)
	}
}

func staysBelowTheQuotas(t *testing.T, share int) {
	t.Helper()
	perSecond := map[string]int{ // aws documentation, see internal/aws/pace
		"DescribeStreamSummary": 20, "ListTagsForStream": 5, "ListStreams": 5, "GetResources": 15, "DescribeAlarms": 9,
		"PutMetricAlarm": 3, "SetAlarmState": 3, "DeleteAlarms": 3, "GetFunctionConcurrency": 15, "PutFunctionConcurrency": 15,
	}
	for operation := range pace.Reconciler(share) {
		synctest.Test(t, func(t *testing.T) {
			end := time.Now().Add(30 * time.Second)
			ctx, cancel := context.WithDeadline(t.Context(), end)
			defer cancel()
			turns, inSecond, second := reconcilerPace(pace.Reconciler(share)), 0, time.Now()
			for turns.wait(ctx, operation) == nil {
				if time.Since(second) >= time.Second {
					inSecond, second = 0, time.Now()
				}
				if inSecond++; inSecond > perSecond[operation] {
					t.Errorf("%s: %d calls in a second, %d are allowed", operation, inSecond, perSecond[operation])
					return
				}
			}
			if time.Now().After(end) {
				t.Errorf("%s: waited beyond the end of the invocation", operation)
			}
		})
	}
}

func TestAnOperationWithoutAPaceIsFree(t *testing.T) {
	for range 1000 {
		if err := reconcilerPace(pace.Reconciler(0)).wait(t.Context(), "UpdateShardCount"); err != nil {
			t.Fatal(err)
		}
	}
}

// A call that gets no turn before the invocation's end is not sent, and counts as throttled.
func TestACallWithoutATurnIsNotSent(t *testing.T) {
	sent := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sent++
		_, _ = io.WriteString(w, `{"StreamDescriptionSummary":{"StreamName":"orders","StreamStatus":"ACTIVE","OpenShardCount":1}}`)
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none",
	} {
		t.Setenv(name, value)
	}
	sdk, err := loadAWS(t.Context(), pacer{"DescribeStreamSummary": rate.NewLimiter(rate.Every(time.Hour), 1)})
	if err != nil {
		t.Fatal(err)
	}
	client := kinesis.New(awskinesis.NewFromConfig(sdk))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := client.Describe(ctx, "orders"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Describe(ctx, "orders"); !errors.Is(err, scaling.ErrThrottled) {
		t.Errorf("err = %v, want a throttle", err)
	}
	if sent != 1 {
		t.Errorf("%d calls were sent, want one", sent)
	}
}

// The reconciler begins nothing that Lambda would cut off: it goes by the deadline of its context.
func TestWhatIsLeftOfAnInvocation(t *testing.T) {
	r := joinReconciler(Config{}, noon, nil, services{})
	ctx, cancel := context.WithDeadline(t.Context(), noon().Add(20*time.Second))
	defer cancel()
	if left := r.Left(ctx); left != 20*time.Second {
		t.Errorf("left %s, want 20s", left)
	}
	if left := r.Left(t.Context()); left < 24*time.Hour {
		t.Errorf("left %s without a deadline", left)
	}
}
