//go:build unix && e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	adapter "github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What docs/uninstall.md and docs/upgrade.md tell a person to do, with their commands.

// restoredTable is the copy of the table that a backup gives.
const restoredTable = "shardkeeper-restored"

// keeper runs the operator's command.
func (s *story) keeper(args ...string) string {
	s.Helper()
	return mustRun(s.T, s.env(), s.program, args...)
}

// ourAlarms are the names of all streams' alarms that are there.
func (s *story) ourAlarms() []string {
	s.Helper()
	out, err := s.cloudwatch.DescribeAlarms(s.Context(), &cloudwatch.DescribeAlarmsInput{})
	if err != nil {
		s.Fatal(err)
	}
	var names []string
	for _, alarm := range out.MetricAlarms {
		if _, _, ours := scaling.ParseAlarmName(*alarm.AlarmName); ours {
			names = append(names, *alarm.AlarmName)
		}
	}
	return names
}

// takenAway is docs/uninstall.md: look, do it, do it once more, sam delete. The table stays.
func takenAway(s *story) {
	before := s.ourAlarms()
	if shown := strings.Fields(s.keeper("uninstall", "--stack", stackName)); len(before) == 0 || len(shown) != len(before) {
		s.Fatalf("%v would be deleted, and %v are there", shown, before)
	}
	if len(s.ourAlarms()) != len(before) {
		s.Fatal("looking has changed something")
	}
	said := s.keeper("uninstall", "--stack", stackName, "--yes")
	if want := fmt.Sprintf("deleted: %d alarms", len(before)); !strings.Contains(said, want) || !strings.Contains(said, "sam delete --stack-name "+stackName) {
		s.Errorf("no %q in:\n%s", want, said)
	}
	for function := range functions() {
		reserved, err := s.lambda.GetFunctionConcurrency(s.Context(), &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String(s.physical[function])})
		if err != nil || reserved.ReservedConcurrentExecutions == nil || *reserved.ReservedConcurrentExecutions != 0 {
			s.Errorf("%s is not stopped: %v, %v", function, reserved, err)
		}
	}
	if left := s.ourAlarms(); len(left) > 0 {
		s.Errorf("left: %v", left)
	}
	if said := s.keeper("uninstall", "--stack", stackName, "--yes"); !strings.Contains(said, "deleted: 0 alarms") {
		s.Errorf("once more:\n%s", said)
	}
	mustRun(s.T, s.env(), installed("sam", "bin", "sam"), "delete", "--stack-name", stackName, "--no-prompts")
	if item := s.load(dropped); item.Status != ledger.Enrolled || len(s.history(dropped)) == 0 {
		s.Errorf("the table has not stayed as it was: %+v", item)
	}
}

// onTable deploys the stack with a table that is there, as docs/upgrade.md says.
func (s *story) onTable(table string) {
	s.Helper()
	mustRun(s.T, s.env(), installed("sam", "bin", "sam"), "deploy", "--template-file", buildDir+"/deployable.yaml", "--stack-name", stackName,
		"--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", architecture(), "ConsumerFunctions=orders-*", "ExistingTable="+table)
	s.physical = s.resources(s.T, stackName)
	s.registry = registry.New(s.dynamodb, table, registry.Options{Now: time.Now})
	s.alarms = adapter.New(s.cloudwatch, adapter.Options{TopicARN: s.physical["AlarmTopic"], Table: table})
}

// restore has the emulator restore the table to a new one, by the commands of the document.
func (s *story) restore() {
	s.Helper()
	s.paste("docs/upgrade.md", "aws dynamodb restore-table-to-point-in-time")
	s.paste("docs/upgrade.md", "aws dynamodb wait table-exists")
	s.paste("docs/upgrade.md", "aws dynamodb update-time-to-live")
	s.paste("docs/upgrade.md", "aws dynamodb update-continuous-backups")
}

// reinstalled is a new stack on the table of the earlier one: it knows the streams, and makes their alarms anew.
func reinstalled(s *story) {
	before := s.history(dropped)
	s.onTable(stackName)
	if id := s.physical["Registry"]; id != "-" && id != "" {
		s.Errorf("it has a table of its own: %s", id)
	}
	s.edit(dropped, func(item *ledger.Item) { item.DueAt = time.Now().Add(-time.Second) }) // it is looked at every eight minutes
	await(s.T, "the alarms of a stream that the table knows", 40*time.Second, func() error {
		s.reconcile()
		return s.alarmsHold(dropped, 3)
	})
	if after := s.history(dropped); len(after) < len(before) {
		s.Errorf("%d entries of history, there were %d", len(after), len(before))
	}
}

// restoredFromBackup is the last part of docs/upgrade.md, for a stream that is enrolled and one that is not.
func restoredFromBackup(s *story) {
	if status := s.load(clicks).Status; status != ledger.Unenrolled {
		s.Fatalf("%s is %s, and was deleted", clicks, status)
	}
	s.restore()
	if out, err := command(s.Context(), s.env(), s.program, "restored", "--table", restoredTable); err == nil {
		s.Errorf("without a pause it went on:\n%s", out)
	}
	began := time.Now().Unix()
	s.paste("docs/upgrade.md", "shardkeeper pause --all")
	if said := s.paste("docs/upgrade.md", "shardkeeper restored"); !strings.Contains(said, "streams in table "+restoredTable) {
		s.Errorf("it says:\n%s", said)
	}
	s.onTable(restoredTable)
	s.paste("docs/upgrade.md", "shardkeeper resume --all")
	for _, stream := range []string{dropped, clicks} {
		item := s.load(stream)
		if item.Fence < began || item.Operations.Used(time.Now()) < item.Settings.Allowed(scaling.Down) {
			s.Errorf("%s: fence %d, %d operations count", stream, item.Fence, item.Operations.Used(time.Now()))
		}
	}
	s.reconcile()
	if err := s.alarmsHold(dropped, 3); err != nil {
		s.Error(err)
	}
}

// cleared is the rest of docs/uninstall.md: the stack is gone already, and its streams' alarms are left. After it nothing of the
// stack's first table is left. A run that had begun may make an alarm anew, so it is done once more where one is left.
func cleared(s *story) {
	topic := s.physical["AlarmTopic"]
	mustRun(s.T, s.env(), installed("sam", "bin", "sam"), "delete", "--stack-name", stackName, "--no-prompts")
	if len(s.ourAlarms()) == 0 {
		s.Error("no alarms are left to clear away")
	}
	await(s.T, "the end of the alarms", 30*time.Second, func() error {
		s.paste("docs/uninstall.md", "shardkeeper uninstall --topic", "arn:aws:sns:eu-west-1:123456789012:shardkeeper-alarms", topic)
		if left := s.ourAlarms(); len(left) > 0 {
			return fmt.Errorf("left: %v", left)
		}
		return nil
	})
	s.paste("docs/uninstall.md", "aws lambda delete-function-concurrency", "NAME", consumerFunction)
	s.paste("docs/uninstall.md", "aws dynamodb delete-table")
	if names, err := s.dynamodb.ListTables(s.Context(), &dynamodb.ListTablesInput{}); err != nil || slices.Contains(names.TableNames, stackName) {
		s.Errorf("tables: %v, %v", names, err)
	}
}
