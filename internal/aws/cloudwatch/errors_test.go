package cloudwatch_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestErrorsAreSortedOnceForEveryOperation(t *testing.T) {
	tests := []struct {
		code   string
		status int
		want   error
	}{
		{"ResourceNotFound", 404, scaling.ErrStreamNotFound},
		{"LimitExceededFault", 400, scaling.ErrLimitExceeded},
		{"LimitExceeded", 400, scaling.ErrLimitExceeded},
		{"Throttling", 400, scaling.ErrThrottled},
		{"ThrottlingException", 400, scaling.ErrThrottled},
		{"RequestLimitExceeded", 503, scaling.ErrThrottled},
		{"InvalidParameterValueException", 400, scaling.ErrRefused},
		{"InvalidParameterCombinationException", 400, scaling.ErrRefused},
		{"AccessDenied", 403, scaling.ErrRefused},
		{"ExpiredToken", 403, scaling.ErrRefused},
		{"InternalServiceFault", 500, scaling.ErrOutcomeUnknown},
		{"ServiceUnavailable", 503, scaling.ErrOutcomeUnknown},
	}
	there := ok(object{"MetricAlarms": list{object{"AlarmName": up, "AlarmActions": list{topic}}}})
	operations := map[string]func(context.Context, *cloudwatch.Client) error{
		"GetMetricData": func(ctx context.Context, c *cloudwatch.Client) error {
			_, err := c.Traffic(ctx, "orders", wantOf(4).Settings, noon(), noon())
			return err
		},
		"DescribeAlarms": func(ctx context.Context, c *cloudwatch.Client) error {
			_, err := c.Status(ctx, []scaling.AlarmWant{wantOf(4)})
			return err
		},
		"PutMetricAlarm": func(ctx context.Context, c *cloudwatch.Client) error { return c.Update(ctx, wantOf(4)) },
		"SetAlarmState": func(ctx context.Context, c *cloudwatch.Client) error {
			return c.Rearm(ctx, "orders", scaling.Up, "why")
		},
		"DeleteAlarms": func(ctx context.Context, c *cloudwatch.Client) error { return c.Delete(ctx, "orders") },
	}
	for _, tt := range tests {
		for operation, run := range operations {
			answers := []answer{{status: tt.status, code: tt.code}}
			if operation == "PutMetricAlarm" || operation == "DeleteAlarms" { // these look first
				answers = append([]answer{there}, answers...)
			}
			client, _ := wire(t, answers...)
			err := run(t.Context(), client)
			if !errors.Is(err, tt.want) {
				t.Errorf("%s, %s: %v, want %v", operation, tt.code, err, tt.want)
				continue
			}
			for _, word := range []string{"cloudwatch " + operation, "orders", tt.code, "why"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%s, %s: %q does not name %q", operation, tt.code, err, word)
				}
			}
		}
	}
}

// The older protocol spells the quota of alarms without "Fault".
func TestTheQuotaOfAlarmsInTheOlderProtocol(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		if r.FormValue("Action") == "DescribeAlarms" {
			_, _ = w.Write([]byte(`<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms/></DescribeAlarmsResult></DescribeAlarmsResponse>`))
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`<ErrorResponse><Error><Type>Sender</Type><Code>LimitExceeded</Code><Message>why</Message></Error></ErrorResponse>`))
	}))
	defer server.Close()
	older := func(o *awscloudwatch.Options) { o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801) }
	client := cloudwatch.New(awscloudwatch.New(sdk(server.URL).Options(), older), cloudwatch.Options{TopicARN: topic, Table: table})
	err := client.Update(t.Context(), wantOf(4))
	if !errors.Is(err, scaling.ErrLimitExceeded) || errors.Is(err, scaling.ErrThrottled) {
		t.Errorf("err = %v", err)
	}
	for _, name := range []string{up, down} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}

func TestWithoutAnAnswerTheOutcomeIsUnknown(t *testing.T) {
	client, _ := wire(t, ok(object{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Rearm(ctx, "orders", scaling.Up, "why"); !errors.Is(err, scaling.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}
