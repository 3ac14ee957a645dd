// Verify: the draws of a bet, made again in this browser. One tap, nothing to paste.

import { html, nothing, repeat } from "../../shared/html.js";
import { isUnfinished } from "../../shared/revision.js";
import { hashOf } from "../../shared/router.js";
import { money, roundName, t } from "../texts.js";
import { failed, loaded, loading, notice } from "../parts/basics.js";
import { betRow, placeAndTime, stand } from "../parts/bets.js";
import { gameBetRow } from "../parts/game_bets.js";
import { roomOf } from "../../shared/rooms.js";
import { byHand, steps, verdict } from "../parts/verification.js";
import { verifyHash, verifyPeriodView } from "../parts/verify_period.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../../shared/types.d.ts").GameBet} GameBet */

/** @param {Context} context */
export function verifyView(context) {
  const { state } = context;
  const { id, query } = state.route;
  if (id && query.of === "game") return verifyPeriodView(context, id);
  const bet = id ? state.bets[id] : undefined;
  const note = bet && t("verify.note", { amount: money(bet.amount), side: bet.side, round: roundName(bet.roundId) });
  return html`<section class="view view--split" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${t("verify.title")}</h1>
      ${bet ? html`<p><a href=${hashOf("bets", bet.betId)}>${note}</a></p>` : nothing}
    </div>
    <div class="main">${id ? one(context, id) : choose(context)}</div>
    <div class="side">${bet ? facts(context, bet) : nothing}${how()}</div>
  </section>`;
}

/** @param {Context} context @param {string} id */
function one(context, id) {
  const verification = context.state.verifications[`bet:${id}`];
  const load = context.state.loads[`verify:${id}`];
  if (verification) {
    return html`${verdict(verification)}
      <section class="card" aria-labelledby="steps">
        <h2 class="hidden-text" id="steps">${t("verify.steps")}</h2>
        ${steps(context, verification)}
      </section>
      ${byHand(context, verification)}`;
  }
  if (load?.problem?.code === "not-found") return notice({ title: t("bets.missing"), text: t("bets.missing.text") });
  if (load?.status === "failed" && load.problem)
    return failed(context, load.problem, t("verify.failed"), `verify:${id}`);
  const bet = context.state.bets[id];
  const isEarly = bet && (isUnfinished(bet) || load?.status === "ready");
  return isEarly ? notice({ icon: "clock", title: t("verify.later"), text: t("verify.later.text") }) : loading();
}

/** @param {Context} context */
function choose(context) {
  const { state } = context;
  const bets = state.myBets.ids
    .map((betId) => state.bets[betId])
    .filter((bet) => !isUnfinished(bet) && stand(bet) !== "back");
  const games = state.myGameBets.ids
    .map((betId) => state.gameBets[betId])
    .filter((bet) => bet.status === "WON" || bet.status === "LOST");
  const row = (/** @type {Bet} */ bet) =>
    betRow(context, bet, { href: hashOf("verify", bet.betId), note: placeAndTime(bet) });
  const gameRow = (/** @type {GameBet} */ bet) =>
    gameBetRow(context, bet, { href: verifyHash(roomOf(bet), bet.periodId) });
  const all = [
    ...bets.map((bet) => ({ bet, shown: () => row(bet) })),
    ...games.map((bet) => ({ bet, shown: () => gameRow(bet) })),
  ];
  const newest = all.sort((one, other) => Date.parse(other.bet.createdAt) - Date.parse(one.bet.createdAt)).slice(0, 20);
  return loaded(context, "bets", newest.length > 0, t("bets.failed"), () =>
    newest.length
      ? html`<div class="card card--flush">
          <ul class="rows rows--padded">
            ${repeat(
              newest,
              ({ bet }) => bet.betId,
              ({ shown }) => shown(),
            )}
          </ul>
        </div>`
      : notice({ title: t("verify.none"), text: t("verify.none.text") }),
  );
}

/** @param {Context} context @param {Bet} bet */
function facts({ state }, bet) {
  const round = state.rounds[bet.roundId];
  const rule = round && (round.drawRule === "1" ? t("verify.rule.1") : t("verify.rule.2"));
  const short = (/** @type {string} */ id) => `${id.slice(0, 8)}…`;
  return html`<section class="card" aria-labelledby="verify-facts">
    <div class="card-head"><h2 id="verify-facts">${t("bets.id")}</h2></div>
    <dl class="facts">
      <dt>${t("bets.stake")}</dt>
      <dd class="num">${money(bet.amount)}</dd>
      <dt>${t("bets.round")}</dt>
      <dd><a href=${hashOf("round", bet.roundId)}>${bet.roundId}</a></dd>
      <dt>${t("bets.id")}</dt>
      <dd class="mono" title=${bet.betId}>${short(bet.betId)}</dd>
      ${
        rule
          ? html`<dt>${t("verify.rule")}</dt>
              <dd>${rule}</dd>`
          : nothing
      }
    </dl>
  </section>`;
}

const how = () =>
  html`<section class="card stack stack--8" aria-labelledby="verify-how">
    <h2 id="verify-how">${t("verify.how")}</h2>
    <ol class="list small muted">
      ${/** @type {const} */ (["1", "2", "3", "4"]).map((number) => html`<li>${t(`verify.how.${number}`)}</li>`)}
    </ol>
  </section>`;
