// Starts Chromium, and opens pages in it. What each page complains about is kept.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const installed = createRequire(join(root, ".tools", "pages", "package.json"));

function chromium() {
  const found = [process.env.CHROMIUM, "chromium", "chromium-browser"].filter(Boolean).map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim()).find(Boolean);
  if (!found) throw new Error("Chromium is missing: run tools/install pages, or name it with CHROMIUM=...");
  return found;
}

// launch returns a browser with a profile of its own, which close removes.
export async function launch() {
  const profile = mkdtempSync(join(tmpdir(), "shardkeeper-pages-"));
  const driver = installed("playwright-core").chromium;
  const context = await driver.launchPersistentContext(profile, {
    executablePath: chromium(), headless: true, offline: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  return {
    // open opens a file at a width, in light or dark. complaints has the errors of console and page.
    async open(file, { width = 1440, height = 900, scheme = "light", reducedMotion = "reduce" } = {}) {
      const page = await context.newPage();
      const complaints = [];
      page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("blob:")) complaints.push("asks for " + request.url()); });
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion });
      const before = performance.now();
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("html[data-drawn=yes]", { timeout: 20_000 });
      return Object.assign(page, { complaints, drawnAfter: performance.now() - before });
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

// barriers returns what axe finds wrong that is serious or critical, in words.
export async function barriers(page) {
  // The page's own policy forbids foreign scripts, so axe comes in beside the page, not into it.
  await page.evaluate(installed("node:fs").readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8") + ";0");
  const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}
