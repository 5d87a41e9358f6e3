// Package tagging asks the Resource Groups Tagging API for the tags of many streams at once. What it says may be
// late: who is about to change something asks the stream itself.
package tagging

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
)

// API is the part of the client that is used.
type API interface {
	GetResources(context.Context, *resourcegroupstaggingapi.GetResourcesInput, ...func(*resourcegroupstaggingapi.Options)) (*resourcegroupstaggingapi.GetResourcesOutput, error)
}

// Client reads the tags of streams. Its errors wrap one of scaling's service errors.
type Client struct {
	api API
}

// New returns a client of an account and Region: those of the API.
func New(api API) *Client { return &Client{api: api} }

// streamType filters for data streams, and pageSize is the most that one page holds (API reference of GetResources,
// read 2026-11).
const (
	streamType = "kinesis:stream"
	pageSize   = 100
)

// Tagged returns one page of streams with all their tags, by name, and the token of the page after it; an empty token
// asks for the first page, and is returned with the last. A page may have fewer streams than the service allows, or
// none. Streams that never had a tag are not among them; some that were deleted may be ("tagged or previously tagged
// resources", API reference of GetResources, read 2026-11). A token holds for some minutes only.
func (c *Client) Tagged(ctx context.Context, token string) (tags map[string]map[string]string, next string, err error) {
	in := &resourcegroupstaggingapi.GetResourcesInput{ResourceTypeFilters: []string{streamType}, ResourcesPerPage: aws.Int32(pageSize)}
	if token != "" {
		in.PaginationToken = aws.String(token)
	}
	out, err := c.api.GetResources(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("tagging GetResources: %w", fault.Translate(err, func(string) error { return nil }))
	}
	tags = map[string]map[string]string{}
	for _, resource := range out.ResourceTagMappingList {
		name, is := streamOf(aws.ToString(resource.ResourceARN))
		if !is {
			continue
		}
		tags[name] = map[string]string{}
		for _, tag := range resource.Tags {
			tags[name][aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return tags, aws.ToString(out.PaginationToken), nil
}

// streamOf returns the name of the stream that an ARN is of; false for what is no stream, as a stream's consumer.
func streamOf(text string) (name string, is bool) {
	parsed, err := arn.Parse(text)
	if err != nil {
		return "", false
	}
	name, is = strings.CutPrefix(parsed.Resource, "stream/")
	return name, is && name != "" && !strings.Contains(name, "/")
}
