package main

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/deadletter/queue"
)

// openTable returns the history of a real table.
func openTable(ctx context.Context, table string) (historian, error) {
	return app.OpenRegistry(ctx, table, time.Now) //nolint:forbidigo // the edge: the table's clock is the real one
}

// openQueue returns a real dead-letter queue.
func openQueue(ctx context.Context, url string) (letterbox, error) { return queue.Open(ctx, url) }

// openTraffic returns what reads real traffic from CloudWatch.
func openTraffic(ctx context.Context) (trafficReader, error) { return app.OpenTraffic(ctx) }
