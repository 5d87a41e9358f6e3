package app

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// refusing is a service that refuses so many calls, and then answers.
type refusing struct{ left, sent int }

func (r *refusing) Do(*http.Request) (*http.Response, error) {
	r.sent++
	answer := func(status int, body string) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
	if r.left--; r.left >= 0 {
		return answer(http.StatusBadRequest, `{"__type":"LimitExceededException","message":"Rate exceeded for account"}`)
	}
	return answer(http.StatusOK, `{"Tags":[{"Key":"shardkeeper","Value":"enabled"}],"HasMoreTags":false}`)
}

// A few hundred streams that are tagged together are read in the end, though their events share five calls a second; and the
// hundredth of them as patiently as the first. Twelve tries fit into the enroller's minute.
func TestTheEnrollerIsPatientWithKinesis(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &refusing{}
		sdk, err := loadAWS(t.Context(), nil, config.WithRegion("us-east-1"),
			config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("id", "secret", "")))
		if err != nil {
			t.Fatal(err)
		}
		toService := func(o *awskinesis.Options) { o.HTTPClient = service }
		hurried, enrollers := kinesis.New(awskinesis.NewFromConfig(sdk, toService)), kinesis.New(awskinesis.NewFromConfig(sdk, patient, toService))
		for range 100 {
			service.left = patientTries - 1
			began := time.Now()
			if tags, err := enrollers.Tags(t.Context(), "orders"); err != nil || tags["shardkeeper"] != "enabled" {
				t.Fatalf("tags %v, %v", tags, err)
			}
			if took := time.Since(began); took > 50*time.Second {
				t.Errorf("it took %s", took)
			}
		}
		service.left, service.sent = patientTries, 0
		if _, err := enrollers.Tags(t.Context(), "orders"); !errors.Is(err, scaling.ErrThrottled) || service.sent != patientTries {
			t.Errorf("%v after %d tries, want a throttle after %d", err, service.sent, patientTries)
		}
		service.left, service.sent = patientTries, 0
		if _, err := hurried.Tags(t.Context(), "orders"); !errors.Is(err, scaling.ErrThrottled) || service.sent != maxTries {
			t.Errorf("others: %v after %d tries, want a throttle after %d", err, service.sent, maxTries)
		}
	})
}
