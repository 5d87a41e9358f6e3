// The chart: traffic as an area, open shards as a line, refusals as a strip below.

// ceiling returns a round number not below the highest, and the distance of its ticks.
function ceiling(highest) {
  const power = 10 ** Math.floor(Math.log10(highest / 4));
  const step = Math.max([1, 2, 2.5, 5, 10].map((f) => f * power).find((s) => s * 5 >= highest), 0.5);
  return { top: Math.ceil(highest / step - 1e-9) * step, step };
}

// ticks returns times for the axis, at most so many, and how each is written.
function ticks(from, until, most) {
  const length = until - from;
  for (const minutes of [5, 10, 15, 30, 60, 120, 180, 240, 360, 720]) {
    if (length <= most * minutes * minute) return every(minutes * minute, length <= day ? clock : (at) => (at % day === 0 ? date(at) : clock(at)));
  }
  for (const days of [1, 2, 7, 14]) {
    if (length <= most * days * day) return every(days * day, (at) => (days < 7 ? date(at) : date(at).slice(4)));
  }
  return monthly(Math.ceil(length / (30 * day) / most));

  function every(distance, text) {
    const monday = 4 * day; // 5 January 1970; weeks begin on Mondays
    const all = [];
    for (let at = Math.ceil((from - monday) / distance) * distance + monday; at < until; at += distance) all.push({ at, text: text(at) });
    return all;
  }
  // monthly has the first of each month, or of each so many.
  function monthly(distance) {
    const all = [];
    const d = new Date(from);
    const first = Math.ceil((d.getUTCFullYear() * 12 + d.getUTCMonth()) / distance) * distance;
    for (let m = first; Date.UTC(Math.floor(m / 12), m % 12) < until; m += distance) {
      const at = Date.UTC(Math.floor(m / 12), m % 12);
      if (at >= from) all.push({ at, text: months[m % 12].slice(0, 3) + " " + Math.floor(m / 12) });
    }
    return all;
  }
}

// areaPath is the outline of what is below a curve, in columns of one width.
function areaPath(all, value, x, y, bottom) {
  let d = `M${x(0)} ${bottom}`;
  let before;
  all.forEach((c, i) => {
    const at = y(value(c)).toFixed(1);
    if (at !== before) d += `H${x(i).toFixed(1)}V${at}`;
    before = at;
  });
  return d + `H${x(all.length).toFixed(1)}V${bottom}Z`;
}

// linePath is the open shards. A column in which they changed has a line over all that they were.
function linePath(all, x, y) {
  if (all.length === 0) return "";
  const at = (shards) => y(shards).toFixed(1);
  let before = all[0].first;
  let d = `M${x(0).toFixed(1)} ${at(before)}`;
  all.forEach((c, i) => {
    if (c.most === before && c.least === before) return;
    d += `H${x(i).toFixed(1)}V${at(c.most)}V${at(c.least)}V${at(c.last)}`;
    before = c.last;
  });
  return d + `H${x(all.length).toFixed(1)}`;
}

// refusedPath has a bar for each column in which traffic was refused.
function refusedPath(all, x, bottom, height, top) {
  const wide = Math.max(x(1) - x(0), 1.5).toFixed(1);
  let d = "";
  all.forEach((c, i) => {
    if (c.refused > 0) {
      const tall = Math.max((height * c.refused) / top, 2).toFixed(1);
      d += `M${x(i).toFixed(1)} ${bottom}v-${tall}h${wide}v${tall}z`;
    }
  });
  return d;
}

// drawChart draws a range of time into an svg of a width, and returns what lies where.
function drawChart(svg, data, run, range, width) {
  const narrow = width < 600;
  const plot = { left: narrow ? 34 : 46, right: width - (narrow ? 6 : 12), top: 30, bottom: narrow ? 220 : 270 };
  const strip = { top: plot.bottom + 24, bottom: plot.bottom + 54 };
  const height = strip.bottom + 40;
  const most = highest(data, range.from, range.until);
  const { top, step } = ceiling(most.shards);
  const all = columns(data, run, range.from, range.until, plot.right - plot.left);
  const y = (shards) => plot.bottom - ((plot.bottom - plot.top) * shards) / top;
  const x = (i) => plot.left + ((plot.right - plot.left) * i) / Math.max(all.length, 1);
  const within = (at) => Math.min(Math.max(at, range.from), range.until);
  const xAt = (at) => plot.left + ((plot.right - plot.left) * (at - range.from)) / (range.until - range.from);
  const text = (words, place, className) => shape("text", { ...place, class: className }, words);

  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const parts = [text("shards", { x: 0, y: 14 }, "title"), shape("path", { class: "grid", d: `M${plot.left} ${strip.bottom}H${plot.right}` })];
  for (let v = 0; v <= top * 1.001; v += step) {
    parts.push(shape("path", { class: "grid", d: `M${plot.left} ${y(v).toFixed(1)}H${plot.right}` }));
    parts.push(text(amount(v), { x: plot.left - 6, y: y(v) + 4 }, "end"));
  }
  for (const tick of ticks(range.from, range.until, Math.max(Math.floor((plot.right - plot.left) / 86), 2))) {
    const at = xAt(tick.at);
    parts.push(shape("path", { class: "grid", d: `M${at.toFixed(1)} ${plot.top}V${strip.bottom}` }));
    if (at < plot.right - 62) parts.push(text(tick.text, { x: at + 3, y: strip.bottom + 16 }, "tick"));
  }
  parts.push(shape("path", { class: "high", d: areaPath(all, (c) => c.high, x, y, plot.bottom) }));
  if (all.length > 0 && all[0].until - all[0].from > data.step) parts.push(shape("path", { class: "low", d: areaPath(all, (c) => c.low, x, y, plot.bottom) }));
  parts.push(shape("path", { class: "open", d: linePath(all, x, y) }));
  const highestShare = most.refused > 0 ? ", highest " + percent(most.refused) : "";
  parts.push(text("refused, share of a minute's traffic" + highestShare, { x: plot.left, y: strip.top - 8 }, "title"));
  if (most.refused > 0) {
    parts.push(shape("path", { class: "refused", d: refusedPath(all, x, strip.bottom, strip.bottom - strip.top, most.refused) }));
  } else {
    parts.push(text("none", { x: plot.left + 4, y: strip.bottom - 6 }, ""));
  }
  parts.push(text("0", { x: plot.left - 6, y: strip.bottom + 4 }, "end"));
  parts.push(text("time (UTC)", { x: plot.right, y: height - 4 }, "title end"));
  const cursor = shape("path", { class: "cursor", d: "" });
  svg.replaceChildren(...parts, cursor);
  // middleOf is the middle of what is shown of a span: a decision can last beyond the day that is open.
  const middleOf = (span) => xAt((within(span.at) + within(span.until)) / 2);
  return { plot, strip, height, all, x, y, middleOf, cursor };
}
