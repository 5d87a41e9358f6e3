package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Every returns the names of all streams that have been enrolled at some time, sorted: those that are no longer
// looked at too, whose fence must be kept. Items with nothing but overrides are not among them. It reads the whole
// table, history too, page by page, since no index holds what is not due: only what is done once may call it. After
// each page it tells how many names were found so far.
func (r *Registry) Every(ctx context.Context, found func(streams int)) ([]string, error) {
	expr, err := expression.NewBuilder().
		WithFilter(expression.Name(attrSK).Equal(expression.Value(streamSK)).And(expression.AttributeExists(expression.Name(attrRevision)))).
		WithProjection(expression.NamesList(expression.Name(attrPK))).Build()
	if err != nil {
		return nil, fmt.Errorf("names of every stream: %w", err)
	}
	pages := dynamodb.NewScanPaginator(r.api, &dynamodb.ScanInput{
		TableName: &r.table, FilterExpression: expr.Filter(), ProjectionExpression: expr.Projection(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var names []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("names of every stream: %w", err)
		}
		for _, item := range page.Items {
			names = append(names, streamName(item))
		}
		found(len(names))
	}
	slices.Sort(names)
	return names, nil
}
