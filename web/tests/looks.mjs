// Looks at a page in each size and scheme: accessibility faults (axe), sideways scrolling, clipped text, a screenshot.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export const SIZES = [{ width: 360, height: 780 }, { width: 1280, height: 800 }];
export const SCHEMES = /** @type {const} */ (["light", "dark"]);

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The faults of the page in its current state. @param {import("playwright-core").Page} page */
async function inspect(page) {
  await page.waitForTimeout(150);
  await page.evaluate(`${AXE}; 0`);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    const faults = violations.flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.target} ${node.failureSummary}`));
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`the page scrolls sideways: ${scrollWidth} > ${clientWidth}`);
    for (const table of clientWidth >= 1280 ? document.querySelectorAll(".scroll") : []) {
      if (table.scrollWidth > table.clientWidth + 1) faults.push(`a table scrolls sideways: ${table.getAttribute("aria-label")}, ${table.scrollWidth} > ${table.clientWidth}`);
    }
    for (const element of document.querySelectorAll("body *:not(svg, svg *, progress, input, .hidden-text, .scroll, thead, thead *)")) {
      const { overflowX } = getComputedStyle(element);
      if (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) faults.push(`clipped: ${element.className} ${element.textContent?.trim().slice(0, 60)}`);
    }
    return faults;
  });
}

/** The whole view. @param {import("playwright-core").Page} page @param {string} file */
async function shoot(page, file) {
  const size = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
  await page.screenshot({ path: file });
  await page.setViewportSize(size);
}

/** @param {string} folder Of the screenshots. */
export function looks(folder) {
  /** Faults since they were last taken. @type {string[]} */
  let wrong = [];
  return {
    /** @param {import("playwright-core").Page} page @param {string} name */
    async at(page, name, sizes = SIZES, schemes = SCHEMES) {
      for (const size of sizes) {
        for (const colorScheme of schemes) {
          await page.setViewportSize(size);
          await page.emulateMedia({ colorScheme });
          const where = `${name}-${size.width}-${colorScheme}`;
          wrong.push(...(await inspect(page)).map((fault) => `${where}: ${fault}`));
          await shoot(page, path.join(folder, `${where}.png`));
        }
      }
    },
    take() {
      const taken = wrong;
      wrong = [];
      return taken;
    },
  };
}
