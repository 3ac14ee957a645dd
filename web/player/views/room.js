// Room: a game's current period, a form for a bet, the player's bets, past results and their trends.

import { html, nothing, repeat } from "../../shared/html.js";
import { roomOf, partsOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { durationName, factsOf, gameName, periodName, typeName, valueName } from "../game_words.js";
import { t, when } from "../texts.js";
import { failed, hash, loaded, loading, notice } from "../parts/basics.js";
import { gameBetRow } from "../parts/game_bets.js";
import { gameForm } from "../parts/game_form.js";
import { roomResult } from "../parts/game_result.js";
import { periodClock } from "../parts/period_clock.js";
import { strip, symbol } from "../parts/symbols.js";
import { verifyHash } from "../parts/verify_period.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Period} Period */
/** @typedef {import("../../shared/types.d.ts").GameBet} GameBet */

const STRIP = 8;
/** Bets of the player that a room shows. */
const MINE = 6;
/** Selections that the trends show; a game may have more than a hundred. */
const TRENDS = 40;

/** @param {Context} context */
export function roomView(context) {
  const { state, now } = context;
  const room = state.route.id ?? "";
  const { gameType } = partsOf(room);
  const period = state.periods[room];
  const game = state.games?.find((one) => one.gameType === gameType);
  return html`<section class="view view--split view--room" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${gameName(gameType)}</h1>
      ${period ? html`<p class="num">${t("room.period", { period: periodName(period.periodId) })}</p>` : nothing}
    </div>
    <div class="main">${game && period ? content(context, room, period, now) : missing(context, room)}</div>
    <div class="side">${game && period ? mine(context, room) : nothing}</div>
    ${game && period ? past(context, room) : nothing}
  </section>`;
}

/** @param {Context} context @param {string} room */
function missing(context, room) {
  const { loads } = context.state;
  const failure = [loads.games, loads.periods].find((load) => load?.status === "failed");
  if (failure?.problem)
    return failed(context, failure.problem, t("room.failed"), loads.games === failure ? "games" : "periods");
  if (loads.games?.status !== "ready" || loads.periods?.status !== "ready") return loading();
  const toPlay = html`<a class="button button--primary" href=${hashOf("play")}>${t("bets.toPlay")}</a>`;
  return notice({ title: t("room.missing", { room }), text: t("room.missing.text"), act: toPlay });
}

/** @param {Context} context @param {string} room @param {Period} period @param {number} now */
function content(context, room, period, now) {
  const { state } = context;
  const { gameType, duration } = partsOf(room);
  const rooms = Object.values(state.periods).filter((one) => one.gameType === gameType);
  const results = state.results[room]?.list ?? [];
  return html`${
      rooms.length > 1
        ? html`<nav class="segments" aria-label=${t("room.others")}>
            ${rooms.map(
              (one) =>
                html`<a
                  class="segment"
                  href=${hashOf("room", roomOf(one))}
                  aria-current=${one.duration === duration ? "page" : nothing}
                  >${durationName(one.duration)}</a
                >`,
            )}
          </nav>`
        : nothing
    }
    <section class="card stack" aria-labelledby="room-period">
      <h2 class="hidden-text" id="room-period">${t("room.thisPeriod")}</h2>
      ${periodClock(period, now)} ${strip(results, STRIP, true)}
    </section>
    ${roomResult(context, room)} ${gameForm(context, room)}
    ${period.seedHash ? seedHash(context, period.seedHash) : nothing}`;
}

/** @param {Context} context @param {string} value */
const seedHash = (context, value) =>
  html`<section class="card stack stack--8" aria-labelledby="seed-hash">
    <h2 id="seed-hash">${t("round.seedHash")}</h2>
    ${hash(context, value, t("round.seedHash"))}
    <p class="hint">${t("room.seedHash.note")}</p>
  </section>`;

/** The player's newest bets in the room. @param {Context} context @param {string} room */
function mine(context, room) {
  const { state } = context;
  const bets = state.myGameBets.ids
    .map((id) => state.gameBets[id])
    .filter((bet) => roomOf(bet) === room)
    .slice(0, MINE);
  return html`<section class="card" aria-labelledby="mine">
    <div class="card-head">
      <h2 id="mine">${t("room.mine")}</h2>
      <a class="small" href=${hashOf("bets", null, { kind: "games" })}>${t("bets.all")}</a>
    </div>
    ${
      bets.length
        ? html`<ul class="rows">
            ${repeat(
              bets,
              (bet) => bet.betId,
              (bet) => gameBetRow(context, bet, { isHere: true }),
            )}
          </ul>`
        : html`<p class="small muted">${t("room.mine.none")}</p>`
    }
  </section>`;
}

/** Past results, and how often each selection won. @param {Context} context @param {string} room */
function past(context, room) {
  const { state } = context;
  const isTrends = state.route.query.past === "trends";
  const title = t(isTrends ? "room.trends" : "room.history");
  return html`<section class="card card--flush past" aria-labelledby="room-past">
    <div class="card-head">
      <h2 id="room-past">${title}</h2>
      <nav class="segments segments--short" aria-label=${t("room.past")}>
        <a class="segment" href=${hashOf("room", room)} aria-current=${isTrends ? nothing : "page"}
          >${t("room.history")}</a
        >
        <a class="segment" href=${hashOf("room", room, { past: "trends" })} aria-current=${isTrends ? "page" : nothing}
          >${t("room.trends")}</a
        >
      </nav>
    </div>
    ${
      isTrends
        ? loaded(context, `trends:${room}`, state.trends[room] !== undefined, t("room.trends.failed"), () =>
            trends(context, room),
          )
        : loaded(context, `results:${room}`, state.results[room] !== undefined, t("room.history.failed"), () =>
            history(context, room),
          )
    }
  </section>`;
}

/** @param {Context} context @param {string} room */
function history({ state, act }, room) {
  const { list, next } = state.results[room] ?? { list: [], next: null };
  if (list.length === 0) return html`<p class="notice small muted">${t("room.noResults")}</p>`;
  return html`<table class="table table--plain table--results" aria-labelledby="room-past">
      <thead>
        <tr>
          <th scope="col">${t("room.periodName")}</th>
          <th scope="col">${t("room.result")}</th>
          <th scope="col" class="wide-cell">${t("room.facts")}</th>
          <th scope="col" class="num">${t("wallet.when")}</th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          list,
          (result) => result.eventId,
          (result) =>
            html`<tr>
              <th scope="row" class="num-left">
                <a
                  href=${verifyHash(room, result.periodId)}
                  aria-label=${t("room.verify", { period: periodName(result.periodId) })}
                  >${periodName(result.periodId)}</a
                >
              </th>
              <td>
                ${symbol(result.result)}<span class="facts-below" aria-hidden="true">${factsOf(result.result)}</span>
              </td>
              <td class="wide-cell" aria-hidden="true">${factsOf(result.result)}</td>
              <td class="num"><time datetime=${result.endsAt}>${when(result.endsAt)}</time></td>
            </tr>`,
        )}
      </tbody>
    </table>
    <div class="table-foot">
      <span>${t("bets.shown", { count: String(list.length) })}</span>
      ${
        next
          ? html`<button class="button" type="button" @click=${() => act.load(`results.more:${room}`)}>
              ${t("more")}
            </button>`
          : nothing
      }
    </div>`;
}

/** @param {Context} context @param {string} room */
function trends({ state }, room) {
  const { list, periods } = state.trends[room] ?? { list: [], periods: "0" };
  const shown = [...list].sort((one, other) => Number(other.frequency) - Number(one.frequency)).slice(0, TRENDS);
  return html`<p class="hint table-note">${t("room.trends.note", { count: periods })}</p>
    <table class="table table--plain" aria-labelledby="room-past">
      <thead>
        <tr>
          <th scope="col">${t("room.selection")}</th>
          <th scope="col" class="num">${t("room.trends.won")}</th>
          <th scope="col" class="num">${t("room.trends.missing")}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ betType, betValue, frequency, missing: since }) =>
            html`<tr>
              <th scope="row">${valueName(betValue)} <span class="muted small">${typeName(betType)}</span></th>
              <td class="num">${frequency}</td>
              <td class="num">${since}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}
