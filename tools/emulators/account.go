//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/emulator"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
)

// What there is in the account: what the files of events/ speak of.
const (
	region = "us-east-1"
	table  = "shardkeeper"
	topic  = "shardkeeper-alarms"
	load   = 0.95 // of what the shards of a stream take
	past   = 30   // minutes of traffic that there are at the start
)

// shards are the streams and their sizes.
func shards() map[string]int32 { return map[string]int32{"orders": 2, "payments": 4} }

// account is the emulated one.
type account struct {
	sdk aws.Config
	now func() time.Time
}

// environment leads the SDK to the emulators, and away from everything that this machine has credentials for.
func environment() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": endpoint(restPort), "AWS_ENDPOINT_URL_KINESIS": endpoint(kinesisPort), "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
		"AWS_ACCESS_KEY_ID": emulator.Account, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		app.EnvTable: table, app.EnvTopicARN: "arn:aws:sns:" + region + ":" + emulator.Account + ":" + topic,
	}
}

// openAccount sets the environment of this process, which is the emulators' alone.
func openAccount(ctx context.Context, now func() time.Time) (account, error) {
	for name, value := range environment() {
		if err := os.Setenv(name, value); err != nil {
			return account{}, err
		}
	}
	sdk, err := app.LoadAWS(ctx)
	return account{sdk: sdk, now: now}, err
}

// fill makes the table, the topic and the streams, lets the real enroller enroll them, and plays their past traffic.
func (a account) fill(ctx context.Context) error {
	if _, err := dynamodb.NewFromConfig(a.sdk).CreateTable(ctx, registry.TableDefinition(table)); err != nil {
		return fmt.Errorf("create the table: %w", err)
	}
	if _, err := sns.NewFromConfig(a.sdk).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String(topic)}); err != nil {
		return fmt.Errorf("create the topic: %w", err)
	}
	config, err := app.ReadConfig(func(name string) string { return environment()[name] })
	if err != nil {
		return err
	}
	e, err := app.NewEnroller(ctx, config, a.now)
	if err != nil {
		return err
	}
	for name := range shards() {
		if err := a.create(ctx, name); err != nil {
			return err
		}
		if err := enroll(ctx, e, name); err != nil {
			return fmt.Errorf("enroll %s: %w", name, err)
		}
	}
	for ago := past; ago >= 0; ago-- {
		if err := a.traffic(ctx, a.now().Add(-time.Duration(ago)*time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

// enrollTries is how often a stream is enrolled until its alarms are there. On a busy machine a call to an
// emulator now and then takes too long, and the enroller would leave it to the reconciler.
const enrollTries = 3

// enroll lets the real enroller enroll a stream and make its alarms.
func enroll(ctx context.Context, e *enroller.Enroller, name string) (err error) {
	for range enrollTries {
		report, failed := e.Refresh(ctx, name)
		if err = errors.Join(append(report.Faults, failed)...); err == nil {
			return nil
		}
	}
	return err
}

// activeBound is how long a stream may take to become ACTIVE; it takes half a second.
const activeBound = 30 * time.Second

// create makes a stream with the tag.
func (a account) create(ctx context.Context, name string) error {
	streams := kinesis.NewFromConfig(a.sdk)
	_, err := streams.CreateStream(ctx, &kinesis.CreateStreamInput{
		StreamName: &name, ShardCount: aws.Int32(shards()[name]), Tags: map[string]string{scaling.ModeTag: string(scaling.ModeEnabled)},
	})
	if err == nil {
		err = kinesis.NewStreamExistsWaiter(streams).Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &name}, activeBound)
	}
	if err != nil {
		return fmt.Errorf("create the stream %s: %w", name, err)
	}
	return nil
}

// traffic writes the metric of a minute for each stream, at the size that it had at the start.
func (a account) traffic(ctx context.Context, at time.Time) error {
	var data []types.MetricDatum
	for name, count := range shards() {
		data = append(data, types.MetricDatum{
			MetricName: aws.String("IncomingBytes"), Timestamp: aws.Time(at.Truncate(time.Minute)),
			Value:      aws.Float64(load * float64(count) * scaling.BytesPerShard * 60),
			Dimensions: []types.Dimension{{Name: aws.String("StreamName"), Value: aws.String(name)}},
		})
	}
	_, err := cloudwatch.NewFromConfig(a.sdk).PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String("AWS/Kinesis"), MetricData: data})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("play the traffic: %w", err)
	}
	return nil
}

// keepLoaded plays a minute of traffic each minute, until the context ends.
func (a account) keepLoaded(ctx context.Context) error {
	tick := time.NewTicker(loadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if err := a.traffic(ctx, now); err != nil {
				return err
			}
		}
	}
}
