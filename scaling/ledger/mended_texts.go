package ledger

import (
	"fmt"
	"slices"
)

// texts cuts what somebody has written into our own texts that is longer than we write: an item with no room left could not be
// written any more. Settings, tags and overrides are not among them: they are computed anew, or people's own.
func (m *mending) texts(s *Item) {
	m.cut("status_reason", &s.StatusReason)
	m.cut("settings_fault", &s.SettingsFault)
	m.cut("lease_owner", &s.LeaseOwner)
	m.cut("set_back_by", &s.Opposed.By)
	m.cut("consumer", &s.Consumer.Function)
	s.InFlight = m.entry("in_flight", s.InFlight)
	s.Draining = m.entry("draining", s.Draining)
}

// entry cuts the texts of an operation; nil stays nil.
func (m *mending) entry(name string, op *Entry) *Entry {
	if op == nil {
		return nil
	}
	mended := *op
	mended.Reasons = slices.Clone(op.Reasons)
	for _, text := range []*string{&mended.Detail, &mended.Alarm, &mended.Actor} {
		m.cut(name, text)
	}
	for i := range mended.Reasons {
		m.cut(name, &mended.Reasons[i].Detail)
	}
	if len(mended.ID) > longestText { // part of a sort key
		m.cut(name, &mended.ID)
		mended.ID = cut(mended.ID, longestID)
	}
	return &mended
}

// cut cuts a text that is longer than any that we write.
func (m *mending) cut(name string, text *string) {
	if len(*text) <= longestText+len("...") {
		return
	}
	m.told = append(m.told, fmt.Sprintf("%s had a text of %d bytes, which is cut", name, len(*text)))
	*text = short(*text)
}
