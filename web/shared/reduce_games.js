// The part of the fold that is about house games. Pure, as reduce.js.

import { joined, none, put } from "./by_id.js";
import { readBetsOn, readOn } from "./read_on.js";
import { isNewerGameBet } from "./revision.js";
import { roomOf } from "./rooms.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("./types.d.ts").GameBet} GameBet */
/** @typedef {import("./types.d.ts").GameResult} GameResult */

export const INITIAL_GAMES = {
  games: null,
  periods: none(),
  results: none(),
  trends: none(),
  gameBets: none(),
  myGameBets: { ids: [], next: null, top: null },
  jackpots: null,
  drawnPeriods: none(),
};

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State} The same object where the event changes nothing.
 */
export function reduceGames(state, event) {
  switch (event.type) {
    case "games":
      return { ...state, games: event.data };
    case "periods":
      return {
        ...state,
        periods: joined(state.periods, Object.fromEntries(event.data.map((period) => [roomOf(period), period]))),
      };
    case "resultPage": {
      const known = state.results[event.room] ?? { list: [], next: null, top: null };
      const read = readOn(
        known,
        event.data.map((result) => result.eventId),
        event,
      );
      return { ...state, results: put(state.results, event.room, { list: merged(known.list, event.data), ...read }) };
    }
    case "gameResult":
      return markLost(keepResult(state, event.data), event);
    case "trends":
      return { ...state, trends: put(state.trends, event.room, { list: event.data, periods: event.periods }) };
    case "drawnPeriod":
      return { ...state, drawnPeriods: put(state.drawnPeriods, event.id, event.data) };
    case "gameBet":
      return keepBets(state, [event.data], state.myGameBets, event.seenAt);
    case "gameBetPage":
      return keepBets(
        state,
        event.data,
        readBetsOn(
          state.myGameBets,
          event.data.map((bet) => bet.betId),
          event,
        ),
        event.seenAt,
      );
    case "jackpots":
      return { ...state, jackpots: event.data };
    default:
      return state;
  }
}

/** A result of a room that is shown. @param {State} state @param {GameResult} data */
function keepResult(state, data) {
  const room = roomOf(data);
  const known = state.results[room];
  if (!known || known.list.some((result) => result.eventId === data.eventId)) return state;
  return { ...state, results: put(state.results, room, { ...known, list: merged(known.list, [data]) }) };
}

/**
 * Bets that are not among the winning ones have lost, without another request. Winners are told with their payout.
 * @param {State} state @param {Extract<Event, { type: "gameResult" }>} event
 */
function markLost(state, { data, seenAt }) {
  const { winning } = data;
  if (!winning) return state;
  const isOfPeriod = (/** @type {GameBet} */ bet) =>
    bet.status === "PENDING" && bet.periodId === data.periodId && roomOf(bet) === roomOf(data);
  const hasWon = (/** @type {GameBet} */ bet) =>
    winning.some(({ betType, betValue }) => betType === bet.betType && betValue === bet.betValue);
  const lost = Object.values(state.gameBets).filter((bet) => isOfPeriod(bet) && !hasWon(bet));
  return keepBets(
    state,
    lost.map((bet) => ({ ...bet, status: "LOST", result: data.result })),
    state.myGameBets,
    seenAt,
  );
}

/** Newest first, each once. @param {GameResult[]} known @param {GameResult[]} more */
function merged(known, more) {
  const ids = new Set(known.map((result) => result.eventId));
  const all = [...known, ...more.filter((result) => !ids.has(result.eventId))];
  return all.sort((one, other) => other.periodId.localeCompare(one.periodId));
}

/**
 * @param {State} state @param {GameBet[]} more @param {import("./read_on.js").BetsReadOn} read @param {number} [seenAt]
 */
function keepBets(state, more, { next, top, readTo }, seenAt) {
  const newer = more.filter((bet) => !state.gameBets[bet.betId] || isNewerGameBet(bet, state.gameBets[bet.betId]));
  if (
    newer.length === 0 &&
    next === state.myGameBets.next &&
    top === state.myGameBets.top &&
    readTo === state.myGameBets.readTo
  )
    return state;
  const gameBets = joined(state.gameBets, Object.fromEntries(newer.map((bet) => [bet.betId, bet])));
  const ids = [...new Set([...state.myGameBets.ids, ...more.map((bet) => bet.betId)])];
  ids.sort((one, other) => Date.parse(gameBets[other].createdAt) - Date.parse(gameBets[one].createdAt));
  const glow = seenAt === undefined ? {} : Object.fromEntries(newer.map((bet) => [bet.betId, seenAt]));
  return { ...state, gameBets, changed: joined(state.changed, glow), myGameBets: { ids, next, top, readTo } };
}
