// The readout: what the chart shows at one time. A slider moves it, with the keys as with a pointer;
// the pointer over the chart moves the slider.

function readout(name) {
  const hint = "Move over the chart, or this slider, to read values.";
  const words = element("span", { class: "values" }, hint);
  const slider = element("input", { type: "range", min: "0", max: "0", value: "0", step: "1", "aria-label": "Time at which to read the chart of " + name });
  let drawn, at;

  const show = () => {
    const i = Number(slider.value);
    const c = drawn.all[i];
    if (!c) return;
    at = (c.from + c.until) / 2;
    const open = c.least === c.most ? counted(c.most, "open shard") : `${c.least} to ${counted(c.most, "open shard")}`;
    const traffic = c.low === c.high ? amount(c.high) : `${amount(c.low)} to ${amount(c.high)}`;
    words.textContent = `${moment(c.from)}: traffic fills ${traffic}, ${open}, ${refusal(c.refused)}`;
    slider.setAttribute("aria-valuetext", words.textContent);
    const x = drawn.x(i + 0.5).toFixed(1);
    drawn.cursor.setAttribute("d", `M${x} ${drawn.plot.top}V${drawn.strip.bottom}`);
  };
  slider.addEventListener("input", show);

  // follow is called after each drawing. A time that is still shown stays.
  const follow = (now) => {
    drawn = now;
    const last = Math.max(now.all.length - 1, 0);
    slider.max = String(last);
    const kept = at === undefined ? -1 : now.all.findIndex((c) => c.from <= at && at < c.until);
    slider.value = String(kept < 0 ? Math.round(last / 2) : kept);
    slider.style.marginLeft = now.plot.left - 8 + "px";
    slider.style.width = now.plot.right - now.plot.left + 16 + "px";
    if (kept >= 0) {
      show();
      return;
    }
    at = undefined;
    words.textContent = hint;
    slider.setAttribute("aria-valuetext", now.all.length > 0 ? moment(now.all[Number(slider.value)].from) : "no time");
  };
  const point = (x) => {
    if (!drawn || drawn.all.length === 0) return;
    const share = (x - drawn.plot.left) / (drawn.plot.right - drawn.plot.left);
    slider.value = String(Math.floor(share * drawn.all.length));
    show();
  };
  return { box: element("div", { class: "readout" }, slider, words), follow, point };
}
