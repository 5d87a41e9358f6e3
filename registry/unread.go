package registry

import (
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// greatestCount is the greatest count that is believed: tools in other languages write no greater whole number
// exactly.
const greatestCount = 1 << 53

// unread returns the attributes of a stream's item that are not of the type, or outside of the range, that its
// writers give them: what people, tools and restores have left. Those of what else people add, and of the overrides,
// which are theirs, are not looked at. Nil: all can be read.
func unread(a attributes) map[string]any {
	found := map[string]any{}
	for _, name := range ownAttributes() {
		value, there := a[name]
		if there && !readable(name, value) {
			found[name] = value
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// readable reports whether an attribute is of the type that it is written in.
func readable(name string, value types.AttributeValue) bool {
	switch name {
	case attrRevision:
		return isCount(value, 1) // each write raises it: 0 would be taken for an item that has none
	case attrSettingsRevision, attrOpenShards, attrFence, attrFailedClaims:
		return isCount(value, 0)
	case attrCreatedAt, attrEnrolledAt, attrUpdatedAt, attrSeenAt, attrLeaseUntil, attrLagTold, attrSetBackAt, attrHeldUntil, attrDueAt:
		_, ok := value.(*types.AttributeValueMemberN)
		return ok && !attributes{name: value}.time(name).IsZero()
	case attrLongest:
		_, ok := value.(*types.AttributeValueMemberN)
		return ok && attributes{name: value}.duration(name) > 0
	case attrTags, attrSettings, attrUntimed, attrInFlight, attrDraining, attrLastDrain, attrUp, attrDown, attrAlarms, attrAlarmsUsable, attrMeasured, attrUsableShare, attrHotKey, attrConsumer:
		_, ok := value.(*types.AttributeValueMemberM)
		return ok
	case attrOperations:
		return haveTimes(value)
	case attrSights, attrRecuts:
		_, ok := value.(*types.AttributeValueMemberL)
		return ok
	}
	_, ok := value.(*types.AttributeValueMemberS)
	return ok
}

// isCount reports whether a value is a whole number that a count can be, and not below the least.
func isCount(value types.AttributeValue, least int64) bool {
	n, ok := value.(*types.AttributeValueMemberN)
	if !ok {
		return false
	}
	count, err := strconv.ParseInt(n.Value, 10, 64)
	return err == nil && count >= least && count <= greatestCount
}

// haveTimes reports whether a value is a list of maps that all have a time.
func haveTimes(value types.AttributeValue) bool {
	list, ok := value.(*types.AttributeValueMemberL)
	return ok && !slices.ContainsFunc(list.Value, func(one types.AttributeValue) bool {
		inner, isMap := one.(*types.AttributeValueMemberM)
		return !isMap || attributes(inner.Value).time(attrAt).IsZero()
	})
}

// decodeOperations reads the operations, newest first. One whose time cannot be read is at most as new as the one
// before it in the list. The first has no such bound: the reconciler counts it as of now.
func decodeOperations(list []types.AttributeValue) scaling.Operations {
	operations := decodeAll(list, decodeOperation)
	for i := 1; i < len(operations); i++ {
		if operations[i].At.IsZero() {
			operations[i].At = operations[i-1].At
		}
	}
	return operations
}

// timeOfText reads a time that somebody wrote as text; the zero time when it is none.
func timeOfText(value types.AttributeValue) time.Time {
	text, ok := value.(*types.AttributeValueMemberS)
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text.Value)
	if err != nil || at.Unix() < firstSecond || at.Unix() > lastSecond {
		return time.Time{}
	}
	return at.Truncate(time.Millisecond).UTC()
}

// wholePart reads a number that somebody gave decimals without them; 0 when there is none, or one that no count has.
func (a attributes) wholePart(name string) int64 {
	v, ok := a[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}
	n, err := strconv.ParseFloat(v.Value, 64)
	if err != nil || n < 1 || n > greatestCount {
		return 0
	}
	return int64(n)
}

// revisionOf is the condition that an item in the table still has the revision that was read with s, whatever
// people have made of it.
func revisionOf(s ledger.Item) expression.ConditionBuilder {
	name := expression.Name(attrRevision)
	value, edited := s.Unread[attrRevision]
	switch {
	case edited:
		return name.Equal(expression.Value(value))
	case s.Revision == 0:
		return expression.AttributeNotExists(name)
	}
	return name.Equal(expression.Value(s.Revision))
}

// lastSaved is the condition on an item with a revision, that it is still the one that was read; 0: there was none
// that can be read. One with decimals is read without them.
func lastSaved(read int64) expression.ConditionBuilder {
	name := expression.Name(attrRevision)
	if read != 0 {
		below := &types.AttributeValueMemberN{Value: strconv.FormatInt(read, 10) + ".999999"}
		return name.Between(expression.Value(read), expression.Value(below))
	}
	return expression.AttributeNotExists(name).Or(
		expression.Not(expression.AttributeType(name, expression.Number)),
		name.LessThan(expression.Value(1)), name.GreaterThan(expression.Value(greatestCount)))
}
