// Amounts that count to their new value. Elements with `data-count-to` belong to this module, not to the templates.

import { fromUnits, units } from "../shared/money.js";
import { money } from "./texts.js";

/** `--count` of tokens.css, in milliseconds. */
const DURATION = 300;

/** The amount that each element shows. @type {WeakMap<Element, { amount: string, frame: number }>} */
const shown = new WeakMap();

/** Brings every counting element to its value. */
export function countAll() {
  for (const element of document.querySelectorAll("[data-count-to]"))
    count(element, element.getAttribute("data-count-to") ?? "0");
}

/** @param {Element} element @param {string} amount */
function count(element, amount) {
  const known = shown.get(element);
  if (known?.amount === amount) return;
  if (known) cancelAnimationFrame(known.frame);
  const record = { amount, frame: 0 };
  shown.set(element, record);
  const isStill = !known || matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
  if (isStill) return void (element.textContent = money(amount));
  const [from, to] = [units(known.amount), units(amount)];
  const start = performance.now();
  const step = (/** @type {number} */ time) => {
    const part = BigInt(Math.round(Math.min(1, (time - start) / DURATION) * 1000));
    // Whole cents on the way, so that the number keeps its width; the exact amount at the end.
    const between = ((from + ((to - from) * part) / 1000n) / 1_000_000n) * 1_000_000n;
    element.textContent = money(part >= 1000n ? amount : fromUnits(between));
    if (part < 1000n) record.frame = requestAnimationFrame(step);
  };
  record.frame = requestAnimationFrame(step);
}
