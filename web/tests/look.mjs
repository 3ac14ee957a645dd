// What every check of the views needs: runs checks, looks for faults of the page as it is, and takes screenshots.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export const SHOTS = process.env.PAGES_SHOTS ?? path.join(import.meta.dirname, "generated", "shots");
export const SIZES = [{ width: 360, height: 780 }, { width: 1280, height: 800 }];
const SCHEMES = /** @type {const} */ (["light", "dark"]);
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

fs.rmSync(SHOTS, { recursive: true, force: true });
fs.mkdirSync(SHOTS, { recursive: true });

/** Faults of the views that the current check has inspected. The check goes on, and fails at its end. @type {string[]} */
let wrong = [];

let passed = 0;
/** @type {string[]} */
const failures = [];

export const results = () => ({ passed, failed: failures.length });

/** @param {string} name @param {() => Promise<void>} check */
export async function check(name, check) {
  const begun = performance.now();
  wrong = [];
  try {
    await check();
    expect(wrong.length === 0, wrong.join("\n"));
    passed += 1;
  } catch (error) {
    failures.push(name);
    console.error(`FAILED ${name}\n`, error, wrong.join("\n"));
  }
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${name}`);
}

/** @param {boolean} isTrue @param {string} otherwise */
export function expect(isTrue, otherwise) {
  if (!isTrue) throw new Error(otherwise);
}

/** The faults of the page in its current state. @param {import("playwright-core").Page} page */
export async function inspect(page) {
  await page.waitForTimeout(150);
  await page.evaluate(`${AXE}; 0`);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    const faults = violations.flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.target} ${node.failureSummary}`));
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`the page scrolls sideways: ${scrollWidth} > ${clientWidth}`);
    for (const element of document.querySelectorAll("body *:not(svg, svg *, progress, input, .hidden-text, .whose, thead, thead *)")) {
      const { overflowX } = getComputedStyle(element);
      if (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) faults.push(`clipped: ${element.className} ${element.textContent?.trim().slice(0, 60)}`);
    }
    return faults;
  });
}

/** The whole view, with header and tabs at its ends. @param {import("playwright-core").Page} page @param {string} name */
async function shoot(page, name) {
  const size = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  await page.setViewportSize(size);
}

/** Looks at the page in each size and scheme. @param {import("playwright-core").Page} page @param {string} name */
export async function lookAtAll(page, name, sizes = SIZES, schemes = SCHEMES) {
  for (const size of sizes) {
    for (const colorScheme of schemes) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      const where = `${name}-${size.width}-${colorScheme}`;
      const found = await inspect(page);
      wrong.push(...found.map((fault) => `${where}: ${fault}`));
      await shoot(page, where);
    }
  }
}
