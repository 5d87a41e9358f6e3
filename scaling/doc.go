// Package scaling decides: how many open shards a stream should have, and why.
//
// Everything here takes values and returns values, with the standard library alone. The item that the
// registry keeps of a stream is in package ledger below it; the use cases that observe, claim and act
// are the packages scaler, enroller and reconciler.
package scaling
