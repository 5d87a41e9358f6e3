// The page in headless Chromium: at each width, in light and dark, printed, by keyboard.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { barriers, launch, root } from "./browser.mjs";

const folder = join(root, "build", "pages");
const hostile = "<img src=x onerror=alert(1)>";
const names = ["1", "orders", "215", hostile];
const file = (name) => join(folder, name + ".html");

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// opened opens a page for the time of a test, and wants it to complain of nothing.
async function opened(t, name, options) {
  const page = await browser.open(file(name), options);
  t.after(async () => {
    await page.close();
    assert.deepEqual(page.complaints, []);
  });
  return page;
}

// cutOff returns what reaches beyond the page's right or left edge.
const cutOff = (page) => page.evaluate(() => [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".unseen, thead, [hidden]"))
  .filter((e) => { const box = e.getBoundingClientRect(); return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1); })
  .map((e) => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.slice(0, 40)));

// openAll opens a day and the tables, and ticks every kind of decision.
async function openAll(page) {
  for (const tick of await page.locator("#tools input:not(:checked)").all()) await tick.check();
  const day = page.locator(".run .day").nth(1);
  if (await day.count() > 0) await day.click();
  for (const summary of await page.locator("summary").all()) await summary.click();
  await page.locator(".mark").first().focus();
}

for (const name of names) {
  test(`${name}: the file is small, and is drawn soon`, async (t) => {
    assert.ok(statSync(file(name)).size <= 1.5e6);
    const page = await opened(t, name);
    assert.ok(page.drawnAfter < 5000, `after ${Math.round(page.drawnAfter)} ms`);
  });

  for (const width of [390, 768, 1440]) {
    test(`${name} at ${width}: nothing is cut off, no barrier, in light and dark, closed and opened`, async (t) => {
      for (const scheme of ["light", "dark"]) {
        const page = await opened(t, name, { width, scheme });
        assert.deepEqual(await barriers(page), [], `${scheme}, closed`);
        assert.deepEqual(await cutOff(page), [], `${scheme}, closed`);
        await openAll(page);
        assert.deepEqual(await barriers(page), [], `${scheme}, opened`);
        assert.deepEqual(await cutOff(page), [], `${scheme}, opened`);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
      }
    });
  }
}

test("the verdict is the first thing, and names a row of the table", async (t) => {
  const page = await opened(t, "orders", { width: 390 });
  const box = await page.locator(".verdict .sentence").boundingBox();
  assert.ok(box.y + box.height < 400, "it is within the first screen");
  assert.match(await page.locator(".verdict .sentence").textContent(), /^(Autoscale with|Keep|Use) .* a month, /);
  assert.equal(await page.locator(".ways .tag").count(), 1);
});

test("a day is opened, changed and closed by keyboard alone", async (t) => {
  const page = await opened(t, "orders");
  const shown = () => page.locator("#tools output").textContent();
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  assert.equal(await shown(), "14 days");
  await page.evaluate(() => document.body.focus());
  for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement.matches(".day"))); i++) await press("Tab");
  await press("ArrowRight", "ArrowDown", "Enter");
  assert.equal(await shown(), "Tue 10 Nov 2026");
  assert.equal(await page.locator("#run-1 .day[aria-pressed=true]").count(), 1);
  await page.locator("#tools button", { hasText: "›" }).focus();
  await press("Enter");
  assert.equal(await shown(), "Wed 11 Nov 2026");
  await press("Tab", "Enter");
  assert.equal(await shown(), "14 days");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Whole time", "the focus stays");
});

test("a mark says its reason on focus and on hover, and goes on Escape", async (t) => {
  const page = await opened(t, "orders");
  const tip = page.locator("#run-2 .tip");
  assert.equal(await tip.isVisible(), false);
  const mark = page.locator("#run-2 .mark").first();
  await mark.focus();
  assert.match(await tip.textContent(), /scaled (up|down).*(utilization_measured|sized_to_)/);
  assert.equal(await mark.getAttribute("aria-describedby"), "run-2-tip");
  const first = await tip.textContent();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await tip.textContent(), first, "the arrow key goes to the next mark");
  await page.keyboard.press("Escape");
  assert.equal(await tip.isVisible(), false);
  await mark.hover();
  assert.equal(await tip.textContent(), first);
});

