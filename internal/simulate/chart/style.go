package chart

// rules returns the rules of style that a figure needs, for light and dark.
func rules() string {
	return `.chart{--ink:#1c2733;--quiet:#5b6875;--paper:#fff;--line:#dde3e9;--high:#b1c8e8;--low:#8fadd4;--open:#17407e;--refused:#c4261d;--bar:#3a6fb5;--other:#aab6c3;` +
		`font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;display:block;width:100%;height:auto}` +
		`@media (prefers-color-scheme:dark){.chart{--ink:#e6ebf0;--quiet:#9eabb8;--paper:#12181f;--line:#2b3540;--high:#2c425e;--low:#44678f;--open:#a9cbff;--refused:#ff7b70;--bar:#6ea3e8;--other:#5a6775}}` +
		`.chart .paper{fill:var(--paper)}.chart .grid{stroke:var(--line);fill:none}.chart .high{fill:var(--high)}.chart .low{fill:var(--low)}` +
		`.chart .open{stroke:var(--open);stroke-width:1.8;fill:none}.chart .refused{fill:var(--refused)}` +
		`.chart text{fill:var(--quiet);font-size:12px}.chart .end{text-anchor:end}.chart .label{fill:var(--ink);font-size:14px}` +
		`.chart .heading{fill:var(--ink);font-size:16px;font-weight:600}.chart .bar{fill:var(--bar)}.chart .bar.other{fill:var(--other)}.chart .rest{opacity:.45}`
}
