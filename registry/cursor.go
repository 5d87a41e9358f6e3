package registry

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// cursor is the place of the last entry of a page: its keys in the table and in the index
// by_day. As text it is base64 of JSON, for people to paste.
type cursor struct {
	PK  string `json:"pk"`
	SK  string `json:"sk"`
	Day string `json:"day,omitempty"`
}

func cursorAt(a attributes) cursor {
	return cursor{PK: a.text(attrPK), SK: a.text(attrSK), Day: a.text(attrDay)}
}

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil { // three strings always marshal
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor reads a cursor for the history of a stream, or of all when stream is empty.
// Blanks around it and padding at its end do no harm.
func parseCursor(text, stream string) (cursor, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(text), "="))
	if err != nil {
		return cursor{}, fmt.Errorf("the cursor is damaged: %w", err)
	}
	var c cursor
	if err := json.Unmarshal(decoded, &c); err != nil {
		return cursor{}, fmt.Errorf("the cursor is damaged: %w", err)
	}
	name, ofStream := strings.CutPrefix(c.PK, streamPrefix)
	known := ofStream && scaling.ValidStreamName(name) || c.PK == fleetKey
	switch {
	case !known || !strings.HasPrefix(c.SK, historyPrefix) || len(c.SK) > maxSortKey:
		return cursor{}, errors.New("the cursor is damaged")
	case stream != "" && c.PK != historyKey(stream):
		return cursor{}, fmt.Errorf("the cursor is of %s, not of stream %s", c.PK, stream)
	case stream == "" && c.day().IsZero():
		return cursor{}, errors.New("the cursor is not one of all streams")
	}
	return c, nil
}

// maxSortKey is the longest sort key, in bytes (DynamoDB developer guide, quotas, read 2026-11).
const maxSortKey = 1024

// day is the date in the cursor's partition of by_day; zero when it has none.
func (c cursor) day() time.Time {
	date, err := time.Parse(dayPrefix+time.DateOnly, c.Day)
	if err != nil {
		return time.Time{}
	}
	return date
}

func (c cursor) startKey(byDay bool) attributes {
	key := attributes{attrPK: textValue(c.PK), attrSK: textValue(c.SK)}
	if byDay {
		key[attrDay] = textValue(c.Day)
	}
	return key
}
