package registry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A function that is the consumer of a stream has an item that names the stream.
const (
	consumerPrefix = "CONSUMER#"
	consumerSK     = "CONSUMER"
	attrStreamName = "stream_name"
)

func consumerKey(function string) attributes {
	return attributes{attrPK: textValue(consumerPrefix + function), attrSK: textValue(consumerSK)}
}

// ConsumerOwner returns the stream whose consumer a function is; empty when none was noted.
func (r *Registry) ConsumerOwner(ctx context.Context, function string) (string, error) {
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &r.table, Key: consumerKey(function), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return "", fmt.Errorf("load whose consumer %s is: %w", function, err)
	}
	return attributes(out.Item).text(attrStreamName), nil
}

// OwnConsumer notes that a function is a stream's consumer, in place of the one that ConsumerOwner gave.
// The error is [ledger.ErrConflict] when that is not the newest word.
func (r *Registry) OwnConsumer(ctx context.Context, function, stream, before string) error {
	item := consumerKey(function)
	item.setText(attrStreamName, stream)
	put := &types.Put{
		TableName: &r.table, Item: item, ConditionExpression: aws.String(attrStreamName + " = :before"),
		ExpressionAttributeValues: attributes{":before": textValue(before)},
	}
	if before == "" { // a name that somebody has blanked, or that is no text, is none
		put.ConditionExpression = aws.String("attribute_not_exists(" + attrStreamName + ") OR NOT attribute_type(" + attrStreamName + ", :text) OR " + *put.ConditionExpression)
		put.ExpressionAttributeValues[":text"] = textValue("S")
	}
	switch err := r.putOnce(ctx, put); {
	case err != nil && collided(err):
		return fmt.Errorf("note that %s is the consumer of %s: %w", function, stream, ledger.ErrConflict)
	case err != nil:
		return fmt.Errorf("note that %s is the consumer of %s: %w", function, stream, err)
	}
	return nil
}
