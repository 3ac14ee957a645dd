// Loads of house games: games, periods, results, statistics, the player's bets, and jackpots.

import { pageQuery } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { partsOf, pathOf, periodOf, roomOf } from "../shared/rooms.js";
import { isDrawn, verifyPeriod } from "../shared/verify_period.js";
import { symbolsOf } from "./game_words.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

/** Results that a list of rooms shows of each. */
const LATEST = 8;
/** Results of the first page in a room; further pages are longer. */
const FIRST = 12;
/** Pages may be empty though another one follows. */
const EMPTY_PAGES = 10;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   kept: ReturnType<typeof import("../shared/kept.js").createKept>, get: () => State,
 *   dispatch: (event: Event) => void }} parts
 * @returns {Record<string, (id: string) => Promise<void>>}
 */
export function gameReaders({ api, kept, get, dispatch }) {
  async function periods() {
    const { data } = await api.get("/api/games/active-periods", { isPublic: true });
    dispatch({ type: "periods", data });
  }

  /** @param {string} room @param {string | null} cursor @param {number} [limit] */
  async function results(room, cursor, limit) {
    const query = [
      ...(cursor === null ? [] : [`cursor=${encodeURIComponent(cursor)}`]),
      ...(limit ? [`limit=${limit}`] : []),
    ].join("&");
    const { data, nextCursor } = await api.get(`${pathOf(room)}/history${query && `?${query}`}`, { isPublic: true });
    dispatch({ type: "resultPage", room, data, next: nextCursor, isFirst: cursor === null });
  }

  /** @param {string | null} cursor */
  async function bets(cursor) {
    const data = [];
    let [next, readTo] = [cursor, null];
    for (let page = 0; page < EMPTY_PAGES && data.length === 0; page += 1) {
      const answer = await api.get(`/api/games/my-bets${pageQuery(next)}`);
      data.push(...answer.data);
      [next, readTo] = [answer.nextCursor, answer.readTo];
      if (next === null) break;
    }
    const isKnown = get().myGameBets.ids.length > 0;
    dispatch({
      type: "gameBetPage",
      data,
      next,
      readTo,
      isFirst: cursor === null,
      seenAt: isKnown && cursor === null ? clock.now() : undefined,
    });
  }

  async function games() {
    const { data } = await api.get("/api/games", { isPublic: true });
    dispatch({ type: "games", data });
  }

  /** Draws a past period again. @param {string} id Its room and its own id */
  async function verify(id) {
    const { room, periodId } = periodOf(id);
    const { data } = await api.get(`${pathOf(room)}/period/${encodeURIComponent(periodId)}`, { isPublic: true });
    dispatch({ type: "drawnPeriod", id, data });
    if (get().games === null) await games();
    const game = get().games?.find((one) => one.gameType === partsOf(room).gameType);
    if (!game || !isDrawn(data)) return;
    const verification = await verifyPeriod({
      id,
      period: data,
      symbols: game.symbols,
      told: symbolsOf(data.result),
      kept: kept.ofPeriod(id, data.closesAt),
    });
    dispatch({ type: "verified", key: `period:${id}`, data: verification });
  }

  return {
    games,
    verifyPeriod: verify,
    periods,
    latest: (room) => results(room, null, LATEST),
    /** The latest results of every room, once the rooms are known. */
    strips: async () => {
      if (Object.keys(get().periods).length === 0) await periods();
      await Promise.all(Object.values(get().periods).map((period) => results(roomOf(period), null, LATEST)));
    },
    results: (room) => results(room, null, FIRST),
    "results.more": (room) => results(room, get().results[room]?.next ?? null),
    trends: async (room) => {
      const { data, periods: counted } = await api.get(`${pathOf(room)}/statistics`, { isPublic: true });
      dispatch({ type: "trends", room, data, periods: counted });
    },
    gameBet: async (id) =>
      dispatch({ type: "gameBet", data: (await api.get(`/api/games/my-bets/${encodeURIComponent(id)}`)).data }),
    gameBets: () => bets(null),
    "gameBets.more": () => bets(get().myGameBets.next),
    jackpots: async () =>
      dispatch({ type: "jackpots", data: (await api.get("/api/jackpots", { isPublic: true })).data }),
  };
}
