// Command scaler is the Lambda function behind the topic of the alarms.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/shardkeeper/shardkeeper/internal/app"
)

func main() {
	if err := run(context.Background(), os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "scaler cannot start:", err)
		os.Exit(1)
	}
}

// run joins the function and hands it to Lambda. It returns only an error.
func run(ctx context.Context, getenv func(string) string) error {
	config, err := app.ReadConfig(getenv)
	if err != nil {
		return err
	}
	useCase, err := app.NewScaler(ctx, config, time.Now)
	if err != nil {
		return err
	}
	function := app.NewFunction(ctx, "scaler", os.Stdout, config, time.Now)
	lambda.StartWithOptions(config.World.Around(os.Stdout, handler{scaler: useCase, home: config.Home, function: function}), lambda.WithContext(ctx))
	return nil
}
