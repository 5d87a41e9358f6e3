package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// apiCallDetail is the part of a CloudTrail record that is used. Parameters are the API's, in
// lower camel case; a call names its stream by name, by ARN or as a resource.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
// https://docs.aws.amazon.com/streams/latest/dev/logging-using-cloudtrail.html (read 2026-11)
type apiCallDetail struct {
	EventID      string    `json:"eventID"`
	EventName    string    `json:"eventName"`
	EventTime    time.Time `json:"eventTime"`
	ErrorCode    string    `json:"errorCode"`
	ErrorMessage string    `json:"errorMessage"`
	UserAgent    string    `json:"userAgent"`
	UserIdentity struct {
		ARN            string `json:"arn"`
		PrincipalID    string `json:"principalId"`
		InvokedBy      string `json:"invokedBy"`
		SessionContext struct {
			SessionIssuer struct {
				ARN string `json:"arn"`
			} `json:"sessionIssuer"`
		} `json:"sessionContext"`
	} `json:"userIdentity"`
	RequestParameters struct {
		StreamName       string   `json:"streamName"`
		StreamARN        string   `json:"streamARN"`
		ResourceARN      string   `json:"resourceARN"`
		ResourceARNs     []string `json:"resourceARNList"`
		TargetShardCount int      `json:"targetShardCount"`
	} `json:"requestParameters"`
	ResponseElements struct {
		CurrentShardCount int `json:"currentShardCount"`
		TargetShardCount  int `json:"targetShardCount"`
	} `json:"responseElements"`
	SessionCredentialFromConsole any `json:"sessionCredentialFromConsole"`
}

// actor is who made the call, as the history shows it.
func (d apiCallDetail) actor() string {
	return cmp.Or(d.UserIdentity.ARN, d.UserIdentity.InvokedBy, d.UserIdentity.PrincipalID, "unknown")
}

// tool is what the call was made with, by the words that are known: an AWS service names itself as the user agent and
// as invokedBy, the console by its own names, Terraform's provider and the CLI at a place of their own in the SDK's user
// agent. CDK deploys through CloudFormation.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (read 2026-11)
func (d apiCallDetail) tool() ledger.Tool {
	agent := d.UserAgent
	switch {
	case agent == cloudFormation || d.UserIdentity.InvokedBy == cloudFormation:
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

// changed reads a call about one stream.
func (s source) changed(e event, d apiCallDetail) ([]enroller.Change, error) {
	name, err := s.streamOf(d)
	if err != nil {
		return nil, err
	}
	return []enroller.Change{{Stream: name, EventID: cmp.Or(d.EventID, e.ID), Actor: d.actor(), Call: d.EventName}}, nil
}

// streamOf returns the name of the stream that a call was about. An ARN is preferred, since it
// says of which account and Region the stream is.
func (s source) streamOf(d apiCallDetail) (string, error) {
	p := d.RequestParameters
	if arn := cmp.Or(p.StreamARN, p.ResourceARN); arn != "" {
		name, err := s.home.StreamName(arn)
		if errors.Is(err, app.ErrNoStream) && p.StreamARN == "" {
			return "", ignoredError(d.EventName + " of " + err.Error()) // a consumer can be tagged too
		}
		return name, err
	}
	if !scaling.ValidStreamName(p.StreamName) {
		return "", fmt.Errorf("no stream has the name %q", p.StreamName)
	}
	return p.StreamName, nil
}

// resharded reads an UpdateShardCount call by somebody else. Our own are in the registry.
func (s source) resharded(e event, d apiCallDetail) ([]enroller.Change, error) {
	if s.isOwn(d) {
		return nil, ignoredError("UpdateShardCount by the scaler itself")
	}
	changes, err := s.changed(e, d)
	if err != nil {
		return nil, err
	}
	from := d.ResponseElements.CurrentShardCount
	to := cmp.Or(d.ResponseElements.TargetShardCount, d.RequestParameters.TargetShardCount)
	if d.EventTime.IsZero() || to < 1 || to > scaling.MaxStreamShards || from < 0 {
		return nil, fmt.Errorf("an UpdateShardCount from %d to %d at %s cannot be", from, to, d.EventTime)
	}
	changes[0].Tool = d.tool()
	changes[0].Reshard = &scaling.Operation{At: d.EventTime, From: from, To: to, Actor: changes[0].Actor}
	if from > 0 { // else it is not known what the stream had before
		changes[0].Reshard.Direction = scaling.DirectionOf(from, to)
	}
	return changes, nil
}

// isOwn reports whether a call was made under the scaler's role. Counting it as somebody else's
// would take a second slot for it.
func (s source) isOwn(d apiCallDetail) bool {
	if s.scalerRoleARN == "" {
		return false
	}
	if d.UserIdentity.SessionContext.SessionIssuer.ARN == s.scalerRoleARN {
		return true
	}
	_, role, _ := strings.Cut(s.scalerRoleARN, ":role/")
	name := role[strings.LastIndex(role, "/")+1:] // without the role's path, as in the ARN of a session
	return name != "" && strings.HasPrefix(d.UserIdentity.ARN, assumed(s.scalerRoleARN)+name+"/")
}

// assumed turns arn:aws:iam::ACCOUNT:role/... into arn:aws:sts::ACCOUNT:assumed-role/.
func assumed(roleARN string) string {
	account, _, _ := strings.Cut(roleARN, ":role/")
	return strings.Replace(account, ":iam:", ":sts:", 1) + ":assumed-role/"
}

// manyTagged reads a call of the tagging API, which tags resources of many kinds at once.
func (s source) manyTagged(e event, d apiCallDetail) ([]enroller.Change, error) {
	return s.changesOf(d.RequestParameters.ResourceARNs, enroller.Change{
		EventID: cmp.Or(d.EventID, e.ID), Actor: d.actor(), Call: d.EventName,
	})
}
