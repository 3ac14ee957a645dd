// Drawn symbols: a strip of the latest results, newest first.

import { html, nothing, repeat } from "../../shared/html.js";
import { factsOf, symbolsOf } from "../game_words.js";
import { t } from "../texts.js";

/** @typedef {import("../../shared/types.d.ts").GameResult} GameResult */

/**
 * The symbols of one result, with its colour below them where the game has one.
 * @param {Record<string, string>} result
 */
export function symbol(result) {
  const symbols = symbolsOf(result);
  return html`<span class="symbol ${symbols.length > 1 ? "symbol--wide" : ""}" data-color=${result.color ?? nothing}
    >${symbols.join(" ")}<span class="hidden-text">, ${factsOf(result)}</span></span
  >`;
}

/** @param {GameResult[]} results @param {number} count */
export const strip = (results, count, isLarge = false) =>
  results.length === 0
    ? html`<p class="small muted">${isLarge ? t("room.noResults") : "—"}</p>`
    : html`<ol class="strip ${isLarge ? "strip--large" : ""}" aria-label=${t("room.latest")}>
        ${repeat(
          results.slice(0, isFew(results[0]) ? count : Math.max(2, Math.floor(count / 2))),
          (result) => result.eventId,
          (result) => html`<li class="drop">${symbol(result.result)}</li>`,
        )}
      </ol>`;

/** @param {GameResult} result */
const isFew = ({ result }) => symbolsOf(result).length === 1;
