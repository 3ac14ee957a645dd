// Round: its stakes, the form for a bet while it is open, and its result and verification afterwards.

import { html, nothing, repeat } from "../../shared/html.js";
import { isUnfinished } from "../../shared/revision.js";
import { hashOf } from "../../shared/router.js";
import { isZero } from "../../shared/money.js";
import { outcomeOf, together } from "../../shared/outcome.js";
import { totals } from "../../shared/stakes.js";
import { money, roundName, t, when } from "../texts.js";
import { betForm, betOf, lostAlone } from "../parts/bet_form.js";
import { failed, hash, icon, loading, notice } from "../parts/basics.js";
import { betRow, stand } from "../parts/bets.js";
import { closing, isQuick } from "../parts/countdown.js";
import { newestBets } from "../parts/my_bets.js";
import { outcomeVerdict } from "../parts/outcome.js";
import { stakes } from "../parts/stakes.js";
import { steps, verifiedBadge } from "../parts/verification.js";
import { openRounds } from "./play.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Round} Round */
/** @typedef {import("../../shared/types.d.ts").Bet} Bet */

/** The same machine under its other name, where cookies are separate: a second player in the same browser. */
const OTHER_HOST = /** @type {Record<string, string>} */ ({ localhost: "127.0.0.1", "127.0.0.1": "localhost" });

/** @param {Context} context */
export function roundView(context) {
  const { state, now } = context;
  const id = state.route.id ?? "";
  const round = state.rounds[id];
  return html`<section class="view view--split" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${roundName(id)}</h1>
      ${
        round
          ? html`<p>${t(/** @type {any} */ (`round.draw.${round.draw}`), { name: round.oracle?.name ?? "" })}</p>`
          : nothing
      }
    </div>
    <div class="main">${round ? content(context, round, now) : missing(context, id)}</div>
    <div class="side ${round && round.state !== "OPEN" ? "only-wide" : ""}">${newestBets(context)}</div>
  </section>`;
}

/** @param {Context} context @param {string} id */
function missing(context, id) {
  const load = context.state.loads[`round:${id}`];
  const toPlay = html`<a class="button button--primary" href=${hashOf("play")}>${t("round.toPlay")}</a>`;
  if (load?.status !== "failed" || !load.problem) return loading();
  return load.problem.code === "not-found"
    ? notice({ title: t("round.missing", { round: id }), text: t("round.missing.text"), act: toPlay })
    : failed(context, load.problem, t("round.failed"), `round:${id}`);
}

/** @param {Context} context @param {Round} round @param {number} now */
function content(context, round, now) {
  const mine = context.state.myBets.ids
    .map((betId) => context.state.bets[betId])
    .filter((bet) => bet.roundId === round.roundId);
  if (round.state === "OPEN") {
    return html`<section class="card stack" aria-labelledby="round-stakes">
        <h2 class="hidden-text" id="round-stakes">${t("round.stakes")}</h2>
        ${closing(round, now)} ${stakes(round, true)}
      </section>
      ${betForm(context, round)} ${secondPlayer(context, round, mine)} ${seedHash(context, round)}`;
  }
  return html`${lostAlone(context, round.roundId)} ${tooLate(context, round)} ${result(context, round, mine)}
    <section class="card stack" aria-labelledby="round-stakes">
      <h2 class="hidden-text" id="round-stakes">${t("round.stakes")}</h2>
      <p class="small muted">${ended(round)}</p>
      ${stakes(round, true)}
    </section>
    ${mine.length ? myBets(context, mine) : nothing} ${draw(context, round, mine)}`;
}

/** The player's bet came after the round had closed. @param {Context} context @param {Round} round */
function tooLate({ state }, round) {
  const { form, stake } = betOf(state, round.roundId);
  if (form.problem?.code !== "round-state" || stake === null) return nothing;
  return html`<div class="banner banner--warn" role="alert">
    ${icon("info")}
    <p>${t("bet.closed")}. ${t("bet.closed.kept", { amount: money(stake) })}</p>
  </div>`;
}

/** @param {Round} round */
function ended(round) {
  const time = round.closedAt ? when(round.closedAt) : "";
  return round.state === "CANCELLED" ? t("round.cancelled", { time }) : t("round.closed", { time });
}

