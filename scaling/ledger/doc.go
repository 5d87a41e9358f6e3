// Package ledger is a stream's item and its life: enrolled, claimed, accepted, settled, refreshed,
// unenrolled; with the entries of its history and the queries for them. It is what a registry keeps:
// the claim and the record, between a decision of package scaling and what is done with it.
//
// Each step takes an item and returns the item after it, with the history entries that belong to the
// step. Nothing here reads a clock or talks to a service: the registry stores what a step returns, in
// one conditional write.
package ledger
