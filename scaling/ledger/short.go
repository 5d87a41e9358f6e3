package ledger

import (
	"strings"
	"unicode/utf8"
)

// DynamoDB takes no item above 400 KB and no sort key above a kilobyte (developer guide, quotas, read 2026-11). What people have
// written is theirs; what is told of it must never be why a stream can be written no more.
const (
	longestText = 2000 // bytes of what is told
	longestID   = 200  // of a part of an entry's id
)

// short is a text that is told, as long as one can be.
func short(text string) string { return cut(text, longestText) }

// cut is a text of so many bytes at most, and the three dots that tell that more was there.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "..."
}

// faultOf tells in one line what cannot be used.
func faultOf(faults []string) string { return short(strings.Join(faults, "; ")) }
