package deadletter

import (
	"context"
	"errors"
	"fmt"
)

// Queue is a dead-letter queue.
type Queue interface {
	// Receive returns some messages, and hides them from others for some minutes; none when the
	// queue is empty.
	Receive(ctx context.Context) ([]Message, error)
	// Delete removes a message for good.
	Delete(ctx context.Context, m Message) error
	// Release shows a message to others again.
	Release(ctx context.Context, m Message) error
}

// Functions invokes Lambda functions.
type Functions interface {
	// Invoke hands an event to a function, and returns nil when Lambda has taken it into its own
	// queue. The function has not run then.
	Invoke(ctx context.Context, function string, payload []byte) error
}

// Replayer works through a dead-letter queue.
type Replayer struct {
	Queue     Queue
	Functions Functions
	Targets   Targets
	DryRun    bool // look only: invoke and delete nothing
	Limit     int  // messages at most; 0 is all
}

// Result is what became of one message.
type Result struct {
	Message Message
	Letter  Letter // zero when the message could not be understood
	Step    Step
	Done    bool  // the step was taken; never in a dry run
	Err     error // why it was not, or why the message is still in the queue
}

// Run shows each message with what became of it, until the queue is empty or the limit is
// reached. An error means that the run ended early: the queue could not be read, or show failed.
//
// It is safe to stop and to repeat: a message whose step is begun is finished when the context ends,
// and the rest is left. What was handed over but not deleted, as by a crash, is handed over again.
func (r Replayer) Run(ctx context.Context, show func(Result) error) (err error) {
	seen, kept := map[string]bool{}, map[string]Message{}
	defer func() {
		for _, m := range kept { // a released message may come again at once, so only now
			err = errors.Join(err, r.Queue.Release(context.WithoutCancel(ctx), m))
		}
	}()
	for {
		messages, err := r.Queue.Receive(ctx)
		if err != nil {
			return fmt.Errorf("read the dead-letter queue: %w", err)
		}
		for _, m := range messages {
			kept[m.ID] = m
		}
		progress := false
		for _, m := range messages {
			if seen[m.ID] {
				continue // its time in hiding was over
			}
			if r.Limit > 0 && len(seen) == r.Limit {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			seen[m.ID], progress = true, true
			result := r.attend(context.WithoutCancel(ctx), m) // a step that is begun is finished
			if result.Done && result.Err == nil {
				delete(kept, m.ID)
			}
			if err := show(result); err != nil {
				return err
			}
		}
		if !progress {
			return nil
		}
	}
}

// attend takes one message's step.
func (r Replayer) attend(ctx context.Context, m Message) Result {
	letter, err := Decode(m)
	if err != nil {
		return Result{Message: m, Step: Step{Action: Leave, Why: err.Error()}}
	}
	result := Result{Message: m, Letter: letter, Step: r.Targets.Plan(letter)}
	if r.DryRun || result.Step.Action == Leave {
		return result
	}
	if result.Step.Action == Replay {
		if err := r.Functions.Invoke(ctx, result.Step.Function, letter.Payload); err != nil {
			result.Err = fmt.Errorf("hand the event over: %w", err)
			return result
		}
	}
	result.Done = true
	if err := r.Queue.Delete(ctx, m); err != nil {
		result.Err = fmt.Errorf("delete the message, which will come again: %w", err)
	}
	return result
}
