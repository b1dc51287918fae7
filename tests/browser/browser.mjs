// A browser on the page, and what must hold whatever a test does: no error, no broken policy, no request elsewhere.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** The page's address; a test that has none cannot run. */
export const address = process.env.TRAILSIFT_URL;

/** Why the tests do not run, or `false` when they do. */
export const skip = address ? false : "TRAILSIFT_URL is not set: `cargo xtask test` sets it to a server of its own";

/** Starts Chromium. */
export function launch() {
  return chromium.launch({ executablePath: process.env.TRAILSIFT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * Opens the page in a fresh context, lets `use` work with it, and checks afterwards that nothing went wrong unseen,
 * but for what is `expected`. Other options are Playwright's for a context.
 */
export async function onPage(browser, use, { expected, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const troubles = [];
  page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    troubles.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(new URL("/", address).href) && !url.startsWith("blob:")) troubles.push(`a request left: ${url}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  try {
    await page.goto(address);
    await use(page);
    assert.deepEqual(troubles.filter((trouble) => !expected?.test(trouble)), []);
  } finally {
    await context.close();
  }
}

/** Drops a file on the page, as the operating system would. */
export function drop(page, name, content) {
  return dropAll(page, { [name]: content });
}

/** Drops several files at once: their contents by their names. */
export async function dropAll(page, files) {
  const transfer = await page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const [name, content] of files) {
        transfer.items.add(new File([typeof content === "string" ? content : new Uint8Array(content)], name));
      }
      return transfer;
    },
    Object.entries(files).map(([name, content]) => [name, typeof content === "string" ? content : [...content]]),
  );
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent(".drop-area", type, { dataTransfer: transfer });
  }
}

/** Waits until the search for `query` in the log `name` is over, and gives how many match of how many. */
export async function counts(page, name, query = "") {
  await status(page, { status: "done", query, log: name });
  const text = await page.locator(".status p").innerText();
  const [, matches, entries] = /^([\d,]+) of ([\d,]+) entr/.exec(text) ?? assert.fail(`no counts in ${JSON.stringify(text)}`);
  return [matches, entries].map((number) => Number(number.replaceAll(",", "")));
}

/** Waits until the page says all of `wanted` (`status`, `query`, `log`) of its search. */
export async function status(page, wanted) {
  await page.waitForFunction((wanted) => {
    const { dataset } = document.querySelector(".status") ?? { dataset: {} };
    return Object.entries(wanted).every(([key, value]) => value === undefined || dataset[key] === value);
  }, wanted);
}

/** Types a query and presses Enter. */
export async function type(page, text) {
  const input = page.getByRole("textbox", { name: "Query" });
  await input.fill(text);
  await input.press("Enter");
}
