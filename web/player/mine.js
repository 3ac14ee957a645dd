// The player's bets of both kinds in one list, newest first. Pure.

import { isZero } from "../shared/money.js";
import { isUnfinished } from "../shared/revision.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../shared/types.d.ts").GameBet} GameBet */
/** @typedef {{ bet: Bet, game?: undefined } | { bet?: undefined, game: GameBet }} Mine */
/** @typedef {"all" | "rounds" | "games"} Kind */
/** @typedef {"bets" | "gameBets"} List */

/** The lists that a kind needs. @type {Record<Kind, List[]>} */
export const LISTS = { all: ["bets", "gameBets"], rounds: ["bets"], games: ["gameBets"] };

/** @param {Mine} mine */
export const idOf = (mine) => (mine.bet ?? /** @type {GameBet} */ (mine.game)).betId;

/** @param {Mine} mine */
const placedAt = (mine) => Date.parse((mine.bet ?? /** @type {GameBet} */ (mine.game)).createdAt);

/** @param {State} state @param {List} list */
const pagesOf = (state, list) => (list === "bets" ? state.myBets : state.myGameBets);

/** The time from which on a list has been read. @param {State} state @param {List} list */
function readTo(state, list) {
  const at = pagesOf(state, list).readTo;
  return at ? Date.parse(at) : -Infinity;
}

/** @param {State} state @param {Kind} kind */
const horizonOf = (state, kind) => Math.max(...LISTS[kind].map((list) => readTo(state, list)));

/** @param {Mine} mine */
const isRunning = ({ bet, game }) => (bet ? isUnfinished(bet) : game.status === "PENDING");

/** Whether a part of a bet in a round can be taken back. @param {Mine} mine */
export const hasOpenPart = ({ bet }) => bet !== undefined && !isZero(bet.open);

/**
 * The bets that are shown. Before the time to which every list has been read, only bets that still run, because others
 * may be missing there.
 * @param {State} state @param {Kind} kind
 * @returns {Mine[]}
 */
export function mineOf(state, kind) {
  const bets = kind === "games" ? [] : state.myBets.ids.map((id) => ({ bet: state.bets[id] }));
  const games = kind === "rounds" ? [] : state.myGameBets.ids.map((id) => ({ game: state.gameBets[id] }));
  const horizon = horizonOf(state, kind);
  return [...bets, ...games]
    .filter((mine) => placedAt(mine) >= horizon || isRunning(mine))
    .sort((one, other) => placedAt(other) - placedAt(one));
}

/**
 * The lists whose next page shows more: those that have been read the least far back.
 * @param {State} state @param {Kind} kind
 * @returns {List[]}
 */
export function laggingOf(state, kind) {
  const further = LISTS[kind].filter((list) => pagesOf(state, list).next !== null);
  const horizon = Math.max(...further.map((list) => readTo(state, list)));
  return further.filter((list) => readTo(state, list) === horizon);
}
