package operator

import (
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// Regions returns the Regions that have Kinesis, to compare with one whose services cannot be found: those of
// the SDK's own table of endpoints, without the isolated ones. A Region may be newer than the list.
func Regions() []string {
	return []string{
		"af-south-1",
		"ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
		"ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1",
		"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1",
		"il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
		"us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
	}
}

// NotFound reports whether an error says that a service of a Region has no address, as when the Region
// does not exist.
func NotFound(err error) bool {
	name, is := errors.AsType[*net.DNSError](err)
	return is && name.IsNotFound
}

// Neighbours returns the Regions that the credentials of a Region are good for: those of the same part of AWS.
func Neighbours(region string) []string {
	part := partOf(region)
	return slices.DeleteFunc(Regions(), func(r string) bool { return partOf(r) != part })
}

// partOf is the part of AWS that has accounts of its own: China, the governments' and Europe's sovereign one.
func partOf(region string) string {
	for _, prefix := range []string{"cn-", "us-gov-", "eusc-"} {
		if strings.HasPrefix(region, prefix) {
			return prefix
		}
	}
	return ""
}

// Absent reports whether an error says that a Region has no such table or stack, or that the account does not use
// the Region.
func Absent(err error) bool {
	answer, is := errors.AsType[smithy.APIError](err)
	return NotFound(err) || is && slices.Contains([]string{
		"ResourceNotFoundException", validationError, "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure",
	}, answer.ErrorCode())
}
