// Jackpots: the amounts that can be won, and their last wins.

import { html, nothing } from "../../shared/html.js";
import { money, named, sign, t, when } from "../texts.js";
import { loaded } from "./basics.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Jackpot} Jackpot */

/** @param {Context} context */
export function jackpots(context) {
  const { state } = context;
  if (state.jackpots?.length === 0) return nothing;
  return html`<section class="card" aria-labelledby="jackpots">
    <div class="card-head">
      <h2 id="jackpots">${t("jackpots.title")}</h2>
      <span class="small">${t("jackpots.note")}</span>
    </div>
    ${loaded(
      context,
      "jackpots",
      state.jackpots !== null,
      t("jackpots.failed"),
      () =>
        html`<ul class="rows">
          ${(state.jackpots ?? []).map((jackpot) => row(state, jackpot))}
        </ul>`,
    )}
  </section>`;
}

/** @param {Context["state"]} state @param {Jackpot} jackpot */
function row(state, { group, amount, terms, lastWins }) {
  const [last] = lastWins;
  const limit = terms.mustHitBy ? t("jackpots.mustHit", { amount: money(terms.mustHitBy) }) : "";
  return html`<li>
    <div class="jackpot">
      <p class="row-title">${named("jackpot", group, "jackpots.other")}</p>
      <p class="amount"><span class="currency">${sign(state)}</span><span data-count-to=${amount}></span></p>
      <p class="row-note">
        ${limit}
        ${
          last
            ? html`${t("jackpots.last", { amount: money(last.winAmount) })},
                <time datetime=${last.at}>${when(last.at)}</time>`
            : t("jackpots.none")
        }
      </p>
    </div>
  </li>`;
}
