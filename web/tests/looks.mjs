// Looks at a page in each size and scheme: accessibility faults (axe), sideways scrolling and clipped text, and a
// screenshot where PAGES_SHOTS names a folder.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { strained } from "./strained.mjs";

/** @typedef {import("playwright-core").Page} Page */

export const SIZES = [
  { width: 360, height: 780 },
  { width: 1280, height: 800 },
];
export const SCHEMES = /** @type {const} */ (["light", "dark"]);

const SHOTS = process.env.PAGES_SHOTS;
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** A scheme changes colours alone. */
const RULES_OF_COLOURS = { type: "rule", values: ["color-contrast"] };

/** The faults of the page in its current state. @param {Page} page @param {typeof RULES} rules */
async function inspect(page, rules) {
  await page.waitForTimeout(150);
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(`${AXE}; 0`);
  return page.evaluate(async (runOnly) => {
    const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] });
    const faults = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `axe ${id}: ${node.target} ${node.failureSummary}`),
    );
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`the page scrolls sideways: ${scrollWidth} > ${clientWidth}`);
    for (const table of clientWidth >= 1280 ? document.querySelectorAll(".scroll") : []) {
      if (table.scrollWidth > table.clientWidth + 1) {
        faults.push(
          `a table scrolls sideways: ${table.getAttribute("aria-label")}, ${table.scrollWidth} > ${table.clientWidth}`,
        );
      }
    }
    for (const element of document.querySelectorAll(
      "body *:not(svg, svg *, progress, input, .hidden-text, .whose, .scroll, thead, thead *)",
    )) {
      const { overflowX } = getComputedStyle(element);
      if (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1)
        faults.push(`clipped: ${element.className} ${element.textContent?.trim().slice(0, 60)}`);
    }
    return faults;
  }, rules);
}

/** The whole view, with header and tabs at its ends. @param {Page} page @param {string} file */
async function shoot(page, file) {
  const size = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
  await page.screenshot({ path: file });
  await page.setViewportSize(size);
}

/** @param {string} name The folder of the screenshots in PAGES_SHOTS. */
export function looks(name) {
  const folder = SHOTS && path.join(SHOTS, name);
  if (folder) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  }
  /** Faults since they were last taken. @type {string[]} */
  let wrong = [];
  return {
    folder,
    /** @param {Page} page @param {string} name */
    async at(page, name, sizes = SIZES, schemes = SCHEMES) {
      for (const size of sizes) {
        for (const colorScheme of schemes) {
          const isFirst = colorScheme === schemes[0];
          await page.setViewportSize(size);
          await page.emulateMedia({ colorScheme });
          // Elsewhere the header and the tabs lie over a part of the view.
          await page.evaluate(() => scrollTo(0, 0));
          const where = `${name}-${size.width}-${colorScheme}`;
          const found = await inspect(page, isFirst ? RULES : RULES_OF_COLOURS);
          if (size.width === SIZES[0].width && isFirst) found.push(...(await strained(page)));
          wrong.push(...found.map((fault) => `${where}: ${fault}`));
          if (folder) await shoot(page, path.join(folder, `${where}.png`));
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
