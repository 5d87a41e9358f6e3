// Package scaling decides: how many open shards a stream should have, and why.
//
// Data flows one way: event, observation, decision, claim, act, record. This package has the middle of it: [Decide] makes
// a [Decision] of [Settings], an [Observation] and the [Operations] of a day. It takes values and returns values, and
// knows no clock, context or service. Before and after it come, in packages below this folder:
//
//   - scaler, enroller and reconciler, the use cases: each takes an event, observes, has it decided, and acts
//   - ledger: the item that the registry keeps of a stream, the claim, and the entries that record what was done
//
// What it decides with is in planner, resize and schedule, which import nothing of this package.
package scaling
