package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

// trails is the part of the CloudTrail client that is used.
type trails interface {
	DescribeTrails(context.Context, *cloudtrail.DescribeTrailsInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error)
	GetTrailStatus(context.Context, *cloudtrail.GetTrailStatusInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetTrailStatusOutput, error)
	GetEventSelectors(context.Context, *cloudtrail.GetEventSelectorsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventSelectorsOutput, error)
}

// trailOf looks for a trail that logs the write events of management in a Region, those of other Regions and of the
// organization included: up to two calls for each. One that is found is enough, whatever cannot be read of the others.
func trailOf(ctx context.Context, api trails, region string) (*inspect.Trail, error) {
	out, err := api.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{}) // shadow trails are included by default
	if err != nil {
		return nil, fmt.Errorf("look for a trail: %w", err)
	}
	var others []string
	var unread []error
	for _, t := range out.TrailList {
		why, err := silent(ctx, api, t, region)
		switch {
		case err != nil:
			unread = append(unread, fmt.Errorf("look at trail %s: %w", aws.ToString(t.Name), err))
		case why == "":
			return &inspect.Trail{Logging: true}, nil
		default:
			others = append(others, aws.ToString(t.Name)+" "+why)
		}
	}
	if len(unread) > 0 {
		return nil, errors.Join(unread...)
	}
	return &inspect.Trail{Others: strings.Join(others, ", ")}, nil
}

// silent says why a trail does not log the write events of management; empty: it does. The selectors of a trail of another
// Region cannot be asked for here; by default a trail logs these events.
func silent(ctx context.Context, api trails, t types.Trail, region string) (string, error) {
	status, err := api.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: t.TrailARN})
	if err != nil {
		return "", err
	}
	if !aws.ToBool(status.IsLogging) {
		return "does not log", nil
	}
	if aws.ToString(t.HomeRegion) != region {
		return "", nil
	}
	out, err := api.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: t.TrailARN})
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(out.EventSelectors, takesWrites) || slices.ContainsFunc(out.AdvancedEventSelectors, takesManagement) {
		return "", nil
	}
	return "logs no write events of management", nil
}

func takesWrites(s types.EventSelector) bool {
	return aws.ToBool(s.IncludeManagementEvents) && s.ReadWriteType != types.ReadWriteTypeReadOnly
}

// takesManagement reports whether a selector takes management events, and not those alone that only read.
func takesManagement(s types.AdvancedEventSelector) bool {
	is := func(name, value string) bool {
		return slices.ContainsFunc(s.FieldSelectors, func(f types.AdvancedFieldSelector) bool {
			return aws.ToString(f.Field) == name && slices.Contains(f.Equals, value)
		})
	}
	return is("eventCategory", "Management") && !is("readOnly", "true")
}
