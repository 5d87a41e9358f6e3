package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// apiCallDetail is the part of a CloudTrail record that is used. Parameters are the API's, in
// lower camel case; a call names its stream by name, by ARN or as a resource. A field that cannot be
// read spoils only what needs it.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
// https://docs.aws.amazon.com/streams/latest/dev/logging-using-cloudtrail.html (read 2026-11)
type apiCallDetail struct {
	EventID           app.Field[string]            `json:"eventID"`
	EventName         app.Field[string]            `json:"eventName"`
	EventTime         app.Field[eventTime]         `json:"eventTime"`
	ErrorCode         app.Field[string]            `json:"errorCode"`
	ErrorMessage      app.Field[string]            `json:"errorMessage"`
	UserAgent         app.Field[string]            `json:"userAgent"`
	UserIdentity      app.Field[userIdentity]      `json:"userIdentity"`
	RequestParameters app.Field[requestParameters] `json:"requestParameters"`
	ResponseElements  app.Field[responseElements]  `json:"responseElements"`

	SessionCredentialFromConsole any `json:"sessionCredentialFromConsole"`
}

type userIdentity struct {
	ARN            app.Field[string]         `json:"arn"`
	PrincipalID    app.Field[string]         `json:"principalId"`
	InvokedBy      app.Field[string]         `json:"invokedBy"`
	SessionContext app.Field[sessionContext] `json:"sessionContext"`
}

type sessionContext struct {
	SessionIssuer app.Field[sessionIssuer] `json:"sessionIssuer"`
}

type sessionIssuer struct {
	ARN app.Field[string] `json:"arn"`
}

type requestParameters struct {
	StreamName       app.Field[string]   `json:"streamName"`
	StreamARN        app.Field[string]   `json:"streamARN"`
	ResourceARN      app.Field[string]   `json:"resourceARN"`
	ResourceARNs     app.Field[[]string] `json:"resourceARNList"`
	TargetShardCount app.Field[int]      `json:"targetShardCount"`
}

type responseElements struct {
	CurrentShardCount app.Field[int] `json:"currentShardCount"`
	TargetShardCount  app.Field[int] `json:"targetShardCount"`
}

// eventTime is when a call was made. CloudTrail writes 2026-11-02T09:10:05Z; records that went through
// other tools have the offset without a colon, +0000.
type eventTime struct{ time.Time }

// UnmarshalJSON reads the forms above. Null and an empty text are no time.
func (t *eventTime) UnmarshalJSON(text []byte) error {
	var written string
	if err := json.Unmarshal(text, &written); err != nil || written == "" {
		return err
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, written); err == nil {
			t.Time = at
			return nil
		}
	}
	return fmt.Errorf("%.40q is not a time; want one like 2026-11-02T09:10:05Z", written)
}

// actor is who made the call, as the history shows it.
func (d apiCallDetail) actor() string {
	who := d.UserIdentity.Value
	return cmp.Or(who.ARN.Value, who.InvokedBy.Value, who.PrincipalID.Value, "unknown")
}

// id is the call's own id, or else the event's.
func (d apiCallDetail) id(e event) string { return cmp.Or(d.EventID.Value, e.ID.Value) }

// failed reports whether the call failed, and what it says of that. A word of failure that cannot be read
// is one all the same.
func (d apiCallDetail) failed() (string, bool) {
	var said []string
	note := func(text string, err error) {
		if err != nil {
			text = err.Error()
		}
		if text != "" {
			said = append(said, text)
		}
	}
	note(d.ErrorCode.Read("detail.errorCode"))
	note(d.ErrorMessage.Read("detail.errorMessage"))
	return strings.Join(said, " "), len(said) > 0
}

// tool is what the call was made with, by the words that are known: an AWS service names itself as the user agent and
// as invokedBy, the console by its own names, Terraform's provider and the CLI at a place of their own in the SDK's user
// agent. CDK deploys through CloudFormation.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (read 2026-11)
func (d apiCallDetail) tool() ledger.Tool {
	agent := d.UserAgent.Value
	switch {
	case agent == cloudFormation || d.UserIdentity.Value.InvokedBy.Value == cloudFormation:
		return ledger.ToolCloudFormation
	case strings.Contains(agent, "Terraform/"), strings.Contains(agent, "terraform-provider-aws"), strings.Contains(agent, "OpenTofu/"):
		return ledger.ToolTerraform
	case fmt.Sprint(d.SessionCredentialFromConsole) == "true", strings.Contains(agent, "console.amazonaws.com"), strings.HasPrefix(agent, "Mozilla/"):
		return ledger.ToolConsole
	case strings.HasPrefix(agent, "aws-cli/"):
		return ledger.ToolCLI
	}
	return ledger.ToolUnknown
}

// cloudFormation is how CloudFormation names itself in the calls that it makes for somebody.
const cloudFormation = "cloudformation.amazonaws.com"
