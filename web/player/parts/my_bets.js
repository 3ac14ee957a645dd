// The player's newest bets of both kinds, for a side column.

import { html, repeat } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";
import { hasOpenPart, idOf, mineOf } from "../mine.js";
import { t } from "../texts.js";
import { betLink, betRow } from "./bets.js";
import { gameBetRow } from "./game_bets.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../mine.js").Mine} Mine */

/** Bets that can be taken back are shown beyond the newest ones, up to this number. */
const MOST = 20;

/** @param {Context} context */
export function newestBets(context, count = 5) {
  const isShown = (/** @type {Mine} */ one, /** @type {number} */ place) => place < count || hasOpenPart(one);
  const mine = mineOf(context.state, "all").filter(isShown).slice(0, MOST);
  const row = (/** @type {Mine} */ { bet, game }) =>
    bet ? betRow(context, bet, { note: betLink(bet), hasTakeBack: true }) : gameBetRow(context, game, {});
  return html`<section class="card" aria-labelledby="mine">
    <div class="card-head">
      <h2 id="mine">${t("bets.mine")}</h2>
      <a class="small" href=${hashOf("bets")}>${t("bets.all")}</a>
    </div>
    ${
      mine.length
        ? html`<ul class="rows">
            ${repeat(mine, idOf, row)}
          </ul>`
        : html`<p class="small muted">${t("bets.empty.text")}</p>`
    }
  </section>`;
}
