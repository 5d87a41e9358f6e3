package app

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"github.com/shardkeeper/shardkeeper/scaling/alarm"
)

// OpenTraffic returns what reads streams' traffic from CloudWatch, for the operator's command: with
// the credentials and the Region of the environment or the shared configuration files. It needs
// the right to GetMetricData, and nothing else.
func OpenTraffic(ctx context.Context) (*alarm.Client, error) {
	sdk, err := loadAWS(ctx, nil)
	if err != nil {
		return nil, err
	}
	return alarm.New(cloudwatch.NewFromConfig(sdk), alarm.Options{}), nil
}
