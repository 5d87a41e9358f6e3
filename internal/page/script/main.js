// One view for all runs of the page: a range of time and the kinds of decisions that are shown.

function legend(data) {
  const entry = (className, words) => element("span", {}, element("i", { class: className }), words);
  const step = data.step > minute ? `, highest minute of ${data.step / minute}` : "";
  return element("p", { class: "legend" }, entry("high", "traffic: shards that it fills" + step), entry("low", "its lowest, where minutes share a point"), entry("open", "open shards"), entry("refused", "refused"));
}

function showRun(data, run, number, view) {
  const labels = Object.fromEntries(data.kinds.map((k) => [k.kind, k.label]));
  const section = document.getElementById("run-" + number);
  const picture = shape("svg", { class: "chart", role: "img", "aria-label": `Traffic, open shards and refusals of ${run.name} over time. ${section.querySelector("p").textContent}` });
  const layer = element("div", {});
  const tip = tooltip(`run-${number}-tip`);
  const reader = readout(run.name);
  const plot = element("div", { class: "plot" }, picture, layer, tip.box);
  const days = calendar(data, run, view.open);
  const table = decisionTable(run, labels);
  section.querySelector(".time").replaceChildren(legend(data), plot, reader.box, ...(days ? [days.box] : []), table.box);

  const choose = (decisions) => {
    if (view.range.day === undefined && days) view.open(startOfDay(decisions[0].at));
    else table.find(decisions[0]);
  };
  let shown = [];
  const draw = () => {
    tip.hide();
    const drawn = drawChart(picture, data, run, view.range, Math.max(plot.clientWidth, 240));
    const hint = view.range.day === undefined && days ? "Enter or a click opens the day." : "Enter or a click finds it in the table.";
    drawMarks(layer, tip, drawn, shown, labels, hint, choose);
    reader.follow(drawn);
  };
  view.told.push(() => {
    shown = run.decisions.filter((d) => view.kinds.has(d.kind) && d.at < view.range.until && d.until >= view.range.from);
    table.show(shown);
    days?.mark(view.range);
    draw();
  });
  plot.addEventListener("pointermove", (event) => reader.point(event.clientX - plot.getBoundingClientRect().left));
  let width = 0;
  new ResizeObserver(() => {
    if (width !== 0 && width !== plot.clientWidth) draw();
    width = plot.clientWidth;
  }).observe(plot);
}

async function start() {
  const data = await read();
  if (data.count === 0) return;
  const whole = { from: data.start, until: data.end };
  const view = { range: whole, kinds: new Set(data.kinds.filter((k) => k.shown).map((k) => k.kind)), told: [] };
  const changed = () => view.told.forEach((tell) => tell());
  view.open = (at) => {
    view.range = at === undefined ? whole : { from: Math.max(at, data.start), until: Math.min(at + day, data.end), day: at };
    changed();
    // The chart nearest above the day that was chosen comes into sight.
    const from = document.activeElement?.closest(".run")?.querySelector(".plot");
    from?.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  tools(data, view, changed);
  data.runs.forEach((run, i) => showRun(data, run, i + 1, view));
  changed();
  document.documentElement.dataset.drawn = "yes";
}

start();
