// Package registry keeps Shardkeeper's table in DynamoDB: one item for each stream, its history,
// and items for all streams together. It serializes every operation on a stream.
//
// What proves what:
//
//   - Save is conditional on the revision that the caller read. Two writers who read the same
//     revision cannot both write; the second gets ErrConflict and loads again.
//   - Claim is one transaction of two writes and a check: the stream's item, under the conditions that
//     claimCondition lists, and the history entry of the intended operation. Either both are
//     there or none. fence = seen makes one of any number of racing claims win. The other
//     conditions look at the item itself, so that an edit by hand, which does not raise the
//     revision, is obeyed too.
//   - What is written together with entries is one transaction as well: no state without its
//     history, no history without its state.
//   - A pause of all resharding is checked in the claim's own transaction: no claim is granted after Pause has
//     returned.
//   - The item of a stream is never deleted here. It holds the fence, which only rises.
//   - Overrides belong to people. Save only makes the empty map where there is none, and SaveOverrides
//     writes only over what it has read, so an edit in the console survives any write that runs beside it.
//   - Load reads consistently. Due and History read indexes, which follow within moments; the
//     claim does not rest on them.
//
// Kinesis checks no fences. Between the claim and UpdateShardCount the stream is protected by
// its status and by the service's refusal of a second call while it is UPDATING.
//
// DynamoDB deletes expired history within days, not at once, so History leaves out what has
// expired. A lease is compared with the clock for the same reason, never left to expiry.
//
// Times are kept to the millisecond. What Save and Claim return is what Load would read.
package registry
