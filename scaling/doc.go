// Package scaling decides: how many open shards a stream should have, and why. It also holds
// the registry's item of a stream and the pure steps that change it: claim, accept, settle.
//
// Everything here takes values and returns values, with the standard library alone. The use
// cases that observe, claim and act are the packages scaler, enroller and reconciler below it.
package scaling
