// Command trivial is the smallest Lambda function in Go. What it takes to start is what Go and the
// runtime loop cost; the start of a handler is printed as a multiple of that. It is also deployed
// as the consumer whose reserved concurrency follows a stream.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context, json.RawMessage) (any, error) { return nil, nil })
}
