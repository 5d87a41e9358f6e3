package registry

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// seed adds the golden item and a few broken ones.
func seed(f *testing.F, file string) {
	f.Helper()
	golden, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	for _, text := range []string{
		`{}`,
		`{"pk": {"S": "STREAM#orders"}, "sk": {"S": "AT#0000-01-01T00:00:00.000Z#x"}}`,
		`{"pk": {"N": "1"}, "sk": {"S": "AT#"}, "at": {"N": "-62135596800.0004"}, "utilization": {"N": "NaN"}, "duration_seconds": {"N": "-1e99"}}`,
		`{"operations": {"L": [{"M": {"at": {"N": "0x1p3"}}}, {"NULL": true}]}, "settings": {"M": {"mode": {"S": " "}}}, "overrides": {"M": {"a": {"M": {}}}}}`,
		`{"in_flight": {"M": {"at": {"S": "now"}}}}`,
		`{"timed": {"L": [{"M": {"until": {"S": "9999-12-31T23:59:59Z"}, "settings": {"S": "x"}}}, {"N": "1"}]}, "untimed_settings": {"M": {"mode": {"S": "x"}}}}`,
		`{"in_flight": {"M": {"reasons": {"L": [{"M": {}}, {"L": []}]}}}, "fence": {"N": "-9223372036854775808"}, "due_at": {"N": "0"}}`,
		`{"settings": {"M": {"mode": {"S": "enabled"}, "policy": {"S": "double-halve"}, "min-shards": {"S": "1"}, "max-shards": {"S": "2"}, "scale-up-threshold": {"S": "+Inf"}}}}`,
	} {
		f.Add([]byte(text))
	}
}

// decodedTwice reports whether what was read of an item is read again after it was written:
// no write makes an odd item worse.
func decodedTwice[T any](t *testing.T, text []byte, decode func(attributes) T, encode func(T) attributes) {
	t.Helper()
	item, err := attributevalue.UnmarshalMapJSON(text)
	if err != nil {
		t.Skip("no item")
	}
	first := decode(item)
	if diff := cmp.Diff(first, decode(encode(first))); diff != "" {
		t.Errorf("read, and read again after a write (-first +second):\n%s", diff)
	}
}

func FuzzDecodeStream(f *testing.F) {
	seed(f, "testdata/stream.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		decode := func(a attributes) ledger.Item {
			s := decodeStream("orders", a)
			s.Overrides, s.Timed, s.Unread = nil, nil, nil // read, never written
			return s
		}
		decodedTwice(t, text, decode, encodeStream)
	})
}

func FuzzDecodeEntry(f *testing.F) {
	seed(f, "testdata/history.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		encode := func(e ledger.Entry) attributes { return encodeHistory(e, DefaultRetention) }
		decodedTwice(t, text, func(a attributes) ledger.Entry { return decodeHistory(a) }, encode)
	})
}

// What is in the outbox is read as tolerantly, and its id is its key's.
func FuzzDecodeEvent(f *testing.F) {
	seed(f, "testdata/history.json")
	f.Add([]byte(`{"sk": {"S": "orders/op-7"}, "event": {"S": "operation_completed"}, "stream": {"S": "orders"}, "arn": {"S": "arn:x"}, "at": {"N": "1795435200.5"}, "sent": {"S": "none"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		decode := func(a attributes) ledger.Event {
			event := decodeEvent(a)
			event.ID, event.Sent = "", "" // of the key, and of another write
			return event
		}
		decodedTwice(t, text, decode, encodeEvent)
	})
}

func FuzzDecodeFleet(f *testing.F) {
	seed(f, "testdata/fleet.json")
	f.Fuzz(func(t *testing.T, text []byte) { decodedTwice(t, text, decodeFleet, encodeFleet) })
}

func FuzzDecodeLease(f *testing.F) {
	seed(f, "testdata/fleet.json")
	f.Add([]byte(`{"owner": {"S": "reconciler/1"}, "until": {"N": "1795435200.5"}, "revision": {"N": "7"}}`))
	f.Fuzz(func(t *testing.T, text []byte) { decodedTwice(t, text, decodeLease, encodeLease) })
}

// FuzzCursor wants any cursor that is taken to be one that DynamoDB would take, and to be
// written as it was read.
func FuzzCursor(f *testing.F) {
	for _, c := range []cursor{
		cursorAt(encodeHistory(fullEntry(), DefaultRetention)),
		{PK: "STREAM#orders", SK: "AT#", Day: "DAY#2026-13-45"},
		{PK: "FLEET", SK: "FLEET"},
	} {
		f.Add(c.String(), "orders")
		f.Add(c.String(), "")
	}
	f.Add("bnVsbA==", "")
	f.Fuzz(func(t *testing.T, text, stream string) {
		c, err := parseCursor(text, stream)
		if err != nil {
			return
		}
		if len(c.SK) > 1024 || stream == "" && c.Day != "DAY#"+c.day().Format("2006-01-02") {
			t.Errorf("%+v was taken", c)
		}
		if again, err := parseCursor(c.String(), stream); err != nil || again != c {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}
