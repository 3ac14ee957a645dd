// The result of the period that has just ended, as it concerns the player.

import { html, nothing } from "../../shared/html.js";
import { roomOf } from "../../shared/rooms.js";
import { outcomeOfGame, together } from "../../shared/outcome.js";
import { factsOf, periodName, symbolsOf } from "../game_words.js";
import { t } from "../texts.js";
import { icon } from "./basics.js";
import { outcomeVerdict } from "./outcome.js";
import { verifyHash } from "./verify_period.js";

/** @typedef {import("../context.d.ts").Context} Context */

/**
 * The banner of the newest period in which the player has bets: drawing, won, lost, or returned.
 * @param {Context} context @param {string} room
 */
export function roomResult({ state }, room) {
  const bets = state.myGameBets.ids.map((id) => state.gameBets[id]).filter((bet) => roomOf(bet) === room);
  const current = state.periods[room]?.periodId ?? "";
  const [last] = bets.filter((bet) => bet.periodId < current);
  if (!last) return nothing;
  // Older results are in the lists; this one belongs to the previous period or to one that is still being drawn.
  const newest = state.results[room]?.list[0];
  const ofPeriod = bets.filter((bet) => bet.periodId === last.periodId);
  if (ofPeriod.some((bet) => bet.status === "PENDING")) {
    return html`<div class="banner">
      ${icon("clock")}
      <p>${t("room.result.pending", { period: periodName(last.periodId) })}</p>
    </div>`;
  }
  if (newest && newest.periodId > last.periodId) return nothing;
  const isBack = ofPeriod.every((bet) => bet.status === "REFUNDED");
  const { result } = last;
  const drawn = result ? t("room.result.drawn", { symbols: symbolsOf(result).join(" "), facts: factsOf(result) }) : "";
  const verify = isBack ? nothing : html`<a href=${verifyHash(room, last.periodId)}>${t("bets.verify")}</a>`;
  return outcomeVerdict(together(ofPeriod.map(outcomeOfGame)), { drawn, link: verify });
}
