package cloudwatch

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// translated names the operation and what it was about, and sorts the error into the domain's
// own; nil for nil. It is the one place that knows the error codes of CloudWatch.
func translated(operation, subject string, err error) error {
	if err = fault.Translate(err, meaning); err != nil {
		return fmt.Errorf("cloudwatch %s of %s: %w", operation, subject, err)
	}
	return nil
}

// meaning reads the codes of the API reference (read 2026-11). Which spelling arrives depends on
// the protocol. LimitExceeded is the quota of alarms; a throttle has a code of its own.
func meaning(code string) error {
	switch code {
	case "ResourceNotFound", "ResourceNotFoundException":
		return scaling.ErrStreamNotFound
	case "LimitExceeded", "LimitExceededFault", "LimitExceededException":
		return scaling.ErrLimitExceeded
	}
	return nil
}

// underComposites returns the alarms that DeleteAlarms has refused to delete since a composite alarm rests on them; nil for any other
// error. The text is the service's own and in no document; it was read in reports of users (2026-11). Where it reads otherwise, the
// refusal is that of all alarms of the call.
func underComposites(err error) []string {
	if err == nil {
		return nil
	}
	found := regexp.MustCompile(`Cannot delete (.+) as there are composite alarm`).FindStringSubmatch(err.Error())
	if found == nil {
		return nil
	}
	return strings.FieldsFunc(found[1], func(r rune) bool { return r == ',' || r == ' ' })
}
