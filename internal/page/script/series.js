// The data: a value for each step of time, and what a column of a drawing has to show of them.

async function read() {
  const text = document.getElementById("data").textContent;
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  data.step *= minute;
  data.end = data.start + data.count * data.step;
  for (const run of data.runs) {
    run.open = everyStep(run.open, data.count);
    run.refused = everyStep(run.refused, data.count);
    for (const decision of run.decisions) {
      decision.at = data.start + decision.at * minute;
      decision.until = decision.until === undefined ? decision.at : data.start + decision.until * minute;
      decision.times ??= 1;
    }
  }
  return data;
}

// everyStep gives each step its value. A change is how many steps it comes after the one before, and the
// value from there on.
function everyStep(changes, count) {
  const values = new Float64Array(count);
  let at = 0;
  changes.forEach(([after, value], i) => {
    at += after;
    values.fill(value, at, i + 1 < changes.length ? at + changes[i + 1][0] : count);
  });
  return values;
}

function stepAt(data, at) {
  return Math.min(Math.max(Math.floor((at - data.start) / data.step), 0), data.count - 1);
}

// columns sums up the steps of a range of time, at most so many columns. Extremes are kept: no spike
// is lost.
function columns(data, run, from, until, most) {
  const first = Math.max(Math.floor((from - data.start) / data.step), 0);
  const end = Math.min(Math.ceil((until - data.start) / data.step), data.count);
  const count = Math.max(Math.min(end - first, Math.floor(most)), 0);
  const all = [];
  for (let k = 0; k < count; k++) {
    const i = first + Math.floor((k * (end - first)) / count);
    const next = first + Math.floor(((k + 1) * (end - first)) / count);
    const c = {
      from: data.start + i * data.step, until: data.start + next * data.step,
      high: 0, low: Infinity, refused: 0, most: 0, least: Infinity, first: run.open[i], last: run.open[next - 1],
    };
    for (let j = i; j < next; j++) {
      c.high = Math.max(c.high, data.traffic[j]);
      c.low = Math.min(c.low, data.traffic[j]);
      c.refused = Math.max(c.refused, run.refused[j]);
      c.most = Math.max(c.most, run.open[j]);
      c.least = Math.min(c.least, run.open[j]);
    }
    all.push(c);
  }
  return all;
}

// highest returns the tops of the scales of a range of time, over all runs: charts can be compared.
function highest(data, from, until) {
  let shards = 1, refused = 0;
  const first = stepAt(data, from), last = stepAt(data, until - 1);
  for (let i = first; i <= last; i++) {
    shards = Math.max(shards, data.traffic[i]);
    for (const run of data.runs) {
      shards = Math.max(shards, run.open[i]);
      refused = Math.max(refused, run.refused[i]);
    }
  }
  return { shards, refused };
}
