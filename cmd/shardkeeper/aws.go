package main

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
)

// openTable returns the history of a real table.
func openTable(ctx context.Context, table string) (historian, error) {
	return app.OpenRegistry(ctx, table, time.Now) //nolint:forbidigo // the edge: the table's clock is the real one
}
