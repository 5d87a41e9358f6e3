package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// pattern is what one EventBridge rule of the template lets through.
type pattern struct {
	Source     []string `yaml:"source"`
	DetailType []string `yaml:"detail-type"`
	Detail     struct {
		EventSource []string          `yaml:"eventSource"`
		EventName   []string          `yaml:"eventName"`
		ErrorCode   []map[string]bool `yaml:"errorCode"`
	} `yaml:"detail"`
}

// patterns returns the rules of the enroller in ../../template.yaml, by name.
func patterns(t *testing.T) map[string]pattern {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources struct {
			EnrollerFunction struct {
				Properties struct {
					Events map[string]struct {
						Properties struct {
							Pattern pattern `yaml:"Pattern"`
						} `yaml:"Properties"`
					} `yaml:"Events"`
				} `yaml:"Properties"`
			} `yaml:"EnrollerFunction"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	found := map[string]pattern{}
	for name, rule := range template.Resources.EnrollerFunction.Properties.Events {
		found[name] = rule.Properties.Pattern
	}
	if len(found) == 0 {
		t.Fatal("the template has no rules for the enroller")
	}
	return found
}

// What the rules let through is what the handler understands, no more and no less.
func TestTheRulesLetThroughWhatTheHandlerUnderstands(t *testing.T) {
	var through, understood []string
	for name, p := range patterns(t) {
		calls := p.Detail.EventName
		if slices.Contains(p.DetailType, apiCall) {
			if len(calls) == 0 || len(p.Detail.EventSource) != 1 {
				t.Errorf("%s lets through every call of %v", name, p.Source)
			}
			if len(p.Detail.ErrorCode) != 1 || p.Detail.ErrorCode[0]["exists"] {
				t.Errorf("%s lets through calls that failed", name)
			}
		} else {
			calls = []string{""}
		}
		for _, source := range p.Source {
			for _, detailType := range p.DetailType {
				for _, call := range calls {
					through = append(through, fmt.Sprint(route{source, detailType, call}))
				}
			}
		}
	}
	for r := range here(t).readers() {
		understood = append(understood, fmt.Sprint(r))
	}
	slices.Sort(through)
	slices.Sort(understood)
	if diff := cmp.Diff(understood, through); diff != "" {
		t.Errorf("(-understood +let through):\n%s", diff)
	}
}