test("a mark leads to its day, and there to its row of the table", async (t) => {
  const page = await opened(t, "orders");
  await page.locator("#run-2 .mark").nth(2).focus();
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#tools output").textContent(), /^\w{3} \d+ Nov 2026$/);
  const mark = page.locator("#run-2 .mark").first();
  const label = await mark.getAttribute("aria-label");
  await mark.focus();
  await page.keyboard.press("Enter");
  const row = await page.evaluate(() => document.activeElement.textContent);
  const [first] = label.match(/\w{3} \d+ \w{3} \d\d:\d\d/); // a mark may be of several decisions
  assert.ok(row.includes(first), `${label} leads to ${row}`);
});

test("decisions are filtered by kind, in the marks as in the table", async (t) => {
  const page = await opened(t, "orders");
  const rows = () => page.locator("#run-1 tbody tr").evaluateAll((all) => [...new Set(all.map((r) => r.className))].sort());
  await page.locator("#run-1 summary").click();
  assert.deepEqual(await rows(), ["down", "up"]);
  await page.getByRole("checkbox", { name: /scaled down/ }).uncheck();
  assert.deepEqual(await rows(), ["up"]);
  assert.equal(await page.locator("#run-1 .mark .icon.down").count(), 0);
  assert.ok(await page.locator("#run-1 .mark").count() > 0);
  await page.getByRole("checkbox", { name: /held/ }).check();
  assert.deepEqual(await rows(), ["held", "up"]);
  await page.getByRole("checkbox", { name: /scaled up/ }).uncheck();
  await page.getByRole("checkbox", { name: /held/ }).uncheck();
  assert.deepEqual(await rows(), []);
  assert.equal(await page.locator("#run-1 .mark").count(), 0);
});

test("the slider reads the chart, and so does the pointer", async (t) => {
  const page = await opened(t, "orders");
  const slider = page.locator("#run-1 input[type=range]");
  await slider.focus();
  await page.keyboard.press("Home");
  const values = page.locator("#run-1 .values");
  assert.match(await values.textContent(), /^Mon 2 Nov 00:00: traffic fills .* 18 open shards, nothing refused$/);
  assert.equal(await slider.getAttribute("aria-valuetext"), await values.textContent());
  const box = await page.locator("#run-1 .chart").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  assert.match(await values.textContent(), /^Sun 8 Nov|^Mon 9 Nov/);
});

test("the axes are labelled", async (t) => {
  const page = await opened(t, "orders");
  const words = await page.locator("#run-1 .chart text").allTextContents();
  for (const want of ["shards", "time (UTC)", "0", "Tue 3 Nov"]) assert.ok(words.includes(want), `${want} is not among ${words}`);
  assert.ok(words.some((w) => w.startsWith("refused, share of a minute's traffic")));
});

test("215 days are a calendar of small days, any of which can be opened", async (t) => {
  const page = await opened(t, "215", { width: 390 });
  assert.equal(await page.locator("#run-1 .day").count(), 215);
  assert.equal(await page.locator("#run-1 .block").count(), 8, "months");
  const began = Date.now();
  await page.locator("#run-2 .day").nth(200).click();
  assert.equal(await page.locator("#tools output").textContent(), "Fri 21 May 2027");
  assert.ok(Date.now() - began < 3000);
  assert.ok(await page.locator("#run-2 .mark").count() > 0);
});

test("hostile names are text", async (t) => {
  const page = await opened(t, hostile);
  assert.equal(await page.locator("h1").textContent(), hostile);
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.locator("script").count(), 1);
  assert.ok((await page.locator("h2").allTextContents()).includes("<script>alert(1)</script>\"'&"));
});

test("the page prints, in light, with verdict, costs and charts, and without its tools", async (t) => {
  const page = await opened(t, "orders", { scheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const [selector, seen] of [[".verdict", true], [".ways", true], ["#run-1 .chart", true], ["#tools", false], ["#run-1 .readout", false]]) {
    assert.equal(await page.locator(selector).isVisible(), seen, selector);
  }
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  const pdf = await page.pdf({ format: "A4" });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 2 && pages <= 8, `${pages} pages of paper`);
});

test("a stroke of the width redraws the chart", async (t) => {
  const page = await opened(t, "orders");
  await page.setViewportSize({ width: 390, height: 800 });
  await page.waitForFunction(() => document.querySelector("#run-1 .chart").viewBox.baseVal.width < 400);
  assert.deepEqual(await cutOff(page), []);
});
