// Play: the rounds that are open, the rooms of every game, jackpots, and the player's newest bets.

import { html, nothing, repeat } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";
import { roundName, t } from "../texts.js";
import { loaded, notice } from "../parts/basics.js";
import { closesNote, isQuick, isWaitingForSides } from "../parts/countdown.js";
import { jackpots } from "../parts/jackpots.js";
import { newestBets } from "../parts/my_bets.js";
import { rooms } from "../parts/rooms.js";
import { stakes } from "../parts/stakes.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Round} Round */

/**
 * Open rounds as they are shown: the quick round first, then those that close soonest.
 * @param {Context["state"]} state
 */
export function openRounds(state) {
  const rounds = state.openRounds.ids.map((id) => state.rounds[id]).filter((round) => round?.state === "OPEN");
  const end = (/** @type {Round} */ round) => (round.closesBy ? Date.parse(round.closesBy) : Infinity);
  return rounds.sort((one, other) => Number(isQuick(other)) - Number(isQuick(one)) || end(one) - end(other));
}

/** @param {Round} round @param {number} now */
const card = (round, now) =>
  html`<article class="card card-link">
    <div class="stack stack--8">
      <div class="line line--apart">
        <h3><a href=${hashOf("round", round.roundId)}>${roundName(round.roundId)}</a></h3>
        ${
          isQuick(round)
            ? html`<span class="badge badge--action">${t("play.quick")}</span>`
            : html`<span class="small muted">${closesNote(round, now)}</span>`
        }
      </div>
      ${stakes(round)}
      ${
        isQuick(round)
          ? html`<p class="small muted">
              ${isWaitingForSides(round, now) ? t("play.quick.note") : closesNote(round, now)}
            </p>`
          : nothing
      }
    </div>
  </article>`;

/** @param {Context} context */
export function playView(context) {
  const { state, act, now } = context;
  const rounds = openRounds(state);
  return html`<section class="view view--split" aria-labelledby="view-title">
    <div class="view-head"><h1 id="view-title" tabindex="-1">${t("play.title")}</h1></div>
    <div class="main">
      <div class="section-head">
        <h2>${t("play.open")}</h2>
        <p>${t("play.open.note")}</p>
      </div>
      ${loaded(context, "rounds", rounds.length > 0, t("play.failed"), () =>
        rounds.length
          ? html`<div class="grid grid--2">
                ${repeat(
                  rounds,
                  (round) => round.roundId,
                  (round) => card(round, now),
                )}
              </div>
              ${
                state.openRounds.next
                  ? html`<button class="button" type="button" @click=${() => act.load("rounds.more")}>
                      ${t("more")}
                    </button>`
                  : nothing
              }`
          : notice({ title: t("play.empty"), text: t("play.empty.text") }),
      )}
      <div class="section-head">
        <h2>${t("play.rooms")}</h2>
        <p>${t("play.rooms.note")}</p>
      </div>
      ${loaded(context, "periods", Object.keys(state.periods).length > 0, t("room.failed"), () => rooms(context))}
    </div>
    <div class="side">${newestBets(context)}${jackpots(context)}</div>
  </section>`;
}
