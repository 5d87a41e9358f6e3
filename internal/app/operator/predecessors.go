package operator

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
)

// Predecessor is [cloudwatch.Predecessor].
type Predecessor = cloudwatch.Predecessor

// Silent is [cloudwatch.Client.Silent].
func (a Alarms) Silent(ctx context.Context, streams []string, from, to time.Time) ([]string, error) {
	silent, err := a.client.Silent(ctx, streams, from, to)
	return silent, readFault(err)
}

// Predecessors is [cloudwatch.Client.Predecessors].
func (a Alarms) Predecessors(ctx context.Context) (found []Predecessor, others []string, err error) {
	found, others, err = a.client.Predecessors(ctx)
	return found, others, readFault(err)
}
