package main

import (
	"encoding/json"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestTheToolOfACall(t *testing.T) {
	for _, c := range []struct {
		record string
		want   ledger.Tool
	}{
		{`{"userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/5.42.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.26.0 os/linux lang/go#1.21.8 api/kinesis#1.27.3"}`, ledger.ToolTerraform},
		{`{"userAgent": "cloudformation.amazonaws.com", "userIdentity": {"invokedBy": "cloudformation.amazonaws.com"}}`, ledger.ToolCloudFormation},
		{`{"userAgent": "AWS Internal", "userIdentity": {"invokedBy": "cloudformation.amazonaws.com"}}`, ledger.ToolCloudFormation},
		{`{"userAgent": "console.amazonaws.com"}`, ledger.ToolConsole},
		{`{"userAgent": "Mozilla/5.0 (X11; Linux x86_64)"}`, ledger.ToolConsole},
		{`{"userAgent": "AWS Internal", "sessionCredentialFromConsole": "true"}`, ledger.ToolConsole},
		{`{"userAgent": "AWS Internal", "sessionCredentialFromConsole": true}`, ledger.ToolConsole},
		{`{"userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux lang/python#3.13.7 cfg/retry-mode#standard command#kinesis"}`, ledger.ToolCLI},
		{`{"userAgent": "Boto3/1.40.1 md/Botocore#1.40.1"}`, ledger.ToolUnknown},
		{`{"userAgent": "a script for cloudformation.amazonaws.com"}`, ledger.ToolUnknown},
		{`{}`, ledger.ToolUnknown},
	} {
		var d apiCallDetail
		if err := json.Unmarshal([]byte(c.record), &d); err != nil {
			t.Fatal(err)
		}
		if got := d.tool(); got != c.want {
			t.Errorf("%s: %q, want %q", c.record, got, c.want)
		}
	}
}
