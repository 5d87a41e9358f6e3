package repo_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// The tables of the dashboard ask the logs for events and reasons that there are, and an alarm that leads to an event
// names one that there is.
func TestTheDashboardsTablesAskForWhatIsWritten(t *testing.T) {
	known := map[string]bool{}
	for _, event := range []report.Event{
		report.Hold, report.Refused, report.Failed, report.External, report.SetBack, report.BadSettings, report.Suspended,
	} {
		known[string(event)] = true
	}
	for _, reason := range []scaling.ReasonCode{scaling.HoldAtMaxShards, scaling.HoldBudgetExhausted, scaling.HoldShardQuota, scaling.HoldAccountStale} {
		known[string(reason)] = true
	}
	tables := 0
	for _, dashboard := range ofType(t, "AWS::CloudWatch::Dashboard") {
		var body struct {
			Widgets []struct {
				Type       string
				X, Y, W, H int
				Properties struct{ Title, Query string }
			}
		}
		if err := json.Unmarshal(fmt.Append(nil, dashboard["DashboardBody"]), &body); err != nil {
			t.Fatal(err)
		}
		places := map[[2]int]bool{}
		for _, widget := range body.Widgets {
			if places[[2]int{widget.X, widget.Y}] || widget.Properties.Title == "" {
				t.Errorf("%q has no title, or the place of another", widget.Properties.Title)
			}
			places[[2]int{widget.X, widget.Y}] = true
			if widget.Type != "log" {
				continue
			}
			tables++
			query := widget.Properties.Query
			for _, found := range regexp.MustCompile(`event (?:=|in) \[?((?:'\w+'(?:, )?)+)`).FindAllStringSubmatch(query, -1) {
				for name := range strings.SplitSeq(strings.ReplaceAll(found[1], "'", ""), ", ") {
					if !known[name] {
						t.Errorf("%q asks for the event %s, which there is not", widget.Properties.Title, name)
					}
				}
			}
			for _, found := range regexp.MustCompile(`reason like /([^/]+)/`).FindAllStringSubmatch(query, -1) {
				for name := range strings.SplitSeq(found[1], "|") {
					if !known[name] {
						t.Errorf("%q asks for the reason %s, which there is not", widget.Properties.Title, name)
					}
				}
			}
		}
	}
	if tables < 4 {
		t.Errorf("%d tables", tables)
	}
	kinds := map[string]bool{}
	for _, kind := range ledger.EventKinds() {
		kinds[string(kind)] = true
	}
	led := 0
	for name, alarm := range ofType(t, "AWS::CloudWatch::Alarm") {
		if found := regexp.MustCompile(`[Tt]he event (\w+)`).FindStringSubmatch(fmt.Sprint(alarm["AlarmDescription"])); found != nil {
			led++
			if !kinds[found[1]] {
				t.Errorf("%s leads to the event %s, which there is not", name, found[1])
			}
		}
	}
	if led < 5 {
		t.Errorf("%d alarms lead to an event", led)
	}
}
