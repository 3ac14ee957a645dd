// The bar of stakes: mirrored about the middle. Matched stakes are equal on both sides, so the filled part is
// symmetric; waiting stakes are outlined and stick out.

import { html, nothing, svg } from "../../shared/html.js";
import { isZero, percent, units } from "../../shared/money.js";
import { totals, waitingOf } from "../../shared/stakes.js";
import { money, t } from "../texts.js";
import { amount, letter } from "./basics.js";

/** @typedef {import("../../shared/types.d.ts").Round} Round */

/** The waiting stakes, in words. @param {Round["waiting"]} stakes */
function waitsText(stakes) {
  const sides = /** @type {const} */ ([
    ["A", "B"],
    ["B", "A"],
  ]);
  const waiting = sides.filter(([side]) => !isZero(stakes[side]));
  return waiting.map(([side, other]) => t("round.waits", { amount: money(stakes[side]), side, other })).join(", ");
}

/** @param {"a" | "b"} side @param {number} matched @param {number} waiting Percentages of the half. */
function half(side, matched, waiting) {
  const isA = side === "a";
  return html`<svg class="stakes-half stakes-half--${side}" aria-hidden="true">
    ${svg`<rect class="matched-${side}" x="${isA ? 100 - matched : 0}%" width="${matched}%" height="100%" />`}
    ${
      waiting > 0
        ? svg`<rect class="waiting-${side}" x="${
            isA ? 100 - matched - waiting : matched
          }%" width="${waiting}%" height="100%" />`
        : nothing
    }
  </svg>`;
}

/** @param {Round} round */
export function stakes(round, isLarge = false) {
  const { a, b, most } = totals(round);
  const size = (/** @type {string} */ part) => percent(part, most);
  const waiting = waitingOf(round);
  const waits = waitsText(waiting);
  const isEmpty = units(most) === 0n;
  return html`<div class="stakes ${isLarge ? "stakes--large" : ""}">
    <div class="stakes-sums">
      <p class="stakes-sum">${letter("A")} ${amount(a)}</p>
      <p class="stakes-sum stakes-sum--b">${amount(b)} ${letter("B")}</p>
    </div>
    ${half("a", size(round.matched.A), size(waiting.A))}${half("b", size(round.matched.B), size(waiting.B))}
    <p class="stakes-note">
      ${
        isEmpty
          ? t(round.state === "OPEN" ? "round.noBets" : "round.noMatch")
          : isLarge || round.state !== "OPEN"
            ? html`<span class="line">
                ${
                  isZero(round.matched.A)
                    ? nothing
                    : html`<span class="key">${t("round.matched", { amount: money(round.matched.A) })}</span>`
                }
                ${waits ? html`<span class="key key--waiting">${waits}</span>` : nothing}
              </span>`
            : waits || t("round.allMatched")
      }
      ${round.totalsComplete ? nothing : html`<br />${t("round.soFar")}`}
    </p>
  </div>`;
}
