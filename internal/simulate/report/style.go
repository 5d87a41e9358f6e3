package report

// rules are the rules of the page, but for those of its charts.
const rules = `:root{color-scheme:light dark;--ink:#1c2733;--quiet:#5b6875;--paper:#fff;--line:#dde3e9;--tint:#f3f6f9;--link:#17407e;--refused:#b3211a}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--quiet:#9eabb8;--paper:#12181f;--line:#2b3540;--tint:#1a222b;--link:#a9cbff;--refused:#ff7b70}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:2rem 1.25rem 3rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.4rem 0 .6rem;padding-top:1.2rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:48rem}
.note,footer{color:var(--quiet);font-size:.875rem}
.fault{color:var(--refused)}
a{color:var(--link)}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.scroll,.wide{overflow-x:auto;margin:.8rem 0}
.wide .chart{min-width:40rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .7rem .4rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{color:var(--quiet);font-weight:500;vertical-align:bottom}
tbody th{font-weight:600;white-space:nowrap}
th.n,td.n{text-align:right;white-space:nowrap}
thead th.n{white-space:normal}
.holds{min-width:16rem;color:var(--quiet)}
details{margin:.8rem 0}
summary{cursor:pointer;color:var(--link)}
.decisions{font-size:.8125rem}
.decisions td:first-child,.decisions td:nth-child(2){white-space:nowrap}
.decisions b{font-weight:500}
.decisions tr{color:var(--quiet)}
.decisions .operation{color:var(--ink);background:var(--tint)}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem}
@media print{body{max-width:none}details{display:none}}
`
