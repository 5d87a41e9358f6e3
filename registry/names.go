package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Names returns the names of the streams that are looked at from time to time, sorted: all that are
// enrolled or suspended. A stream that is no longer enrolled, or has nothing but overrides, is not among
// them. Of more than limit, the ones that are due last are left out. It reads the sparse index by_due,
// whose entries are a stream's name and little else, and no history.
func (r *Registry) Names(ctx context.Context, limit int) ([]string, error) {
	names, err := r.planned(ctx, expression.Key(attrDue).Equal(expression.Value(dueValue)), limit)
	if err != nil {
		return nil, fmt.Errorf("names of streams: %w", err)
	}
	slices.Sort(names)
	return names, nil
}

// mostNames is how many names one read of the index asks for at most.
const mostNames = 10_000

// planned returns the names of the streams in a part of the index by_due, the longest due first, at most
// limit of them.
func (r *Registry) planned(ctx context.Context, part expression.KeyConditionBuilder, limit int) ([]string, error) {
	if limit < 1 {
		return nil, nil
	}
	expr, err := expression.NewBuilder().WithKeyCondition(part).Build()
	if err != nil {
		return nil, err
	}
	// A page ends at a megabyte too: some five thousand names.
	pages := dynamodb.NewQueryPaginator(r.api, &dynamodb.QueryInput{
		TableName: &r.table, IndexName: aws.String(indexByDue), KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		Limit: aws.Int32(int32(min(limit, mostNames))),
	})
	var names []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if names = append(names, streamName(item)); len(names) == limit {
				return names, nil
			}
		}
	}
	return names, nil
}
