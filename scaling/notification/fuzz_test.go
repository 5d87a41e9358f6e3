package notification_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// Whatever a stream's error, a tag or an ARN says: the form is JSON that reads back as it was, each text from outside is
// one printable line of bounded length, the subject is what SNS takes, and chat applications find nothing to call or to link.
func FuzzFormOf(f *testing.F) {
	f.Add("failure", "orders", "arn:aws:iam::123456789012:user/ana", "LimitExceededException: <!channel> [x](http://y) \x00\n", "0.93 of bytes")
	f.Add("", "", "", strings.Repeat("\u202e@here ", 400), "\xff\xfe")
	f.Fuzz(func(t *testing.T, kind, stream, who, detail, why string) {
		kind, stream = strings.ToValidUTF8(kind, "?"), strings.ToValidUTF8(stream, "?") // as the registry gives them
		entry := ledger.Entry{Stream: stream, At: noon(), ID: "x", Actor: who, Detail: detail, Reasons: scaling.Trail{{Code: scaling.Doubled, Detail: why}}}
		form := notification.FormOf(ledger.Event{ID: "x", Kind: ledger.EventKind(kind), Entry: entry}, place())
		for _, text := range []string{form.Who, form.Detail, form.Why[0].Detail} {
			if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || utf8.RuneCountInString(text) > 1003 {
				t.Errorf("%q", text)
			}
		}
		first, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		var read notification.Event
		if err := json.Unmarshal(first, &read); err != nil {
			t.Fatal(err)
		}
		if second, err := json.Marshal(read); err != nil || string(second) != string(first) {
			t.Errorf("%v\n%s\n%s", err, first, second)
		}
		for _, m := range notification.MessagesOf([]notification.Event{form, form}, notification.Info) {
			if len(m.Subject) >= 100 || strings.ContainsFunc(m.Subject, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("subject %q", m.Subject)
			}
			if chat := notification.ForChat(m.Text); strings.ContainsAny(chat, "<>[]@`") {
				t.Errorf("chat %q", chat)
			}
		}
	})
}
