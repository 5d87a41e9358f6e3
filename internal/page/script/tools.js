// The tools of all charts: which range of time, and which kinds of decisions.

function tools(data, view, changed) {
  const box = document.getElementById("tools");
  const counts = {};
  for (const run of data.runs) for (const d of run.decisions) counts[d.kind] = (counts[d.kind] ?? 0) + d.times;
  const choices = data.kinds.filter(({ kind }) => counts[kind]).map(({ kind, label }) => {
    const tick = element("input", { type: "checkbox", value: kind });
    tick.checked = view.kinds.has(kind);
    tick.addEventListener("change", () => {
      if (tick.checked) view.kinds.add(kind);
      else view.kinds.delete(kind);
      changed();
    });
    return element("label", {}, tick, icon(kind), label, element("small", {}, counts[kind].toLocaleString("en-US")));
  });
  if (choices.length > 0) box.append(element("fieldset", {}, element("legend", {}, "Decisions"), ...choices));

  const days = daysOf(data);
  if (days.length > 1) {
    const where = element("output", {});
    // A button that can do nothing now keeps the focus, so it is not disabled but says so.
    const button = (words, label, to) => {
      const made = element("button", { type: "button", "aria-label": label, onclick: () => { if (made.ariaDisabled !== "true") view.open(to()); } }, words);
      return made;
    };
    const place = () => days.indexOf(view.range.day);
    const before = button("‹", "Day before", () => days[place() - 1]);
    const after = button("›", "Day after", () => days[place() + 1]);
    const whole = button("Whole time", undefined, () => undefined);
    box.append(element("div", { class: "range", role: "group", "aria-label": "Range of time" }, before, where, after, whole));
    view.told.push(() => {
      const at = place();
      before.ariaDisabled = String(at <= 0);
      after.ariaDisabled = String(at === days.length - 1);
      whole.ariaDisabled = String(at < 0);
      where.textContent = at < 0 ? counted(days.length, "day") : date(days[at]) + " " + new Date(days[at]).getUTCFullYear();
    });
  }
  box.hidden = box.children.length === 0;
}
