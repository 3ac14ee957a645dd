// The surroundings of the console's checks: Evens, a browser, a login, and the count of failures.

import path from "node:path";
import { collectFaults, freePort, startBrowser, startEvens } from "./browser.mjs";
import { SIZES, looks } from "./looks.mjs";
import { PASSWORD, backstage } from "./staff.mjs";

/** @typedef {import("playwright-core").Page} Page */

const EXPECTED = /Failed to load resource/;

/** @param {boolean} isTrue @param {string} otherwise */
export function expect(isTrue, otherwise) {
  if (!isTrue) throw new Error(otherwise);
}

/** @param {Page} page @param {string} hash */
export async function go(page, hash) {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.locator("main h1").first().waitFor();
  await page.waitForTimeout(300);
}

/**
 * Fills the dialog that is open and confirms it.
 * @param {Page} page @param {Record<string, string>} fields @param {string} verb
 */
export async function confirm(page, fields, verb) {
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
  await dialog.getByRole("button", { name: verb, exact: true }).click();
}

/** Starts Evens and a browser. */
export async function setUp() {
  const look = looks("console");
  const metricsPort = await freePort();
  const evens = await startEvens({
    EVENS_HOLDS: "from=5,four-eyes-above=50",
    EVENS_METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
  });
  const browser = await startBrowser();
  /** @type {string[][]} */
  const faults = [];
  /** @type {string[]} */
  const failures = [];
  let passed = 0;

  /** @param {string} name @param {() => Promise<void>} story */
  async function check(name, story) {
    const begun = performance.now();
    try {
      await story();
      const wrong = look.take();
      expect(wrong.length === 0, wrong.join("\n"));
      passed += 1;
    } catch (error) {
      failures.push(name);
      await pictures();
      console.error(`FAILED ${name}\n`, error, look.take().join("\n"));
    }
    console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${name}`);
  }

  /** What a story that failed has left open. */
  async function pictures() {
    for (const context of browser.contexts()) {
      for (const page of context.pages())
        if (look.folder)
          await page.screenshot({ path: path.join(look.folder, `left-${failures.length}.png`), fullPage: true });
      await context.close();
    }
  }

  /** A browser of its own for a person. @param {(page: Page) => Promise<void>} [begin] Done before the page loads. */
  async function opened(begin) {
    const context = await browser.newContext({
      viewport: SIZES[1],
      reducedMotion: "reduce",
      permissions: ["clipboard-write"],
    });
    context.setDefaultTimeout(30_000);
    faults.push(await collectFaults(context, EXPECTED));
    const page = await context.newPage();
    await begin?.(page);
    await page.goto(`http://localhost:${evens.port}/console/`);
    return page;
  }

  /** @param {{ phoneNo: string }} person @param {Page} [page] */
  async function loggedIn({ phoneNo }, page) {
    const shown = page ?? (await opened());
    await shown.getByLabel("Phone number").fill(phoneNo);
    await shown.getByLabel("Password").fill(PASSWORD);
    await shown.getByRole("button", { name: "Log in" }).click();
    await shown.getByRole("heading", { name: "Overview" }).waitFor();
    return shown;
  }

  /** Stops all, and says how many checks passed. */
  async function end() {
    await browser.close();
    await evens.stop();
    console.log(`${passed} passed, ${failures.length} failed`);
    process.exitCode = failures.length ? 1 : 0;
  }

  return {
    ...backstage(evens),
    look,
    check,
    opened,
    loggedIn,
    faults,
    end,
    metrics: `http://127.0.0.1:${metricsPort}/metrics`,
  };
}
