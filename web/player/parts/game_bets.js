// Bets on games in lists.

import { html, keyed, nothing } from "../../shared/html.js";
import { endOf, outcomeOfGame } from "../../shared/outcome.js";
import { roomOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { periodName, pickName, roomName, symbolsOf } from "../game_words.js";
import { t, when } from "../texts.js";
import { amount, icon } from "./basics.js";
import { ending } from "./bets.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").GameBet} GameBet */

/** A change glows for so long, in milliseconds; `--glow` of tokens.css. */
const GLOW = 600;

const BADGES = /** @type {const} */ ({
  pending: { kind: "", icon: "clock", text: "bets.status.pending" },
  won: { kind: "badge--good", icon: "check", text: "bets.status.won" },
  even: { kind: "", icon: null, text: "bets.status.even" },
  lost: { kind: "badge--lost", icon: null, text: "bets.status.lost" },
  back: { kind: "", icon: "back", text: "bets.status.back" },
});

/** @param {GameBet} bet */
export function gameBadge(bet) {
  const { kind, icon: name, text } = BADGES[bet.status === "PENDING" ? "pending" : endOf(outcomeOfGame(bet))];
  return html`<span class="badge ${kind}">${name ? icon(name, true) : nothing}${t(text)}</span>`;
}

/** The symbols that were drawn, or nothing before the draw. @param {GameBet} bet */
export const drawnText = (bet) => (bet.result ? t("room.drawn", { symbols: symbolsOf(bet.result).join(" ") }) : "");

/**
 * One row; it glows when the bet changed.
 * @param {Context} context @param {GameBet} bet
 * @param {{ href?: string, isCurrent?: boolean, isHere?: boolean }} options `isHere`: in its own room, whose name is
 *   left out.
 */
export function gameBetRow({ state, now }, bet, { href, isCurrent = false, isHere = false }) {
  const changedAt = state.changed[bet.betId] ?? 0;
  const room = roomOf(bet);
  const notes = [isHere ? periodName(bet.periodId) : roomName(room), drawnText(bet)].filter(Boolean).join(" · ");
  const main = html`<span class="symbol symbol--game" data-color=${bet.betValue} aria-hidden="true"
      >${initial(bet)}</span
    >
    <span class="row-main">
      <span class="row-title"
        >${amount(bet.betAmount)}
        <span class="muted">${t("bets.onPick", { pick: pickName(bet.betType, bet.betValue) })}</span></span
      >
      <span class="row-note"
        >${notes}${href ? html` · <time datetime=${bet.createdAt}>${when(bet.createdAt)}</time>` : nothing}</span
      >
    </span>
    <span class="row-end">${bet.status === "PENDING" ? gameBadge(bet) : ending(outcomeOfGame(bet))}</span>`;
  return keyed(
    changedAt,
    html`<li class=${changedAt && now - changedAt < GLOW ? "changed" : nothing}>
      ${
        href
          ? html`<a class="row" href=${href} aria-current=${isCurrent ? "true" : nothing}>${main}</a>`
          : html`<div class="row">${main}</div>`
      }
    </li>`,
  );
}

/** The first letters of the bet's game. @param {GameBet} bet */
const initial = ({ gameType }) => gameType.slice(0, 1).toUpperCase();

/** Where a bet on a game is shown. @param {GameBet} bet */
export const gameBetHash = (bet) => hashOf("bets", bet.betId, { of: "game" });
