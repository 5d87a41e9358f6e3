package cloudwatch

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Delete deletes the alarms of streams. Alarms that are not there are fine, and those of the same
// name that are somebody else's stay. It asks first: whether one
// wrong name keeps CloudWatch from deleting the others has changed over the years, and asking is
// cheaper than deleting. A [scaling.AlarmsLeftError] names those that cannot be deleted; all others are gone then.
func (c *Client) Delete(ctx context.Context, streams ...string) error {
	existing, err := c.describe(ctx, namesOf(streams...))
	if err != nil {
		return err
	}
	var ours []string
	for name, found := range existing {
		if stream, _, known := scaling.ParseAlarmName(name); known && c.owns(found, stream) {
			ours = append(ours, name)
		}
	}
	slices.Sort(ours)
	var stay left
	for batch := range slices.Chunk(ours, maxNames) {
		if err := c.deleteAll(ctx, batch, &stay); err != nil {
			return err
		}
	}
	return stay.error()
}

// Remove deletes alarms by their names, a hundred at a time, and tells after each hundred how many of the names are
// done. Those that are gone, or are not ours any more, are left out: one wrong name might keep CloudWatch from
// deleting the others. A [scaling.AlarmsLeftError] in the end names those that cannot be deleted.
func (c *Client) Remove(ctx context.Context, names []string, done func(int)) error {
	var stay left
	for i := 0; i < len(names); i += maxNames {
		batch := names[i:min(i+maxNames, len(names))]
		existing, err := c.describe(ctx, batch)
		if err != nil {
			return err
		}
		ours := slices.DeleteFunc(slices.Clone(batch), func(name string) bool {
			return !c.wrote(existing[name])
		})
		if err := c.deleteAll(ctx, ours, &stay); err != nil {
			return err
		}
		done(i + len(batch))
	}
	return stay.error()
}

// deleteAll deletes alarms of one call. One that a composite alarm rests on keeps CloudWatch from deleting any of them, and
// is named by it: the others are deleted without it.
func (c *Client) deleteAll(ctx context.Context, names []string, stay *left) error {
	for len(names) > 0 {
		err := c.call(ctx, "DeleteAlarms", subjectOf(names), func() error {
			_, err := c.api.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: names})
			return err
		})
		var others []string
		held := underComposites(err)
		for _, name := range names {
			if slices.Contains(held, name) {
				stay.names = append(stay.names, name)
			} else {
				others = append(others, name)
			}
		}
		if len(others) == len(names) {
			return err
		}
		names, stay.said = others, append(stay.said, err)
	}
	return nil
}

// left are the alarms that cannot be deleted, with what the service said of them.
type left struct {
	names []string
	said  []error
}

func (l *left) error() error {
	if len(l.names) == 0 {
		return nil
	}
	return scaling.AlarmsLeftError{Names: l.names, Err: errors.Join(l.said...)}
}
