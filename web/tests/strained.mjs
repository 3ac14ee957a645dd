// Faults of a view under strain: with text twice as large on a telephone, and with the colours of the system. Every
// view that is looked at goes through this, so that none is left out.

/** @typedef {import("playwright-core").Page} Page */

/**
 * The parts of a view that would scroll sideways, or cut their content, with text at 200 %.
 * @param {Page} page At 360 pixels.
 */
const largeText = (page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    root.style.fontSize = "200%";
    const faults = [root, ...document.querySelectorAll("dialog[open], .card--flush")].flatMap((box) => {
      if (box.scrollWidth <= box.clientWidth) return [];
      const right = box.getBoundingClientRect().left + box.clientWidth;
      const wide = [...box.querySelectorAll("*")].filter(
        (element) => element.getBoundingClientRect().right > right + 1 && element.closest(".scroll") === null,
      );
      const names = wide
        .slice(-3)
        .map(
          (element) =>
            `${element.localName}.${element.getAttribute("class") ?? ""} ${element.textContent?.trim().slice(0, 30)}`,
        );
      return [
        `with text at 200 % ${box.matches(".card--flush") ? "a card is cut" : "it scrolls sideways"}: ${box.scrollWidth} > ${box.clientWidth} (${names.join("; ")})`,
      ];
    });
    root.style.fontSize = "";
    return faults;
  });

/** The parts of a view whose meaning is a fill or a shadow, which forced colours take away. @param {Page} page */
async function forcedColours(page) {
  await page.emulateMedia({ forcedColors: "active" });
  const faults = await page.evaluate(() => {
    const shown = (/** @type {string} */ selector) =>
      [...document.querySelectorAll(selector)].filter(
        (element) => element.getClientRects().length > 0 && element.closest(".hidden-text") === null,
      );
    const name = (/** @type {Element} */ element) =>
      `${element.localName}.${element.getAttribute("class") ?? ""} ${element.textContent?.trim().slice(0, 30)}`;
    const isDrawn = (/** @type {string} */ style, /** @type {string} */ width) =>
      style !== "none" && Number.parseFloat(width) >= 1;
    const chosen = shown(
      ".choice:has(:checked), [aria-current]:not([aria-current=false]), [aria-selected=true]",
    ).filter((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return !isDrawn(outlineStyle, outlineWidth);
    });
    const ended = shown(".badge, .verdict, .banner, .letter, .unknown, .hold, .day--on").filter((element) => {
      const { borderTopStyle, borderTopWidth } = getComputedStyle(element);
      return !isDrawn(borderTopStyle, borderTopWidth);
    });
    const bars = shown("progress, .parts, .stakes-half, .dot, .ink").filter(
      (element) => getComputedStyle(element).forcedColorAdjust !== "none",
    );
    return [
      ...chosen.map((element) => `with forced colours, the chosen one is not seen: ${name(element)}`),
      ...ended.map((element) => `with forced colours, a state has no border: ${name(element)}`),
      ...bars.map((element) => `with forced colours, a bar loses its own: ${name(element)}`),
    ];
  });
  await page.emulateMedia({ forcedColors: "none" });
  return faults;
}

/** @param {Page} page At 360 pixels. @returns {Promise<string[]>} */
export const strained = async (page) => [...(await largeText(page)), ...(await forcedColours(page))];
