package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Who gets a message of one of the stack's alarms can paste what it says: the command names the streams.
func TestTheAlarmsSayWhatToPaste(t *testing.T) {
	template := readText(t, filepath.Join("..", "..", "template.yaml"))
	pasted := regexp.MustCompile(`(?m)^ +shardkeeper (.*)$`).FindAllStringSubmatch(template, -1)
	if len(pasted) < 7 {
		t.Errorf("%d alarms say a command", len(pasted))
	}
	for _, found := range pasted {
		if !strings.HasSuffix(found[1], " --stack ${AWS::StackName} --region ${AWS::Region}") {
			t.Errorf("%s: which stack?", found[0])
		}
		line := strings.NewReplacer("${AWS::StackName}", "keeper", "${AWS::Region}", "eu-west-1").Replace(found[1])
		status, stdout, stderr := in(t, &fakeAccount{registry: stocked(t, "orders")}, strings.Fields(line)...)
		if status != statusOK {
			t.Errorf("shardkeeper %s: status %d\n%s%s", line, status, stdout, stderr)
		}
	}
}
