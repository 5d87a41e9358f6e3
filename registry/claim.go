package registry

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Claim takes the right to make one UpdateShardCount call, on the stream as it was loaded. It
// returns the stream as Load would read it, with the claim granted. The rule is [ledger.Item.Claim], in
// scaling/ledger/claim.go; the write proves it again, by claimCondition, at the moment at which it is made.
//
// A refusal is told by its error: [ledger.ErrNotEnrolled], [ledger.ErrHandled],
// [ledger.ErrBudget], a [ledger.PausedError] while all resharding is paused, or [ledger.ErrConflict]
// when another writer was first, holds the lease or has an operation in flight. After any other error
// nobody knows whether the claim is in the table: do not act. If it is, the reconciler settles it once the lease is over.
//
// The claim's owner must be unique to this call: that is how a claim is known to be one's own
// after an answer was lost.
func (r *Registry) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	c = inMilliseconds(c)
	granted, intended, err := s.Claim(c)
	if err != nil {
		return s, err
	}
	granted.Revision++
	granted.UpdatedAt = r.writtenAt(s)
	item := encodeStream(granted)
	update, err := r.conditional(s.Name, changeOf(s, item), claimCondition(s, c))
	if err == nil {
		err = r.transact(ctx, []types.TransactWriteItem{{Update: update}, r.put(intended, r.retention), pauseCheckAt: r.notPaused(s.Name)})
	}
	if err != nil {
		return r.afterFailure(ctx, s, c, err)
	}
	return written(s, item), nil
}

// claimCondition is the rule of [ledger.Item.Claim] as a condition on the item in the table, and that its
// fence and its revision are those of s, the stream as loaded.
func claimCondition(s ledger.Item, c ledger.Claim) expression.ConditionBuilder {
	at := c.Decision.At
	// Operations are newest first. Fewer than limit of them are in the rolling window when the
	// one at limit-1 is absent or outside.
	limitth := attrOperations + "[" + strconv.Itoa(s.Settings.AllowedAt(c.Decision.Direction, at, c.Decision.From)-1) + "]"
	watch := attrUp
	if c.Asked == scaling.Down {
		watch = attrDown
	}
	handled := watch + "." + attrHandledAt

	enrolled := equal(attrStatus, string(ledger.Enrolled))
	nothingInFlight := absent(attrInFlight)
	noLiveLease := absent(attrLeaseUntil).Or(notAfter(attrLeaseUntil, at))
	fenceAsSeen := equal(attrFence, s.Fence)
	revisionAsSeen := equal(attrRevision, s.Revision)
	slotFree := absent(limitth).Or(notAfter(limitth+"."+attrAt, scaling.WindowStart(at)))
	notHandled := absent(handled).Or(before(handled, c.TransitionAt))

	return expression.And(enrolled, nothingInFlight, noLiveLease, fenceAsSeen, revisionAsSeen, slotFree, notHandled)
}

func absent(path string) expression.ConditionBuilder {
	return expression.AttributeNotExists(expression.Name(path))
}

func equal(path string, value any) expression.ConditionBuilder {
	return expression.Name(path).Equal(expression.Value(value))
}

func notAfter(path string, at time.Time) expression.ConditionBuilder {
	return expression.Name(path).LessThanEqual(expression.Value(numberValue(at)))
}

func before(path string, at time.Time) expression.ConditionBuilder {
	return expression.Name(path).LessThan(expression.Value(numberValue(at)))
}

// afterFailure reads the item again and says what became of a claim whose write failed.
//
// A failed condition or a collision is certain: nothing was written, for the SDK repeats a
// transaction under one token. Otherwise the answer may have been lost, and the item shows it.
func (r *Registry) afterFailure(ctx context.Context, s ledger.Item, c ledger.Claim, failure error) (ledger.Item, error) {
	fresh, err := r.Load(ctx, s.Name)
	if collided(failure) {
		if err == nil {
			_, _, err = fresh.Claim(c)
		}
		if err == nil && pauseRefused(failure) {
			err = r.pausedError(ctx, s.Name)
		}
		if err == nil { // the reason of the refusal is gone by now
			err = fmt.Errorf("claim %s: fence %d, revision %d are not the newest: %w", s.Name, s.Fence, s.Revision, ledger.ErrConflict)
		}
		return s, err
	}
	if err == nil && isGranted(fresh, s, c) {
		return fresh, nil
	}
	return s, fmt.Errorf("claim %s: %w", s.Name, failure)
}

// isGranted reports whether fresh holds the claim c made on s.
func isGranted(fresh, s ledger.Item, c ledger.Claim) bool {
	op := fresh.InFlight
	return fresh.Fence == s.Fence+1 && fresh.LeaseOwner == c.Owner &&
		op != nil && op.Fence == fresh.Fence && op.Actor == c.Owner && op.Outcome == ledger.OutcomeIntended &&
		op.Alarm == c.Alarm && op.TransitionAt.Equal(c.TransitionAt)
}

// inMilliseconds cuts the claim's times to what the table keeps. Otherwise a transition would be
// newer than itself as it was recorded, and be handled twice.
func inMilliseconds(c ledger.Claim) ledger.Claim {
	c.TransitionAt = c.TransitionAt.Truncate(time.Millisecond)
	c.LeaseUntil = c.LeaseUntil.Truncate(time.Millisecond)
	c.Decision.At = c.Decision.At.Truncate(time.Millisecond)
	return c
}
