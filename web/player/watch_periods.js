// Follows the periods of the rooms that are shown: the next period, the result of the last, and the player's bets in
// it.

import { clock } from "../shared/clock.js";
import { roomOf } from "../shared/rooms.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").GameBet} GameBet */

/** A late result or payout is asked for again after so many seconds. */
const AGAIN_EVERY = 2;
/** Where results are pushed, or are very late, they are asked for less often. */
const PATIENT_EVERY = 20;
const PATIENT = 60;

/** Whether it is time to ask once more. @param {State} state @param {number} seconds Since the period ended. */
const isTime = ({ link }, seconds) =>
  link.kind === "live" || seconds > PATIENT ? seconds % PATIENT_EVERY === 0 : seconds % AGAIN_EVERY === 1;

/**
 * @param {{ get: () => State, loads: ReturnType<typeof import("./loads.js").createLoads> }} parts
 */
export function watchPeriods({ get, loads }) {
  /**
   * Periods that have ended and whose results are not here, by room.
   * @type {Map<string, { periodId: string, seconds: number }>}
   */
  const awaited = new Map();
  /** Seconds for which bets have been pending after their period. */
  let late = 0;
  let ticks = 0;

  /** The rooms that the current view shows. @param {State} state */
  function shown({ route, periods }) {
    if (route.name === "play") return Object.keys(periods);
    return route.name === "room" && route.id && periods[route.id] ? [route.id] : [];
  }

  /** @param {State} state */
  const pending = ({ gameBets }) => Object.values(gameBets).filter((bet) => bet.status === "PENDING");

  /**
   * Reads the current periods where one has ended.
   * @param {State} state @param {string[]} rooms @param {GameBet[]} bets
   */
  function readPeriods(state, rooms, bets) {
    const now = clock.now();
    const isOver = (/** @type {string} */ room) =>
      state.periods[room] !== undefined && Date.parse(state.periods[room].endsAt) <= now;
    const isUnknown = bets.some((bet) => !state.periods[roomOf(bet)]) && ticks % PATIENT_EVERY === 1;
    if (isUnknown || rooms.some(isOver) || bets.some((bet) => isOver(roomOf(bet)))) void loads.load("periods");
  }

  /** @param {State} state @param {string[]} rooms */
  function readResults(state, rooms) {
    for (const [room, wait] of awaited) {
      wait.seconds += 1;
      const isHere = (state.results[room]?.list[0]?.periodId ?? "") >= wait.periodId;
      if (isHere || !rooms.includes(room)) awaited.delete(room);
      else if (isTime(state, wait.seconds)) void loads.load(`latest:${room}`);
    }
  }

  return {
    /** Periods that were followed by another one have a result soon. @param {State} state @param {State} before */
    moved(state, before) {
      for (const [room, period] of Object.entries(state.periods)) {
        const last = before.periods[room];
        if (last && last.periodId !== period.periodId) awaited.set(room, { periodId: last.periodId, seconds: 0 });
      }
    },

    /** Each second. */
    tick() {
      const state = get();
      if (document.hidden) return;
      ticks += 1;
      const [rooms, bets] = [shown(state), pending(state)];
      readPeriods(state, rooms, bets);
      readResults(state, rooms);
      const hasEnded = (/** @type {GameBet} */ bet) => bet.periodId < (state.periods[roomOf(bet)]?.periodId ?? "");
      late = bets.some(hasEnded) ? late + 1 : 0;
      if (late > 0 && isTime(state, late)) void loads.load("gameBets");
    },
  };
}
