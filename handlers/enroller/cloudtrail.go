package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// changed reads a call about one stream.
func (s source) changed(e event, d apiCallDetail) ([]enroller.Change, error) {
	name, err := s.streamOf(d)
	if err != nil {
		return nil, err
	}
	return []enroller.Change{{Stream: name, EventID: d.id(e), Actor: d.actor(), Call: d.EventName.Value, Tool: d.tool()}}, nil
}

// streamOf returns the name of the stream that a call was about. An ARN is preferred, since it
// says of which account and Region the stream is.
func (s source) streamOf(d apiCallDetail) (string, error) {
	p, err := d.RequestParameters.Read("detail.requestParameters")
	stream, streamErr := p.StreamARN.Read("detail.requestParameters.streamARN")
	resource, resourceErr := p.ResourceARN.Read("detail.requestParameters.resourceARN")
	if err := errors.Join(err, streamErr, resourceErr); err != nil {
		return "", err
	}
	if arn := cmp.Or(stream, resource); arn != "" {
		name, err := s.home.StreamName(arn)
		if errors.Is(err, app.ErrNoStream) && stream == "" {
			return "", ignoredError(d.EventName.Value + " of " + err.Error()) // a consumer can be tagged too
		}
		return name, err
	}
	name, err := p.StreamName.Read("detail.requestParameters.streamName")
	if err == nil && !scaling.ValidStreamName(name) {
		err = fmt.Errorf("field detail.requestParameters.streamName: no stream has the name %q", name)
	}
	return name, err
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
	at, timeErr := d.EventTime.Read("detail.eventTime")
	from := d.ResponseElements.Value.CurrentShardCount.Value // 0: it is not known what the stream had before
	to, targetErr := d.target()
	if err := errors.Join(timeErr, targetErr); err != nil {
		return nil, err
	}
	if at.IsZero() || to < 1 || to > scaling.MaxStreamShards || from < 0 {
		return nil, fmt.Errorf("an UpdateShardCount from %d to %d at %s cannot be", from, to, at)
	}
	changes[0].Reshard = &scaling.Operation{At: at.Time, From: from, To: to, Actor: changes[0].Actor}
	if from > 0 {
		changes[0].Reshard.Direction = scaling.DirectionOf(from, to)
	}
	return changes, nil
}

// target is the shard count that an UpdateShardCount call led to: the answer's, or else the request's. Either
// will do, so only when neither can be read is there a fault.
func (d apiCallDetail) target() (int, error) {
	response, request := d.ResponseElements.Value.TargetShardCount, d.RequestParameters.Value.TargetShardCount
	answered, err := response.Read("detail.responseElements.targetShardCount")
	if answered != 0 {
		return answered, nil
	}
	asked, askedErr := request.Read("detail.requestParameters.targetShardCount")
	if asked != 0 {
		return asked, nil
	}
	return 0, errors.Join(err, askedErr)
}

// recut returns the reader of SplitShard (1) or MergeShards (-1) calls, which change the open shards by one
// and take no slot. One without a readable time counts as made now.
func (s source) recut(shards int) reader {
	return func(e event, d apiCallDetail) ([]enroller.Change, error) {
		changes, err := s.changed(e, d)
		if err != nil {
			return nil, err
		}
		changes[0].Recut = &ledger.Recut{At: d.EventTime.Value.Time, ID: changes[0].EventID, Shards: shards}
		return changes, nil
	}
}

// isOwn reports whether a call was made under the scaler's role. Counting it as somebody else's
// would take a second slot for it.
func (s source) isOwn(d apiCallDetail) bool {
	if s.scalerRoleARN == "" {
		return false
	}
	if d.UserIdentity.Value.SessionContext.Value.SessionIssuer.Value.ARN.Value == s.scalerRoleARN {
		return true
	}
	_, role, _ := strings.Cut(s.scalerRoleARN, ":role/")
	name := role[strings.LastIndex(role, "/")+1:] // without the role's path, as in the ARN of a session
	return name != "" && strings.HasPrefix(d.UserIdentity.Value.ARN.Value, assumed(s.scalerRoleARN)+name+"/")
}

// assumed turns arn:aws:iam::ACCOUNT:role/... into arn:aws:sts::ACCOUNT:assumed-role/.
func assumed(roleARN string) string {
	account, _, _ := strings.Cut(roleARN, ":role/")
	return strings.Replace(account, ":iam:", ":sts:", 1) + ":assumed-role/"
}

// manyTagged reads a call of the tagging API, which tags resources of many kinds at once.
func (s source) manyTagged(e event, d apiCallDetail) ([]enroller.Change, error) {
	arns, err := d.RequestParameters.Value.ResourceARNs.Read("detail.requestParameters.resourceARNList")
	if err != nil {
		return nil, err
	}
	return s.changesOf(arns, enroller.Change{EventID: d.id(e), Actor: d.actor(), Call: d.EventName.Value, Tool: d.tool()})
}
