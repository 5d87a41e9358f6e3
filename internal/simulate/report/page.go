package report

// page is the template of the page; view is what it shows.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{.Policy}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Shardkeeper: {{.Name}}</title>
<style>{{.Style}}</style>
</head>
<body>
<header>
<h1>{{.Name}}</h1>
<p>What {{if eq (len .Variants) 1}}these settings{{else}}these {{len .Variants}} variants of the settings{{end}} would have done with {{.Traffic.Length}} of traffic,
{{.Traffic.From}} to {{.Traffic.To}} UTC. On average it fills {{.Traffic.Mean}} shards; the highest minute, {{.Traffic.AtPeak}}, fills {{.Traffic.Peak}}.</p>
<p>{{.Spread}}</p>
{{if .Repairs}}<p class="note">The trace was put right while it was read:{{range .Repairs}} {{.}}.{{end}}</p>{{end}}
</header>
<main>
<section aria-labelledby="cost">
<h2 id="cost">Cost a month</h2>
<div class="wide">{{.Costs}}</div>
<p class="note">The first part of a bar is for shards, the fainter one for writes and alarms; on-demand for the stream and the gigabytes. It holds if every hour is as those of the trace; a month has 730 hours. Reads are left out,
and so are a variant's payload units of what was refused: nobody is billed for them. Prices of {{.PriceAs}}: a shard-hour {{.Prices.ShardHour}}, a million PUT payload units {{.Prices.PutUnits}}, an alarm's metric {{.Prices.AlarmMonth}} a month;
on-demand a stream-hour {{.Prices.OnDemandHour}}, a gigabyte written {{.Prices.OnDemandGigabyte}}.</p>
</section>
<section aria-labelledby="variants">
<h2 id="variants">Side by side</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">variant</th><th scope="col" class="n">cost a month</th><th scope="col" class="n">shard-hours</th><th scope="col" class="n">over the optimum</th>
<th scope="col" class="n">throttled</th><th scope="col" class="n">minutes</th><th scope="col" class="n">up</th><th scope="col" class="n">down</th><th scope="col" class="n">open shards</th><th scope="col">held</th></tr></thead>
<tbody>{{range .Variants}}
<tr><th scope="row"><a href="#{{.ID}}-heading">{{.Name}}</a></th><td class="n">{{.Cost}}</td><td class="n">{{.ShardHours}}</td><td class="n">{{if .Ratio}}{{.Ratio}} ×{{end}}</td>
<td class="n">{{.Throttled}}</td><td class="n">{{.Minutes}}</td><td class="n">{{.Ups}}</td><td class="n">{{.Downs}}</td><td class="n">{{.Lowest}} to {{.Highest}}</td>
<td class="holds">{{range $i, $h := .Holds}}{{if $i}}, {{end}}{{$h.What}} {{$h.Times}}{{else}}never{{end}}</td></tr>{{end}}
</tbody></table></div>
<p class="note">Throttled is the share of the traffic that was refused; minutes are those with more than 1 % refused. {{with .NoOptimum}}The optimum is not known, since {{.}}.{{else}}The optimum is the fewest
shard-hours for one who knows the future, where no minute refuses more than 0.01 %.{{end}}</p>
</section>
{{range .Variants}}
<section aria-labelledby="{{.ID}}-heading">
<h2 id="{{.ID}}-heading">{{.Name}}</h2>
<p>{{.Cost}} a month: shards {{.Shards}}, writes {{.Writes}}, alarms {{.Alarms}}. It starts with {{.Start}}, has {{.Scaled}}, and throttles {{.Throttled}} of the traffic.</p>
<p class="note">Tags: <code>{{.Tags}}</code></p>
{{with .NotTaken}}<p class="fault">Decided, and not taken by the service: {{.}}.</p>{{end}}
{{range .Faults}}<p class="fault">{{.}}</p>{{end}}
<div class="wide">{{.Chart}}</div>
<details><summary>{{.Decisions}}</summary>
{{if .Left}}<p class="note">{{.Left}} of them have no room here; <code>--output json</code> has all.</p>{{end}}
<div class="scroll"><table class="decisions">
<thead><tr><th scope="col">time (UTC)</th><th scope="col">decision</th><th scope="col" class="n">open shards</th><th scope="col" class="n">utilization</th><th scope="col">reasons</th></tr></thead>
<tbody>{{range .Rows}}
<tr{{if .Operation}} class="operation"{{end}}><td>{{.At}}{{if .Until}} to {{.Until}}{{end}}</td><td>{{.What}}{{if gt .Times 1}} × {{.Times}}{{end}}</td><td class="n">{{.Shards}}</td><td class="n">{{.Used}}</td><td>{{range $i, $r := .Reasons}}{{if $i}}; {{end}}<b>{{$r.Code}}</b>{{if $r.Detail}} {{$r.Detail}}{{end}}{{end}}</td></tr>{{end}}
</tbody></table></div>
</details>
</section>
{{end}}
</main>
<footer><p>Made by <code>shardkeeper simulate</code>. The scaler, enroller and reconciler are the real ones; Kinesis and CloudWatch around them are a model, in which a
resharding takes a minute, and one more for each 30 shards of difference, metrics are seen a minute late, and {{.Resend}}.</p></footer>
</body>
</html>
`
