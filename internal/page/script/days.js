// The calendar: each day small, to be opened in the chart. Up to five weeks are one block, more are
// one block a month.

function daysOf(data) {
  const all = [];
  for (let at = startOfDay(data.start); at < data.end; at += day) all.push(at);
  return all;
}

// summed has for each day what its tile says.
function summed(data, run, days) {
  const all = days.map((at) => ({ at, ups: 0, downs: 0, most: 0, least: Infinity, refused: 0 }));
  for (let i = 0; i < data.count; i++) {
    const one = all[Math.floor((data.start + i * data.step - days[0]) / day)];
    one.most = Math.max(one.most, run.open[i]);
    one.least = Math.min(one.least, run.open[i]);
    one.refused = Math.max(one.refused, run.refused[i]);
  }
  for (const d of run.decisions) {
    const one = all[Math.floor((d.at - days[0]) / day)];
    if (one && d.kind === "up") one.ups++;
    if (one && d.kind === "down") one.downs++;
  }
  return all;
}

function tile(data, run, one, top, open) {
  const wide = 48, tall = 22;
  const from = Math.max(one.at, data.start), until = Math.min(one.at + day, data.end);
  const all = columns(data, run, from, until, wide);
  const x0 = (wide * (from - one.at)) / day;
  const x = (i) => x0 + (((wide * (until - from)) / day) * i) / Math.max(all.length, 1);
  const y = (shards) => tall - ((tall - 1) * shards) / top;
  const picture = shape("svg", { viewBox: `0 0 ${wide} ${tall + 4}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    shape("path", { class: "high", d: areaPath(all, (c) => c.high, x, y, tall) }),
    shape("path", { class: "open", d: linePath(all, x, y) }),
    shape("path", { class: "refused", d: all.map((c, i) => (c.refused > 0 ? `M${x(i).toFixed(1)} ${tall}h${(x(1) - x(0)).toFixed(1)}v4H${x(i).toFixed(1)}z` : "")).join("") }));
  const d = new Date(one.at);
  const operations = one.ups + one.downs;
  const label = `${weekdayNames[d.getUTCDay()]} ${d.getUTCDate()} ${months[d.getUTCMonth()]}: ` +
    (one.least === one.most ? counted(one.most, "open shard") : `${one.least} to ${counted(one.most, "open shard")}`) +
    `, ${counted(one.ups, "scale-up")}, ${counted(one.downs, "scale-down")}, ` + (one.refused > 0 ? `up to ${percent(one.refused)} of a minute refused` : "nothing refused");
  return element("button", { type: "button", class: "day", tabindex: "-1", "aria-pressed": "false", title: label, onclick: () => open(one.at) },
    element("span", { class: "unseen" }, label),
    element("span", { class: "date", "aria-hidden": "true" }, String(d.getUTCDate())),
    element("span", { class: "operations", "aria-hidden": "true" }, operations > 0 ? String(operations) : ""), picture);
}

// block puts tiles under the days of the week. Monday is the first.
function block(title, tiles, firstDay) {
  const before = (new Date(firstDay).getUTCDay() + 6) % 7;
  const heads = [1, 2, 3, 4, 5, 6, 0].map((n) => element("span", { class: "weekday", "aria-hidden": "true" }, weekdays[n]));
  const gaps = Array.from({ length: before }, () => element("span", {}));
  return element("div", { class: "block" }, element("h4", {}, title), element("div", { class: "week" }, ...heads, ...gaps, ...tiles));
}

// calendar returns the days of a run; mark marks the one that is open. None for a single day.
function calendar(data, run, open) {
  const days = daysOf(data);
  if (days.length < 2) return undefined;
  const top = highest(data, data.start, data.end).shards;
  const tiles = summed(data, run, days).map((one) => tile(data, run, one, top, open));
  tiles[0].tabIndex = 0;
  const monthOf = (at) => months[new Date(at).getUTCMonth()] + " " + new Date(at).getUTCFullYear();
  const blocks = [];
  if (days.length <= 35) {
    const first = monthOf(days[0]), last = monthOf(days.at(-1));
    blocks.push(block(first === last ? first : first + " to " + last, tiles, days[0]));
  } else {
    for (let i = 0; i < days.length; ) {
      let next = i + 1;
      while (next < days.length && monthOf(days[next]) === monthOf(days[i])) next++;
      blocks.push(block(monthOf(days[i]), tiles.slice(i, next), days[i]));
      i = next;
    }
  }
  const group = element("div", { class: "blocks", role: "group", "aria-label": "Days of " + run.name + "; arrow keys go from one to the next" }, ...blocks);
  roving(group, tiles, { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 });
  const box = element("div", { class: "calendar" + (blocks.length > 1 ? " long" : "") }, element("h3", {}, "Days"), group,
    element("p", { class: "note" }, "Choose a day to open it in the chart. All days have one scale. The number is how many operations the day had; red at its foot is refused traffic."));
  const mark = (range) => tiles.forEach((t, i) => t.setAttribute("aria-pressed", String(range.day === days[i])));
  return { box, mark };
}
