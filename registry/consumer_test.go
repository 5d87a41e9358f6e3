package registry_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/registry"
)

// An owner that somebody has blanked, or that is no text, is none: the next stream that names the function has it.
func TestAConsumersOwnerThatIsNoTextIsNone(t *testing.T) {
	r, w := newWire(t, map[string][]answer{"TransactWriteItems": {{body: "{}"}}})
	if err := r.OwnConsumer(t.Context(), "reader", "orders", ""); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"attribute_not_exists", "attribute_type", `{"S":""}`} {
		if sent := w.request(0).text; !strings.Contains(sent, want) {
			t.Errorf("no %s in %s", want, sent)
		}
	}
}

func TestAConsumersOwnerHeals(t *testing.T) {
	client := emulated(t)
	table := newTable(t, client)
	r := registry.New(client, table, registry.Options{})
	for _, edited := range []types.AttributeValue{&types.AttributeValueMemberS{}, &types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberN{Value: "4"}} {
		item := map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "CONSUMER#reader"}, "sk": &types.AttributeValueMemberS{Value: "CONSUMER"}, "stream_name": edited,
		}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
			t.Fatal(err)
		}
		if err := r.OwnConsumer(t.Context(), "reader", "orders", ""); err != nil {
			t.Errorf("%v: %v", edited, err)
		}
		if owner, err := r.ConsumerOwner(t.Context(), "reader"); err != nil || owner != "orders" {
			t.Errorf("%v: the owner is %q, %v", edited, owner, err)
		}
	}
}