/**
 * Local stage: the round waits for its other side, and there is no one else on this machine.
 * @param {Context} context @param {Round} round @param {Bet[]} mine
 */
function secondPlayer({ state }, round, mine) {
  const other = OTHER_HOST[location.hostname];
  const empty =
    isZero(round.waiting.A) && isZero(round.matched.A)
      ? "A"
      : isZero(round.waiting.B) && isZero(round.matched.B)
        ? "B"
        : null;
  const isMine = mine.some((bet) => bet.side !== empty && !isZero(bet.open));
  if (state.platform?.stage !== "local" || !other || !empty || !isMine) return nothing;
  const href = `${location.protocol}//${other}:${location.port}/${hashOf("round", round.roundId, { side: empty })}`;
  return html`<div class="banner">
    ${icon("info")}
    <p>${t("round.nobody", { side: empty })} <span class="muted">${t("round.second.note", { host: other })}</span></p>
    <a class="button" href=${href} target="_blank" rel="noopener">${t("round.second")} ${icon("link", true)}</a>
  </div>`;
}

/** @param {Context} context @param {Round} round */
const seedHash = (context, round) =>
  html`<section class="card stack stack--8" aria-labelledby="seed-hash">
    <div class="line line--apart">
      <h2 id="seed-hash">${t("round.seedHash")}</h2>
      <a class="small" href=${hashOf("verify")}>${t("round.how")}</a>
    </div>
    ${hash(context, round.seedHash, t("round.seedHash"))}
    <p class="hint">${t("round.seedHash.note")}</p>
  </section>`;

/** The player's result in the round. @param {Context} context @param {Round} round @param {Bet[]} mine */
function result({ state }, round, mine) {
  const next = openRounds(state).find(isQuick);
  const toNext =
    isQuick(round) && next
      ? html`<a class="button" href=${hashOf("round", next.roundId)}>${t("round.next")}</a>`
      : nothing;
  if (mine.length === 0) {
    return toNext === nothing
      ? nothing
      : html`<div class="banner">
          ${icon("info")}
          <p>${ended(round)}</p>
          ${toNext}
        </div>`;
  }
  if (mine.some(isUnfinished)) {
    const waits = round.draw === "oracle" && round.seed !== null && round.winnerSide === null;
    return html`<div class="banner">
      ${icon("clock")}
      <p>${t(waits ? "round.oracle.waits" : "round.result.pending")}</p>
    </div>`;
  }
  return outcomeVerdict(together(mine.map(outcomeOf)), { act: toNext });
}

/** @param {Context} context @param {Bet[]} mine */
const myBets = (context, mine) =>
  html`<section class="card" aria-labelledby="mine-here">
    <div class="card-head"><h2 id="mine-here">${t("round.mine")}</h2></div>
    <ul class="rows">
      ${repeat(
        mine,
        (bet) => bet.betId,
        (bet) => {
          const verified = context.state.verifications[`bet:${bet.betId}`];
          // A bet that came back has no draw.
          const note =
            stand(bet) === "back"
              ? nothing
              : html`<a href=${hashOf("verify", bet.betId)}
                  >${verified ? verifiedBadge(verified) : t("bets.verify")}</a
                >`;
          return betRow(context, bet, { note });
        },
      )}
    </ul>
  </section>`;

/**
 * Seed, hash, and the draws as this browser made them again.
 * @param {Context} context @param {Round} round @param {Bet[]} mine
 */
function draw(context, round, mine) {
  const verification = context.state.verifications[`round:${round.roundId}`];
  const drawn = mine.filter((bet) => stand(bet) !== "back");
  if (round.seed === null) {
    return isZero(totals(round).most)
      ? seedHash(context, round)
      : html`<div class="banner">
          ${icon("clock")}
          <p>${t("verify.later.text")}</p>
        </div>`;
  }
  return html`<section class="card stack" aria-labelledby="round-draw">
    <div class="line line--apart">
      <h2 id="round-draw">${t("round.draws")}</h2>
      ${verifiedBadge(verification)}
    </div>
    ${verification ? steps(context, verification) : html`<p class="small muted">${t("verify.running")}</p>`}
    ${
      drawn.length === 1
        ? html`<a class="button" href=${hashOf("verify", drawn[0].betId)}>${t("verify.each")}</a>`
        : nothing
    }
  </section>`;
}
