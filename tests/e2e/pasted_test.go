//go:build unix && e2e

package e2e

// What the documents tell a person to paste, pasted. tests/repo holds that no command is left out.

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// pasteable finds the commands of a document: in indented blocks, with the lines that they go on in, and within a sentence.
var pasteable = regexp.MustCompile("(?m)^ {4,}((?:aws|shardkeeper|go run \\./cmd/shardkeeper|sam|curl) (?:.*[\\\\|]\n)*.*)$|`(aws [a-z]+ [a-z-]+ --[^`]*)`")

// paste runs a command of a document in a shell, as a person would, and returns what it printed. The command is the only one
// that begins with the text; placeholders are pairs of what the document has and what a person puts there.
func (s *story) paste(document, begins string, placeholders ...string) string {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		s.Fatal(err)
	}
	var found []string
	for _, m := range pasteable.FindAllStringSubmatch(string(text), -1) {
		if command := m[1] + m[2] + "\n"; strings.HasPrefix(command, begins) {
			found = append(found, command)
		}
	}
	if len(found) != 1 {
		s.Fatalf("%s has %d commands that begin with %q", document, len(found), begins)
	}
	command := strings.NewReplacer(placeholders...).Replace(found[0])
	command = strings.ReplaceAll(command, "go run ./cmd/shardkeeper", "shardkeeper") // the one that is built already
	path := strings.Join([]string{absolute(s, installed("aws", "bin")), filepath.Dir(s.program), os.Getenv("PATH")}, ":")
	return mustRun(s.T, append(s.env(), "PATH="+path), "bash", "-euo", "pipefail", "-c", command)
}

func absolute(s *story, path string) string {
	s.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		s.Fatal(err)
	}
	return full
}

// tagged is the README's last step: the stream is enrolled again, by its event.
func tagged(s *story) {
	s.paste("README.md", "aws kinesis add-tags-to-stream")
	s.publish("enroller-add-tags.json", orders, nil)
	s.awaitEnrollment(orders, 2)
	for _, printed := range []string{
		s.paste("README.md", "go run ./cmd/shardkeeper history orders"),
		s.paste("README.md", "go run ./cmd/shardkeeper history --since 7d", "settings", "enrollment"),
	} {
		if !strings.Contains(printed, "alice") {
			s.Errorf("who set the tag is not in it:\n%s", printed)
		}
	}
	s.paste("README.md", "go run ./cmd/shardkeeper report", "orders.html", filepath.Join(s.TempDir(), "orders.html"))
}

// overriddenByHand is docs/steer.md without the command: the first override of a stream is one command, and so is the last.
func overriddenByHand(s *story) {
	if item := s.load(orders); len(item.Overrides) != 0 {
		s.Fatalf("it has overrides already: %v", item.Overrides)
	}
	s.paste("docs/steer.md", "aws dynamodb update-item --table-name shardkeeper --key '{\"pk\": {\"S\": \"STREAM#orders\"}, \"sk\": {\"S\": \"STREAM\"}}' \\\n      --update-expression 'SET")
	s.awaitMaximum(orders, 64)
	s.paste("docs/steer.md", "aws dynamodb update-item --table-name shardkeeper --key '{\"pk\": {\"S\": \"STREAM#orders\"}, \"sk\": {\"S\": \"STREAM\"}}' \\\n      --update-expression 'REMOVE")
	s.awaitMaximum(orders, 10_000)
}

// awaitMaximum has the reconciler look at a stream now, until its maximum is the one wanted.
func (s *story) awaitMaximum(stream string, want int) {
	s.Helper()
	await(s.T, fmt.Sprintf("a maximum of %d", want), 20*time.Second, func() error {
		s.edit(stream, func(item *ledger.Item) { item.DueAt = time.Now() })
		s.reconcile()
		if item := s.load(stream); item.Settings.MaxShards != want {
			return fmt.Errorf("it is %d, overrides %v, fault %q", item.Settings.MaxShards, item.Overrides, item.SettingsFault)
		}
		return nil
	})
}

// runbook is docs/runbook.md's and docs/terraform.md's: stop and go on, and the dead letters, of which there are none.
func runbook(s *story) {
	s.paste("docs/runbook.md", "shardkeeper pause --all")
	if pause, err := s.registry.Paused(s.Context()); err != nil || !pause.InForce {
		s.Errorf("nothing is paused: %+v, %v", pause, err)
	}
	s.paste("docs/runbook.md", "shardkeeper resume --all")
	if pause, err := s.registry.Paused(s.Context()); err != nil || pause.InForce {
		s.Errorf("it is paused still: %+v, %v", pause, err)
	}
	s.paste("docs/terraform.md", "shardkeeper resume orders")
	s.paste("docs/runbook.md", "shardkeeper replay --stack shardkeeper --queue scaler --dry-run")
	s.paste("docs/runbook.md", "shardkeeper replay --stack shardkeeper --queue scaler\n")
	s.paste("docs/runbook.md", "shardkeeper replay --stack shardkeeper --queue reconciler")
	s.paste("docs/events.md", "aws sns subscribe", "TOPIC", s.physical["AlarmTopic"])
}

