// The bar of stakes: mirrored about the middle. Matched stakes are equal on both sides, so the filled part is
// symmetric; waiting stakes are outlined and stick out.

import { html, nothing, svg } from "../../vendor/lit-html.js";
import { add, compare, isZero, percent, units } from "../../shared/money.js";
import { money, t } from "../texts.js";
import { amount, letter } from "./basics.js";

/** @typedef {import("../../shared/types.d.ts").Round} Round */

/** @param {Round} round @returns {{ a: string, b: string, most: string }} */
export function totals(round) {
  const [a, b] = [add(round.matched.A, round.waiting.A), add(round.matched.B, round.waiting.B)];
  return { a, b, most: compare(a, b) > 0 ? a : b };
}

/** The waiting stakes, in words. @param {Round} round */
export function waitsText(round) {
  const sides = /** @type {const} */ ([["A", "B"], ["B", "A"]]);
  const waiting = sides.filter(([side]) => !isZero(round.waiting[side]));
  return waiting.map(([side, other]) => t("round.waits", { amount: money(round.waiting[side]), side, other })).join(", ");
}

/** @param {"a" | "b"} side @param {number} matched @param {number} waiting Percentages of the half. */
function half(side, matched, waiting) {
  const isA = side === "a";
  return html`<svg class="stakes-half stakes-half--${side}" aria-hidden="true">
    ${svg`<rect class="matched-${side}" x="${isA ? 100 - matched : 0}%" width="${matched}%" height="100%" />`}
    ${waiting > 0 ? svg`<rect class="waiting-${side}" x="${isA ? 100 - matched - waiting : matched}%" width="${waiting}%" height="100%" />` : nothing}
  </svg>`;
}

/** @param {Round} round */
export function stakes(round, isLarge = false) {
  const { a, b, most } = totals(round);
  const size = (/** @type {string} */ part) => percent(part, most);
  const waits = waitsText(round);
  const isEmpty = units(most) === 0n;
  return html`<div class="stakes ${isLarge ? "stakes--large" : ""}">
    <div class="stakes-sums">
      <p class="stakes-sum">${letter("A")} ${amount(a)}</p>
      <p class="stakes-sum stakes-sum--b">${amount(b)} ${letter("B")}</p>
    </div>
    ${half("a", size(round.matched.A), size(round.waiting.A))}${half("b", size(round.matched.B), size(round.waiting.B))}
    <p class="stakes-note">
      ${isEmpty
        ? t("round.noBets")
        : isLarge
          ? html`<span class="line">
              ${isZero(round.matched.A) ? nothing : html`<span class="key">${t("round.matched", { amount: money(round.matched.A) })}</span>`}
              ${waits ? html`<span class="key key--waiting">${waits}</span>` : nothing}
            </span>`
          : waits || t("round.allMatched")}
      ${round.totalsComplete ? nothing : html`<br />${t("round.soFar")}`}
    </p>
  </div>`;
}
