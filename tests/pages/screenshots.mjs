// Draws the pictures of the page for the documents: node screenshots.mjs PAGES FOLDER
import { join } from "node:path";
import { launch } from "./browser.mjs";

const [pages, folder] = process.argv.slice(2);
if (!folder) throw new Error("want two arguments: the folder of the pages, and the folder to write to");
const browser = await launch();

// shoot takes the first screens of a page, after something was done to it.
async function shoot(name, to, options, act = () => {}) {
  const page = await browser.open(join(pages, name + ".html"), options);
  await act(page);
  await page.screenshot({ path: join(folder, to + ".png") });
  await page.close();
}

await shoot("orders", "page", { width: 1200, height: 1180 });
await shoot("orders", "page-day", { width: 1200, height: 860 }, async (page) => {
  await page.locator("#run-2 .day").nth(2).click();
  await page.evaluate(() => document.getElementById("run-2").scrollIntoView());
  await page.locator("#run-2 .mark").nth(1).hover();
});
await shoot("orders", "page-narrow", { width: 390, height: 844, scheme: "dark" });
await shoot("215", "page-long", { width: 1200, height: 1000 }, (page) => page.evaluate(() => document.getElementById("run-2").scrollIntoView()));
await browser.close();
