package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A pause of all resharding is kept as a number of copies, which are written and deleted together, and a claim
// checks one of them. Whether DynamoDB lets two transactions check one item at the same time is nowhere
// said: with one item a storm of alarms could be a queue before it.
const (
	pauseCopies = 16
	pauseKey    = "PAUSE#"
)

// The attributes of a pause.
const (
	attrWho = "who"
	attrWhy = "why"
)

// pauseTries is how often a pause is written, or deleted, anew after a claim was at one of its copies.
const pauseTries = 20

// Paused returns the pause of all resharding that is in force; the zero value when there is none.
func (r *Registry) Paused(ctx context.Context) (ledger.Pause, error) { return r.pauseCopy(ctx, 0) }

// pauseCopy reads one copy of a pause. They are alike, unless somebody has deleted some by hand.
func (r *Registry) pauseCopy(ctx context.Context, i int) (ledger.Pause, error) {
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.table, Key: pauseItemKey(i), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return ledger.Pause{}, fmt.Errorf("read whether resharding is paused: %w", err)
	}
	if len(out.Item) == 0 {
		return ledger.Pause{}, nil
	}
	return decodePause(out.Item), nil
}

// Pause stops all resharding, and writes its history entry. From its return on no claim is granted; a call that
// was claimed before may still be made. The error is [ledger.ErrConflict] when resharding is paused already, as the first
// copy tells.
func (r *Registry) Pause(ctx context.Context, p ledger.Pause) error {
	if err := p.Check(); err != nil {
		return err
	}
	actions, err := r.putAndTell(ctx, p.Begun())
	if err != nil {
		return err
	}
	for i := range pauseCopies {
		item := pauseItemKey(i)
		item.setTime(attrAt, p.At)
		item.setText(attrWho, p.Who)
		item.setText(attrWhy, p.Why)
		put := &types.Put{TableName: &r.table, Item: item}
		if i == 0 { // another one is there only if somebody has deleted the first by hand
			put.ConditionExpression = aws.String("attribute_not_exists(" + attrPK + ")")
		}
		actions = append(actions, types.TransactWriteItem{Put: put})
	}
	if err := r.transactPause(ctx, actions); err != nil {
		return fmt.Errorf("pause all resharding: %w", err)
	}
	return nil
}

// Resume ends the pause that is in force, writes its history entry, and returns the pause. The error is
// [ledger.ErrConflict] when there is none. One of which somebody has deleted copies by hand is one all the same: the
// others still hold the claims of their streams.
func (r *Registry) Resume(ctx context.Context, now time.Time, who string) (ledger.Pause, error) {
	p, found, err := r.anyPauseCopy(ctx)
	if err != nil {
		return ledger.Pause{}, err
	}
	if !p.InForce {
		return ledger.Pause{}, fmt.Errorf("end the pause of all resharding: there is none: %w", ledger.ErrConflict)
	}
	actions, err := r.putAndTell(ctx, p.Ended(now, who))
	if err != nil {
		return ledger.Pause{}, err
	}
	for i := range pauseCopies {
		remove := &types.Delete{TableName: &r.table, Key: pauseItemKey(i)}
		if i == found {
			remove.ConditionExpression = aws.String("attribute_exists(" + attrPK + ")")
		}
		actions = append(actions, types.TransactWriteItem{Delete: remove})
	}
	if err := r.transactPause(ctx, actions); err != nil {
		return ledger.Pause{}, fmt.Errorf("end the pause of all resharding: %w", err)
	}
	return p, nil
}

// anyPauseCopy returns the first copy of a pause that is there, and which it is.
func (r *Registry) anyPauseCopy(ctx context.Context) (p ledger.Pause, found int, err error) {
	for found = range pauseCopies {
		if p, err = r.pauseCopy(ctx, found); err != nil || p.InForce {
			break
		}
	}
	return p, found, err
}

// transactPause does what a pause or its end needs. It is not in vain because a claim is at a copy at this moment.
func (r *Registry) transactPause(ctx context.Context, actions []types.TransactWriteItem) error {
	var err error
	for range pauseTries {
		err = r.transact(ctx, actions)
		switch {
		case refusedByCondition(err):
			return ledger.ErrConflict
		case !collided(err):
			return err
		}
	}
	return fmt.Errorf("%d times in a row a claim was at it: %w", pauseTries, err)
}

// notPaused is the part of a claim's transaction that wants resharding not to be paused.
func (r *Registry) notPaused(stream string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &r.table, Key: pauseItemKey(pauseCopyOf(stream)),
		ConditionExpression: aws.String("attribute_not_exists(" + attrPK + ")"),
	}}
}

// pauseCheckAt is the place of that part in the transaction, and of its word among the reasons for a refusal.
const pauseCheckAt = 2

// pauseRefused reports whether a claim's transaction was refused because resharding is paused.
func pauseRefused(err error) bool {
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	return ok && len(canceled.CancellationReasons) > pauseCheckAt &&
		aws.ToString(canceled.CancellationReasons[pauseCheckAt].Code) == conditionFailed
}

// pausedError returns a [ledger.PausedError] if resharding is paused, by the copy that the stream's claims check.
func (r *Registry) pausedError(ctx context.Context, stream string) error {
	p, err := r.pauseCopy(ctx, pauseCopyOf(stream))
	if err == nil && p.InForce {
		err = &ledger.PausedError{Stream: stream, Pause: p}
	}
	return err
}

// pauseCopyOf is the copy that a stream's claims check.
func pauseCopyOf(stream string) int {
	return partOf(stream, pauseCopies)
}

func pauseItemKey(i int) attributes {
	return attributes{attrPK: textValue(fleetKey), attrSK: textValue(fmt.Sprintf("%s%02d", pauseKey, i))}
}

// decodePause reads a pause. An item that is there is one, whatever people have made of its attributes.
func decodePause(a attributes) ledger.Pause {
	return ledger.Pause{InForce: true, At: a.time(attrAt), Who: a.text(attrWho), Why: a.text(attrWhy)}
}
