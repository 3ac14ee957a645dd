// The player's bets of both kinds in one list, newest first. Pure.

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../shared/types.d.ts").GameBet} GameBet */
/** @typedef {{ bet: Bet, game?: undefined } | { bet?: undefined, game: GameBet }} Mine */

/** @param {Mine} mine */
export const idOf = (mine) => (mine.bet ?? /** @type {GameBet} */ (mine.game)).betId;

/** @param {Mine} mine */
const placedAt = (mine) => Date.parse((mine.bet ?? /** @type {GameBet} */ (mine.game)).createdAt);

/**
 * The bets that are read. While one list goes on, the other is shown no further back, because bets may be missing there.
 * @param {State} state @param {"all" | "rounds" | "games"} kind
 * @returns {Mine[]}
 */
export function mineOf(state, kind) {
  const bets = kind === "games" ? [] : state.myBets.ids.map((id) => ({ bet: state.bets[id] }));
  const games = kind === "rounds" ? [] : state.myGameBets.ids.map((id) => ({ game: state.gameBets[id] }));
  const end = (/** @type {Mine[]} */ list, /** @type {string | null} */ next) => (next !== null && list.length > 0 ? placedAt(list[list.length - 1]) : -Infinity);
  const horizon = kind === "all" ? Math.max(end(bets, state.myBets.next), end(games, state.myGameBets.next)) : -Infinity;
  return [...bets, ...games].filter((mine) => placedAt(mine) >= horizon).sort((one, other) => placedAt(other) - placedAt(one));
}
