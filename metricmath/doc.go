// Package metricmath computes CloudWatch metric math and evaluates CloudWatch
// alarms: M out of N, missing data, state changes. It works on metrics that the
// caller holds, talks to no service and reads no clock, so that an expression or
// an alarm can be tried on recorded or invented data before it exists. It imports
// only the standard library.
//
// [Compute] returns the series of an expression. [Evaluate] returns the state of
// an alarm at a time, with the reason and the datapoints that decided. An [Alarm]
// follows an alarm from minute to minute: [Alarm.Evaluate] reports a [Transition]
// when the state changes, [Alarm.Put] and [Alarm.Set] do what PutMetricAlarm and
// SetAlarmState do.
//
// # Metric math
//
// Numbers, ids, + - * / ^, unary minus, == != < <= > >=, AND OR (also && ||),
// brackets, arrays such as [m1, m2], and
//
//	MAX MIN SUM AVG          of an array: a series, point by point; of one series: a number
//	DATAPOINT_COUNT          the same, of how many points there are
//	FILL(m1, x)              x a number, REPEAT or LINEAR; for an array also a series
//	IF(condition, x, y)      point by point; y may be left out
//	ABS CEIL FLOOR LOG LOG10 of each point
//	DIFF RATE                against the value before; RATE a second
//	HOUR DAY                 of the start of each period in UTC: 0 to 23, 1 (Monday) to 7
//	METRICS("part of id")    an array of metrics
//	METRIC_COUNT PERIOD TIME_SERIES
//
// A type error, an unknown id, a cycle or a limit of PutMetricAlarm is found by
// [Definition.Validate], before any data are looked at. Where the user guide does
// not show a form (a number in an array, 1e6, IF of numbers only), it is refused,
// so that what works here works there.
//
// Missing points: in an operation between two series a missing point counts as 0
// where the other has one; division by zero, and any result that is not a finite
// number, drops the point; where no series has a point there is none. AVG counts
// missing ones as 0 (of one series: over the whole evaluation range). So
// FILL(m1, 0), and everything joined to it, has a point at every time, and an alarm
// that watches it never misses data.
//
// # Errors
//
// An error about an expression is a [*SyntaxError] with its position, an
// [*UnknownIDError], or a [*NotModelledError] for what CloudWatch has and this
// package does not model: other functions (SEARCH, ANOMALY_DETECTION_BAND,
// DB_PERF_INSIGHTS, STDDEV and so on), queries of Metrics Insights (SELECT),
// percentiles and other statistics of a distribution, periods below a minute. A
// [*QueryError] around it says which query. Find them with [errors.AsType]; there
// may be several, joined.
//
// # Windows
//
// Datapoints are whole periods that end with the minute of the evaluation, and
// slide: with a period of five minutes the newest covers the five minutes before
// now, at every minute. A metric that arrives a minute late is simply not there
// yet: the newest datapoint of one minute is missing, and the newest of five
// minutes is the sum of four. Wall clock windows are not modelled.
//
// An alarm whose evaluation periods are more than a day together is evaluated once
// an hour, with the metrics up to the hour's :00. When to evaluate others is the
// caller's choice; CloudWatch does it every minute. The rules for missing data are
// in missing.go, each with its source.
//
// # Assumptions
//
// What AWS does not document, and what is assumed here instead. If you know of a
// measurement, hold it against this list.
//
//  1. The evaluation range is N + 2 datapoints. The user guide says that CloudWatch
//     asks for more than N; its examples have 5 for N = 3, and two measurements by
//     users agree. [Definition.EvaluationRange] sets another number.
//  2. MAX and MIN of an array skip what is missing.
//  3. An operation between a series and a number is missing where the series is.
//  4. Unary minus binds less strongly than a power, and powers group to the right:
//     -a^b is -(a^b), a^b^c is a^(b^c).
//  5. The first point of DIFF and RATE in the range is missing, and so is each for
//     which the series itself has no point. The difference is to the last point
//     that exists, however long ago.
//  6. FILL with a number fills every period, also of a series without any point.
//     REPEAT leaves the gap before the first point of the range, LINEAR also the
//     one after the last. Both look no further back than the range.
//  7. LOG and LOG10 of 0 and less drop the point.
//  8. METRICS() for which there is no metric is an error.
//  9. A breaching point that is too young for an alarm, such as - - - - X with M = 2
//     or 3, makes the state OK where missing data are "missing". The guide says "not
//     immediately ALARM"; its version of 2020 had INSUFFICIENT_DATA.
//  10. An alarm goes off with fewer than M points (the guide's "premature alarm
//     state") only if no point of the range is within the threshold. The guide's
//     sentence does not say so, its table does: 0 - X - -, M = 2, is OK.
//  11. Missing data are ignored by default if any metric of the alarm is in
//     AWS/DynamoDB, also with metric math. The API reference says that they are
//     always ignored there, the user guide that it can be overridden, as here.
//  12. An alarm over more than a day is evaluated by the first call in the hour,
//     and by the first after Put. A state that was set stays until then.
//  13. DATAPOINT_COUNT of a series without points is 0; of an array it is missing
//     where no series has a point.
//  14. HOUR and DAY have a point at every time, whatever the series has.
//  15. IF with a number as its condition takes the point of the chosen series, and
//     is missing where that is.
//
// # Speed
//
// An alarm remembers datapoints once they are final (see [New]), so that a minute
// costs the new ones and a look at the range, and no allocation. What looks at
// other times (FILL with REPEAT or LINEAR, DIFF, RATE) is remembered too, until a
// point that it was made of leaves the range: a window of 1,440 minutes with it
// takes 0.9 to 1.2 times as long as one without. A number of a whole series, as in
// m1 / MAX(m1), changes all points in every range; that takes 3 to 4 times as long.
// Two weeks of minutes for two alarms over three metrics, 5 periods of 1 minute and
// 60 periods of 5 minutes, with an hourly Put and feeding the data, take about 45 ms
// on one core (2026-11-26, go1.26, linux/amd64, AMD EPYC):
//
//	go test -run '^$' -bench . -benchmem ./metricmath
package metricmath