// trailFirst is what docs/deploy.md asks for before all else.
func trailFirst(s *story) {
	trails := cloudtrail.NewFromConfig(sdkConfig(s.endpoint))
	if _, err := trails.CreateTrail(s.Context(), &cloudtrail.CreateTrailInput{Name: aws.String("trail"), S3BucketName: aws.String("trail")}); err != nil {
		s.Fatal(err)
	}
	for _, want := range []string{"False", "True"} {
		if printed := s.paste("docs/deploy.md", "aws cloudtrail describe-trails"); strings.TrimSpace(printed) != want {
			s.Errorf("it prints %q, want %s", printed, want)
		}
		if _, err := trails.StartLogging(s.Context(), &cloudtrail.StartLoggingInput{Name: aws.String("trail")}); err != nil {
			s.Fatal(err)
		}
	}
}

// firstCheck is docs/deploy.md's check of a new stack. CloudTrail is played; the operation to the minimum is
// TestTheCheckOfAFirstDeployment's.
func firstCheck(s *story) {
	s.paste("docs/deploy.md", "aws kinesis create-stream --stream-name check-untagged")
	s.paste("docs/deploy.md", "aws kinesis create-stream --stream-name check-tagged")
	s.awaitShards("check-tagged", 1)
	s.publish("enroller-create-stream-tagged.json", "check-tagged", nil)
	s.awaitEnrollment("check-tagged", 1)
	for _, shards := range []string{
		s.paste("docs/deploy.md", "aws kinesis describe-stream-summary --stream-name check-tagged"),
		s.paste("docs/deploy.md", "aws kinesis describe-stream-summary --stream-name check-untagged"),
	} {
		if strings.TrimSpace(shards) != "1" {
			s.Errorf("open shards: %q", shards)
		}
	}
	alarms := s.paste("docs/deploy.md", "aws cloudwatch describe-alarms --alarm-name-prefix check-")
	if strings.Count(alarms, "check-") != 2 || !strings.Contains(alarms, "check-tagged-scale-down") || !strings.Contains(alarms, "check-tagged-scale-up") {
		s.Errorf("alarms: %s", alarms)
	}
	if printed := s.paste("docs/deploy.md", "go run ./cmd/shardkeeper history"); !strings.Contains(printed, "check-tagged") || strings.Contains(printed, "check-untagged") {
		s.Errorf("the history:\n%s", printed)
	}
	if alarms := s.paste("docs/deploy.md", "aws cloudwatch describe-alarms --alarm-name-prefix shardkeeper-"); strings.TrimSpace(alarms) != "[]" {
		s.Errorf("in ALARM: %s", alarms)
	}
	s.paste("docs/deploy.md", "aws kinesis delete-stream --stream-name check-tagged")
	s.paste("docs/deploy.md", "aws kinesis delete-stream --stream-name check-untagged")
	s.publish("enroller-delete-stream.json", "check-tagged", nil)
	s.awaitUnenrolled("check-tagged")
}

// planned is docs/schedules.md: both forms of a schedule. What they bring is not waited for: it depends on the hour.
func planned(s *story) {
	s.paste("docs/schedules.md", "aws kinesis add-tags-to-stream")
	if tags := s.tags(orders); !strings.Contains(tags["shardkeeper:schedule"], "Europe/Berlin") {
		s.Errorf("tags: %v", tags)
	}
	s.paste("docs/schedules.md", "shardkeeper set orders", "--schedule", "--yes --schedule")
	if timed := s.load(orders).Timed; len(timed) != 1 || timed[0].Reason != "the market opens" {
		s.Errorf("timed: %+v", timed)
	}
}

// handedOver is docs/deploy.md's second stack: the stream's new tag takes it from the first one.
func handedOver(s *story) {
	s.paste("docs/deploy.md", "aws kinesis add-tags-to-stream")
	s.publish("enroller-add-tags.json", orders, nil)
	s.awaitUnenrolled(orders)
}

func (s *story) tags(stream string) map[string]string {
	s.Helper()
	out, err := s.kinesis.ListTagsForStream(s.Context(), &kinesis.ListTagsForStreamInput{StreamName: &stream})
	if err != nil {
		s.Fatal(err)
	}
	tags := map[string]string{}
	for _, tag := range out.Tags {
		tags[*tag.Key] = aws.ToString(tag.Value)
	}
	return tags
}
