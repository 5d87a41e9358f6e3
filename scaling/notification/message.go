package notification

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Message is what people read of one or more events of one kind, in an e-mail, in chat or on a pager.
type Message struct {
	Events  []Event
	Subject string // one line of ASCII, at most 100 characters
	Text    string // plain text: not for HTML or Markdown without escaping
}

// MessagesOf returns a message for each kind of event that is at least as severe as least, the most severe first. A
// storm gives one message a kind, which names the first streams and counts the others.
func MessagesOf(events []Event, least Severity) []Message {
	byKind := map[ledger.EventKind][]Event{}
	var kinds []ledger.EventKind
	for _, event := range events {
		if !event.Severity.AtLeast(least) {
			continue
		}
		if byKind[event.Kind] == nil {
			kinds = append(kinds, event.Kind)
		}
		byKind[event.Kind] = append(byKind[event.Kind], event)
	}
	slices.SortStableFunc(kinds, func(a, b ledger.EventKind) int { return SeverityOf(b).rank() - SeverityOf(a).rank() })
	var messages []Message
	for _, kind := range kinds {
		if all := byKind[kind]; len(all) > 1 {
			messages = append(messages, digest(all))
		} else {
			messages = append(messages, single(all[0]))
		}
	}
	return messages
}

func single(e Event) Message {
	var text strings.Builder
	text.WriteString(e.Summary + "\n\n")
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	line("When", e.At.Format(time.RFC3339))
	line("Where", e.place())
	line("Who", e.Who)
	for _, reason := range e.Why {
		line("Why", strings.TrimSpace(string(reason.Code)+" "+reason.Detail))
	}
	line("Detail", e.Detail)
	line("Event", fmt.Sprintf("%s, %s, %s", e.Kind, e.Severity, e.ID))
	return Message{Events: []Event{e}, Subject: subject(e, e.Summary), Text: text.String()}
}

// The most of a digest.
const (
	digestLines = 20  // streams that it names
	digestLine  = 300 // characters that it takes of each
)

func digest(all []Event) Message {
	first, last := all[0].At, all[0].At
	for _, e := range all {
		if e.At.Before(first) {
			first = e.At
		}
		if e.At.After(last) {
			last = e.At
		}
	}
	title := fmt.Sprintf("%d events %s", len(all), all[0].Kind)
	var text strings.Builder
	fmt.Fprintf(&text, "%s in %s, from %s to %s:\n\n", title, all[0].place(), first.Format(time.RFC3339), last.Format(time.RFC3339))
	for _, e := range all[:min(len(all), digestLines)] {
		fmt.Fprintf(&text, "- %s\n", cut(e.Summary, digestLine))
	}
	if more := len(all) - digestLines; more > 0 {
		fmt.Fprintf(&text, "- and %d more: shardkeeper history shows all\n", more)
	}
	return Message{Events: all, Subject: subject(all[0], title), Text: text.String()}
}

func (e Event) place() string { return "account " + e.Account + ", " + e.Region }

// subject keeps to what SNS takes as one: ASCII, no control characters, fewer than 100 of them.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (read 2026-11)
func subject(e Event, title string) string {
	text := fmt.Sprintf("Shardkeeper %s: %s", e.Severity, title)
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return cut(text, 95)
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// ForChat returns a text in which nothing that comes from outside is read as Markdown, as a link or as a call of
// somebody by the chat applications Slack and Microsoft Teams.
func ForChat(text string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", "[", "(", "]", ")", "`", "'", "*", "\u2217", "~", "\u223c", "@", "\uff20", "\\", "/",
	).Replace(text)
}
