package inspect

import (
	"fmt"
	"strings"
)

// Wiring is how the parts of a stack are connected with each other and with the account, as AWS says it. What could not
// be read is nil.
type Wiring struct {
	Trail  *Trail
	Rules  []Rule   // that send events to the enroller
	Topics []Topic  // the alarms' and those that people hear
	Denied []Denied // what a function's role, or who asks, may not do
}

// Trail is whether CloudTrail tells EventBridge what is done to streams.
type Trail struct {
	Logging bool   // a trail logs the write events of management in the Region
	Others  string // the trails that do not, and why not
}

// Rule is a rule of EventBridge.
type Rule struct {
	Name    string
	Enabled bool
}

// Rules is how many rules the template makes for the enroller.
const Rules = 3

// Topic is a topic, and who hears of it.
type Topic struct {
	ARN      string
	Function string   // which must hear of it, such as scaler; empty: people
	Hears    bool     // the function, or somebody, is subscribed and has confirmed
	Pending  []string // who was subscribed and has not confirmed
}

// Denied is an action that the policy simulator says is not allowed.
type Denied struct {
	Who    string // a function, or you
	Action string
	Why    string // what denies it
}

// You is who asks, in Denied.
const You = "you"

// ofWiring is what is wrong with the connections of a stack.
func (h Health) ofWiring() []Finding {
	var all []Finding
	if t := h.Wiring.Trail; t != nil && !t.Logging {
		detail := "no trail of CloudTrail logs management events here: new streams and tags are found by the hourly sweep only, and what others reshard is not counted at once"
		if t.Others != "" {
			detail += " (" + t.Others + ")"
		}
		all = append(all, Finding{false, "trail", detail, "aws cloudtrail create-trail --is-multi-region-trail, then start-logging: docs/deploy.md"})
	}
	if rules := h.Wiring.Rules; rules != nil {
		if len(rules) < Rules {
			all = append(all, Finding{false, "rules", fmt.Sprintf("%d of %d rules send events to the enroller", len(rules), Rules), "deploy the stack again"})
		}
		for _, r := range rules {
			if !r.Enabled {
				all = append(all, Finding{false, "rules", "the rule " + r.Name + " is disabled", "aws events enable-rule --name " + r.Name})
			}
		}
	}
	for _, t := range h.Wiring.Topics {
		all = append(all, t.findings()...)
	}
	return append(all, h.denied()...)
}

func (t Topic) findings() []Finding {
	var all []Finding
	switch {
	case t.Hears:
	case t.Function != "":
		all = append(all, Finding{true, t.Function, "it is not subscribed to the topic " + t.ARN + ": no alarm reaches it", "deploy the stack again"})
	default:
		all = append(all, Finding{
			false, "topic", "nobody is subscribed to " + t.ARN + ": nobody hears of failures",
			"aws sns subscribe --topic-arn " + t.ARN + " --protocol email --notification-endpoint ADDRESS",
		})
	}
	for _, who := range t.Pending {
		all = append(all, Finding{false, "topic", who + " has not confirmed the subscription to " + t.ARN, "confirm it by the link in the mail"})
	}
	return all
}

// denied is a finding for each function, and one for who asks.
func (h Health) denied() []Finding {
	actions, order := map[string][]string{}, []string{}
	for _, d := range h.Wiring.Denied {
		if actions[d.Who] == nil {
			order = append(order, d.Who)
		}
		actions[d.Who] = append(actions[d.Who], d.Action+" ("+d.Why+")")
	}
	var all []Finding
	for _, who := range order {
		what := strings.Join(actions[who], ", ")
		if who == You {
			all = append(all, Finding{false, You, "you may not: " + what, "attach the policies of the stack's outputs ReaderPolicyArn and OperatorPolicyArn to your role"})
			continue
		}
		all = append(all, Finding{true, who, "its role may not: " + what, "deploy the stack again; where an organization or a boundary denies it, ask who keeps them"})
	}
	return all
}
