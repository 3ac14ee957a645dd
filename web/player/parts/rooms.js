// The rooms of every game, for the first view: one card a game, one row a room.

import { html, repeat } from "../../shared/html.js";
import { roomOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { durationName, gameName } from "../game_words.js";
import { shortClock } from "./period_clock.js";
import { strip } from "./symbols.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Period} Period */

const STRIP = 5;

/** @param {Context} context */
export function rooms(context) {
  const { state } = context;
  const games = [...new Set(Object.values(state.periods).map((period) => period.gameType))];
  return html`<div class="grid grid--2">
    ${repeat(
      games,
      (game) => game,
      (game) =>
        card(
          context,
          game,
          Object.values(state.periods).filter((period) => period.gameType === game),
        ),
    )}
  </div>`;
}

/** @param {Context} context @param {string} game @param {Period[]} periods */
const card = (context, game, periods) =>
  html`<article class="card card--flush" aria-label=${gameName(game)}>
    <div class="card-head"><h3>${gameName(game)}</h3></div>
    <ul class="rows rows--padded">
      ${repeat(
        periods,
        (period) => period.duration,
        (period) => row(context, period),
      )}
    </ul>
  </article>`;

/** @param {Context} context @param {Period} period */
function row({ state, now }, period) {
  const room = roomOf(period);
  return html`<li>
    <a class="row row--room" href=${hashOf("room", room)}>
      <span class="row-title"
        ><span class="hidden-text">${gameName(period.gameType)} </span>${durationName(period.duration)}</span
      >
      ${strip(state.results[room]?.list ?? [], STRIP)} ${shortClock(period, now)}
    </a>
  </li>`;
}
