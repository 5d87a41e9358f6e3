package registry

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// SaveOverrides writes the overrides and the timed overrides of after, when the reconciler is to look, and entries of the
// history, all or nothing. It writes no other attribute of the stream. before is the item as loaded: the error is
// [ledger.ErrConflict] when its revision, its overrides or its timed overrides are not those in the table any more, as
// after an edit in the console. It returns the stream as Load would read it.
//
// A timed override that after took over from before stays as somebody wrote it, also where it cannot be read; and so do
// overrides that are those of before.
func (r *Registry) SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if len(entries) > ledger.MaxEntries {
		return before, fmt.Errorf("save the overrides of %s: %d history entries in one write, at most %d can be", before.Name, len(entries), ledger.MaxEntries)
	}
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.table, Key: streamKey(before.Name), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return before, fmt.Errorf("save the overrides of %s: %w", before.Name, err)
	}
	stored := attributes(out.Item)
	now := decodeStream(before.Name, stored)
	if now.Revision != before.Revision || !maps.Equal(now.Overrides, before.Overrides) || !sameTimed(now.Timed, before.Timed) {
		return before, fmt.Errorf("save the overrides of %s: somebody has changed the item: %w", before.Name, ledger.ErrConflict)
	}
	update, err := r.overridesUpdate(stored, before, after)
	if err != nil {
		return before, fmt.Errorf("save the overrides of %s: %w", before.Name, err)
	}
	keep, err := r.kept(ctx)
	if err != nil {
		return before, fmt.Errorf("save the overrides of %s: %w", before.Name, err)
	}
	actions := []types.TransactWriteItem{{Update: update}}
	for _, entry := range entries {
		add, err := r.add(entry, keep)
		if err != nil {
			return before, fmt.Errorf("save the overrides of %s: %w", before.Name, err)
		}
		actions = append(actions, add)
	}
	if err := r.transact(ctx, actions); collided(err) {
		return before, fmt.Errorf("save the overrides of %s: revision %d is not the newest: %w", before.Name, before.Revision, ledger.ErrConflict)
	} else if err != nil {
		return before, fmt.Errorf("save the overrides of %s: %w", before.Name, err)
	}
	return r.Load(ctx, before.Name)
}

// overridesUpdate sets what SaveOverrides may set, if the item has the revision, the overrides and the timed overrides that
// were stored.
func (r *Registry) overridesUpdate(stored attributes, before, after ledger.Item) (*types.Update, error) {
	wanted := attributes{}
	if as, set := stored[attrOverrides]; set && maps.Equal(before.Overrides, after.Overrides) {
		wanted[attrOverrides] = as
	} else {
		wanted.setLayer(attrOverrides, after.Overrides)
	}
	if err := wanted.setTimed(stored, before, after); err != nil {
		return nil, err
	}
	wanted.setCount(attrRevision, before.Revision+1)
	if !after.DueAt.IsZero() {
		wanted.setText(attrDue, dueValue)
		wanted.setTime(attrDueAt, after.DueAt)
	}
	change := changeTo(wanted, []string{attrOverrides, attrTimed, attrRevision, attrDue, attrDueAt, attrDueAt + textSuffix})
	as := asStored(stored, attrRevision).And(asStored(stored, attrOverrides), asStored(stored, attrTimed))
	return r.conditional(before.Name, change, as)
}

func asStored(stored attributes, name string) expression.ConditionBuilder {
	if value, set := stored[name]; set {
		return expression.Name(name).Equal(expression.Value(value))
	}
	return expression.AttributeNotExists(expression.Name(name))
}

// setTimed sets the timed overrides after a change: what was there before as it is stored, and the rest anew.
func (a attributes) setTimed(stored attributes, before, after ledger.Item) error {
	if sameTimed(before.Timed, after.Timed) {
		if value, set := stored[attrTimed]; set {
			a[attrTimed] = value
		}
		return nil
	}
	raw := stored.list(attrTimed)
	var list []types.AttributeValue
	for _, t := range after.Timed {
		i := slices.IndexFunc(before.Timed, func(known ledger.Timed) bool { return reflect.DeepEqual(known, t) })
		switch {
		case i >= 0 && i < len(raw):
			list = append(list, raw[i])
		case t.Fault != "":
			return fmt.Errorf("%s; mend it in the table, or take it away", t)
		default:
			list = append(list, &types.AttributeValueMemberM{Value: encodeTimed(t)})
		}
	}
	a.setList(attrTimed, list)
	return nil
}

func sameTimed(x, y []ledger.Timed) bool {
	return slices.EqualFunc(x, y, func(a, b ledger.Timed) bool { return reflect.DeepEqual(a, b) })
}

// add is the part of a transaction that writes a history entry by an update. Who may make updates of some attributes only
// cannot put an item in the place of a stream's.
func (r *Registry) add(entry ledger.Entry, keep time.Duration) (types.TransactWriteItem, error) {
	item := encodeHistory(entry, keep)
	key := attributes{attrPK: item[attrPK], attrSK: item[attrSK]}
	delete(item, attrPK)
	delete(item, attrSK)
	var change expression.UpdateBuilder
	for _, name := range slices.Sorted(maps.Keys(item)) {
		change = change.Set(expression.Name(name), expression.Value(item[name]))
	}
	expr, err := expression.NewBuilder().WithUpdate(change).Build()
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &r.table, Key: key, UpdateExpression: expr.Update(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	}}, nil
}
