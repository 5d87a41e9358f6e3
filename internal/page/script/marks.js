// Marks of decisions on the line of open shards. They are buttons: they can be focused, and say
// what was decided and why. Marks that would cover each other are one, with their number.

const markSize = 24; // pixels; the least that a finger hits

function clusters(decisions, middleOf) {
  const all = [];
  for (const decision of decisions) {
    const x = middleOf(decision);
    const last = all.at(-1);
    if (last && x - last.x < markSize) last.decisions.push(decision);
    else all.push({ x, decisions: [decision] });
  }
  return all;
}

function decisionText(labels, d) {
  const when = d.until > d.at ? span(d.at, d.until) : moment(d.at);
  return `${when}, ${labels[d.kind]}${d.times > 1 ? " " + d.times + " times" : ""}, ${shardsOf(d)}`;
}

function reasonText(d) {
  return d.why.map(([code, detail]) => (detail ? `${code} (${detail})` : code)).join("; ");
}

function clusterText(labels, decisions) {
  const counts = Object.entries(grouped(decisions));
  return `${counted(decisions.length, "decision")}, ${span(decisions[0].at, decisions.at(-1).until)}: ` + counts.map(([kind, some]) => `${some.length} ${labels[kind]}`).join(", ");
}

function grouped(decisions) {
  const groups = {};
  for (const d of decisions) (groups[d.kind] ??= []).push(d);
  return groups;
}

// drawMarks puts the marks over the chart. choose is called with the decisions of one that is clicked;
// hint says what that does.
function drawMarks(layer, tip, drawn, decisions, labels, hint, choose) {
  const buttons = clusters(decisions, drawn.middleOf).map((cluster) => {
    const several = cluster.decisions.length > 1;
    const [one] = cluster.decisions;
    const label = several ? clusterText(labels, cluster.decisions) : decisionText(labels, one);
    const button = element("button", { type: "button", class: "mark" + (several ? " several" : ""), tabindex: "-1", "aria-label": label }, several ? String(cluster.decisions.length) : icon(one.kind));
    const shards = Math.max(...cluster.decisions.map((d) => (several ? Math.max(d.from, d.to) : (d.from + d.to) / 2)));
    button.style.left = cluster.x + "px";
    button.style.top = Math.max(drawn.y(shards), drawn.plot.top - 8) + "px";
    const show = () => tip.show(button, label, cluster.decisions, labels, hint);
    button.addEventListener("mouseenter", show);
    button.addEventListener("focus", show);
    button.addEventListener("mouseleave", tip.leave);
    button.addEventListener("blur", tip.hide);
    button.addEventListener("click", () => choose(cluster.decisions));
    return button;
  });
  if (buttons.length > 0) buttons[0].tabIndex = 0;
  const group = element("div", { class: "marks", role: "toolbar", "aria-label": "Decisions on the curve; arrow keys go from one to the next" }, ...buttons);
  roving(group, buttons, { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 });
  layer.replaceChildren(...(buttons.length > 0 ? [group] : []));
}

// tooltip shows the reasons of a mark. It stays while the pointer is on it, and goes on Escape.
function tooltip(id) {
  const box = element("div", { class: "tip", role: "tooltip", id, hidden: true });
  let mark, timer;
  const hide = () => {
    clearTimeout(timer);
    box.hidden = true;
    mark?.removeAttribute("aria-describedby");
  };
  const leave = () => { timer = setTimeout(() => { if (mark !== document.activeElement) hide(); }, 250); };
  box.addEventListener("mouseenter", () => clearTimeout(timer));
  box.addEventListener("mouseleave", leave);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  const show = (button, label, decisions, labels, hint) => {
    hide();
    mark = button;
    // Of several each has its reasons without their figures, so that the tip covers less of the chart.
    const several = decisions.length > 1;
    const most = several ? 4 : 1;
    const lines = decisions.slice(0, most).flatMap((d) => [
      ...(several ? [element("p", { class: "what" }, icon(d.kind), decisionText(labels, d))] : []),
      ...(d.who ? [element("p", {}, "asked by " + d.who)] : []),
      ...(d.used && !several ? [element("p", {}, "utilization " + percent(d.used))] : []),
      element("p", { class: "why" }, (several ? d.why.map(([code]) => code).join("; ") : reasonText(d)) || "no reason is recorded"),
    ]);
    const rest = decisions.length - most;
    box.replaceChildren(element("p", { class: "what" }, ...(several ? [] : [icon(decisions[0].kind)]), label), ...lines,
      element("p", { class: "hint" }, (rest > 0 ? `And ${rest} more. ` : "") + hint));
    box.hidden = false;
    const room = box.parentElement.clientWidth;
    const at = parseFloat(button.style.left);
    const left = Math.min(Math.max(at - box.offsetWidth / 2, 0), room - box.offsetWidth);
    const below = parseFloat(button.style.top) + markSize / 2 + 6;
    const above = parseFloat(button.style.top) - markSize / 2 - 6 - box.offsetHeight;
    box.style.left = left + "px";
    box.style.top = (above > -40 ? above : below) + "px";
    button.setAttribute("aria-describedby", id);
  };
  return { box, show, hide, leave };
}
