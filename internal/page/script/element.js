// Elements. Text goes in as text only, never as HTML.

const svgSpace = "http://www.w3.org/2000/svg";

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgSpace, name), attributes, children);
}

// icon draws the sign of a kind of decision. Kinds differ in shape, not in colour alone.
function icon(kind) {
  const forms = {
    up: "M8 2 14.5 13.5H1.5Z",
    down: "M8 14 1.5 2.5H14.5Z",
    failed: "M3.2 1 8 5.8 12.8 1 15 3.2 10.2 8 15 12.8 12.8 15 8 10.2 3.2 15 1 12.8 5.8 8 1 3.2Z",
    dry: "M8 1.5 14.5 8 8 14.5 1.5 8Z",
    held: "M3 6.2H13V9.8H3Z",
  };
  return shape("svg", { class: "icon " + kind, viewBox: "0 0 16 16", "aria-hidden": "true" }, shape("path", { d: forms[kind] }));
}

// roving makes one tab stop of many buttons; the arrow keys go from one to the next. step says how
// far a key goes.
function roving(group, buttons, step) {
  let current = buttons.findIndex((b) => b.tabIndex === 0);
  group.addEventListener("focusin", (event) => {
    const at = buttons.indexOf(event.target.closest("button"));
    if (at < 0) return;
    if (buttons[current]) buttons[current].tabIndex = -1;
    current = at;
    buttons[at].tabIndex = 0;
  });
  group.addEventListener("keydown", (event) => {
    const last = buttons.length - 1;
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : current + (step[event.key] ?? 0);
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in step || event.key === "Home" || event.key === "End")) return;
    event.preventDefault();
    buttons[Math.min(Math.max(to, 0), last)].focus();
  });
}
