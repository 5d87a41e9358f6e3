package app

import (
	"errors"
	"testing"
)

func TestStreamName(t *testing.T) {
	home := Home{Region: "us-east-1", Account: "123456789012", TopicARN: topic}
	tests := []struct {
		arn, name string
		err       error
	}{
		{"arn:aws:kinesis:us-east-1:123456789012:stream/orders", "orders", nil},
		{"arn:aws-cn:kinesis:us-east-1:123456789012:stream/or_d.e-rs", "or_d.e-rs", nil},
		{"arn:aws:kinesis:us-east-1:210987654321:stream/orders", "", ErrForeign},
		{"arn:aws:kinesis:eu-west-1:123456789012:stream/orders", "", ErrForeign},
		{"arn:aws:kinesis:us-east-1::stream/orders", "", ErrForeign},
		{"arn:aws:kinesis:us-east-1:123456789012:stream/orders/consumer/reader:1", "", ErrNoStream},
		{"arn:aws:kinesis:us-east-1:123456789012:stream/", "", ErrNoStream},
		{"arn:aws:kinesis:us-east-1:123456789012:orders", "", ErrNoStream},
		{"arn:aws:kinesis:us-east-1:123456789012:stream/a b", "", ErrNoStream},
		{"arn:aws:sqs:us-east-1:123456789012:stream/orders", "", ErrNoStream},
		{"orders", "", ErrNoStream},
		{"", "", ErrNoStream},
	}
	for _, tt := range tests {
		name, err := home.StreamName(tt.arn)
		if name != tt.name || !errors.Is(err, tt.err) || (tt.err == nil) != (err == nil) {
			t.Errorf("%q: %q, %v; want %q, %v", tt.arn, name, err, tt.name, tt.err)
		}
	}
}
