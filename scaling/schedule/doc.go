// Package schedule reads at which times a stream is to have a minimum of shards, and says when that is.
//
// A schedule is one entry or more, with " / " between them:
//
//	mon-fri 08:30 Europe/Berlin 4h min=64 / sat 10:00 UTC 2h min=32
//	2026-12-24 18.00 UTC 6h min=128
//	30 8 1-7 * mon America/New_York 90m min=16
//
// An entry says on which days, at what time, in which zone, for how long, and how many shards. Days are daily, a weekday,
// a range of weekdays, several of these with +, or one date. In place of days and time there may be the five fields of
// cron, whose minute is a number.
//
// All but cron's own characters may stand in a tag of a stream: the API reference names letters, digits, white space and
// _ . / = + - % @ for a value, and other pages of AWS the colon too
// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Tag.html, read 2026-11). Where a colon is refused, a time
// is written with a dot.
//
// A time is what the clock of the zone shows. A time that a change of the clock leaves out begins at that change; one that
// there is twice begins the first time, once. The length is of real time, so that a night with a change of the clock ends
// an hour earlier or later by the clock.
package schedule
