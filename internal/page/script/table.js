// The table of decisions: those of the range and the kinds that are shown, so many at a time.

const rowsAtOnce = 100;

function decisionTable(run, labels) {
  const who = run.decisions.some((d) => d.who);
  const heads = ["time (UTC)", "decision", "open shards", "utilization", ...(who ? ["asked by"] : []), "reasons"];
  const summary = element("summary", {});
  const body = element("tbody", { role: "rowgroup" });
  const more = element("button", { type: "button", class: "more", hidden: true });
  const table = element("table", { class: "decisions", role: "table" },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads.map((h) => element("th", { scope: "col", role: "columnheader" }, h)))), body);
  const box = element("details", {}, summary, table,
    ...(run.left > 0 ? [element("p", { class: "note" }, counted(run.left, "decision") + " have no room on this page.")] : []), more);
  let shown = [];

  const row = (d) => {
    const cells = [
      d.until > d.at ? span(d.at, d.until) : moment(d.at),
      labels[d.kind] + (d.times > 1 ? " × " + d.times : ""),
      d.from === d.to ? String(d.from) : `${d.from} → ${d.to}`,
      d.used ? percent(d.used) : "",
      ...(who ? [d.who ?? ""] : []),
    ].map((text, i) => element("td", { role: "cell", "data-label": heads[i], class: text ? "" : "empty" }, ...(i === 1 ? [icon(d.kind)] : []), text));
    const why = element("td", { role: "cell", "data-label": "reasons" });
    d.why.forEach(([code, detail], i) => why.append(i > 0 ? "; " : "", element("b", {}, code), detail ? " " + detail : ""));
    return element("tr", { role: "row", class: d.kind, tabindex: "-1" }, ...cells, why);
  };
  const grow = () => {
    const have = body.children.length;
    body.append(...shown.slice(have, have + rowsAtOnce).map(row));
    const rest = shown.length - body.children.length;
    more.hidden = rest === 0;
    more.textContent = `Show ${Math.min(rest, rowsAtOnce)} more of ${rest.toLocaleString("en-US")}`;
  };
  more.addEventListener("click", () => {
    const have = body.children.length;
    grow();
    body.children[have]?.focus();
  });
  const show = (decisions) => {
    shown = decisions;
    summary.textContent = `Decisions in a table: ${decisions.length.toLocaleString("en-US")} shown`;
    body.replaceChildren();
    table.hidden = decisions.length === 0;
    grow();
  };
  // find opens the table and goes to the row of a decision.
  const find = (decision) => {
    box.open = true;
    const at = shown.indexOf(decision);
    while (body.children.length <= at) grow();
    body.children[at]?.focus();
  };
  return { box, show, find };
}
