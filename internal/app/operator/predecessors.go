package operator

import (
	"context"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
)

// Predecessor is [cloudwatch.Predecessor].
type Predecessor = cloudwatch.Predecessor

// Predecessors is [cloudwatch.Client.Predecessors].
func (a Alarms) Predecessors(ctx context.Context) (found []Predecessor, others []string, err error) {
	found, others, err = a.client.Predecessors(ctx)
	return found, others, readFault(err)
}
