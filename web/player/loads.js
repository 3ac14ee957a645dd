// The loads of the views, by key: `rounds`, `bet:{id}`, `verify:{id}`. A running load is not started twice.

import { Refused, pageQuery as query, problemOf } from "../shared/api.js";
import { isZero } from "../shared/money.js";
import { isUnfinished } from "../shared/revision.js";
import { isVerifiable, verifyBet, verifyRound } from "../shared/verify.js";
import { accountReaders } from "./load_account.js";
import { gameReaders } from "./load_games.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../shared/types.d.ts").Round} Round */
/** @typedef {import("../shared/types.d.ts").PublicMatch} PublicMatch */

/** Pages of a round's matches that are read to find those of a bet; each has 50. */
const MATCH_PAGES = 40;
/** Pages may be empty though another one follows. */
const EMPTY_PAGES = 10;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, kept: ReturnType<typeof import("../shared/kept.js").createKept>,
 *   get: () => State, dispatch: (event: Event) => void, onProblem: (problem: import("../shared/types.d.ts").Problem) => void }} parts
 */
export function createLoads({ api, kept, get, dispatch, onProblem }) {
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();

  /** @type {Record<string, (id: string) => Promise<void>>} */
  const readers = {
    platform: async () => dispatch({ type: "platform", data: (await api.get("/api/platform", { isPublic: true })).data }),
    me: async () => dispatch({ type: "user", data: (await api.get("/api/users/me")).data }),
    wallet: async () => dispatch({ type: "wallet", data: (await api.get("/api/wallet")).data }),
    ...accountReaders({ api, get, dispatch }),
    ...gameReaders({ api, kept, get, dispatch }),
    rounds: () => rounds(null),
    "rounds.more": () => rounds(get().openRounds.next),
    bets: () => bets(null),
    "bets.more": () => bets(get().myBets.next),
    ledger: () => ledger(null),
    "ledger.more": () => ledger(get().ledger.next),
    round: async (id) => void (await round(id)),
    bet: async (id) => void (await bet(id)),
    matches: async (id) => dispatch({ type: "matches", betId: id, data: (await pages(`/api/bets/${id}/matches`, EMPTY_PAGES)).found }),
    verify,
    verifyRound: ofRound,
  };

  /** @param {string | null} cursor */
  async function rounds(cursor) {
    const { data, nextCursor } = await api.get(`/api/rounds${query(cursor)}`, { isPublic: true });
    for (const one of data) kept.round(one);
    dispatch({ type: "roundPage", data, next: nextCursor ?? null, isFirst: cursor === null });
  }

  /** @param {string | null} cursor */
  async function bets(cursor) {
    /** @type {Bet[]} */
    const data = [];
    let next = cursor;
    for (let page = 0; page < EMPTY_PAGES && data.length === 0; page += 1) {
      const answer = await api.get(`/api/bets${query(next)}`);
      data.push(...answer.data);
      next = answer.nextCursor;
      if (next === null) break;
    }
    dispatch({ type: "betPage", data, next, isFirst: cursor === null });
  }

  /** @param {string | null} cursor */
  async function ledger(cursor) {
    const { data, nextCursor } = await api.get(`/api/wallet/ledger${query(cursor)}`);
    dispatch({ type: "ledger", data, next: nextCursor, isFirst: cursor === null });
  }

  /** @param {string} id @returns {Promise<Round>} */
  async function round(id) {
    const { data } = await api.get(`/api/rounds/${encodeURIComponent(id)}`, { isPublic: true });
    kept.round(data);
    dispatch({ type: "round", data });
    return data;
  }

  /** @param {string} id @returns {Promise<Bet>} */
  async function bet(id) {
    const { data } = await api.get(`/api/bets/${encodeURIComponent(id)}`);
    dispatch({ type: "bet", data });
    return data;
  }

  /**
   * Reads pages until there are no more, or those that were looked for are found.
   * @param {string} path @param {number} most @param {(found: any[]) => boolean} [isEnough]
   */
  async function pages(path, most, isEnough = () => false, isPublic = false) {
    const found = [];
    let next = null;
    for (let page = 0; page < most; page += 1) {
      const answer = await api.get(path + query(next), { isPublic });
      found.push(...answer.data);
      next = answer.nextCursor;
      if (next === null || isEnough(found)) break;
    }
    return { found, next };
  }

  /** @param {string} betId */
  async function verify(betId) {
    const found = await bet(betId);
    const of = await round(found.roundId);
    if (!isVerifiable(found, of)) return;
    const wanted = new Set((await pages(`/api/bets/${betId}/matches`, EMPTY_PAGES)).found.map((match) => match.matchId));
    const isOfBet = (/** @type {PublicMatch} */ match) => match.betAId === betId || match.betBId === betId;
    const isEnough = (/** @type {PublicMatch[]} */ matches) => matches.filter(isOfBet).length >= wanted.size;
    const path = `/api/rounds/${encodeURIComponent(of.roundId)}/matches`;
    const read = wanted.size === 0 ? { found: [], next: null } : await pages(path, MATCH_PAGES, isEnough, true);
    // Some of the bet's matches are beyond the last page, so the bet cannot be verified as a whole.
    if (!isEnough(read.found) && read.next !== null) throw new Refused(problemOf("too-many-matches", 200));
    const data = await verifyBet({ bet: found, round: of, matches: read.found.filter(isOfBet), kept: kept.of(found) });
    dispatch({ type: "verified", key: `bet:${betId}`, data });
  }

  /** @param {string} id */
  async function ofRound(id) {
    const of = await round(id);
    if (of.seed === null) return;
    const { found } = await pages(`/api/rounds/${encodeURIComponent(id)}/matches`, 1, () => true, true);
    dispatch({ type: "verified", key: `round:${id}`, data: await verifyRound({ round: of, matches: found, kept: kept.ofRound(id) }) });
  }

  /** @param {string} key */
  async function run(key) {
    const at = key.indexOf(":");
    const [name, id] = at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
    dispatch({ type: "load", key, status: "loading" });
    try {
      await readers[name](id);
      dispatch({ type: "load", key, status: "ready" });
    } catch (error) {
      // A value that cannot be read, such as a seed that is not hexadecimal, is a failure like any other.
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 200);
      dispatch({ type: "load", key, status: "failed", problem });
      onProblem(problem);
    }
  }

  /** Reads what is under that key, once at a time. @param {string} key */
  const load = (key) => {
    const known = running.get(key);
    if (known) return known;
    const started = run(key).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };

  return {
    load,
    /** Verifies a round and the player's bets in it, once each, after they have ended. @param {string} roundId */
    verifyEnded(roundId) {
      const state = get();
      const of = state.rounds[roundId];
      if (!of || of.seed === null) return;
      const isNew = (/** @type {string} */ key) => !state.verifications[key];
      const mine = state.myBets.ids.map((id) => state.bets[id]).filter((one) => one.roundId === roundId && !isUnfinished(one) && !isZero(one.settled));
      for (const one of mine) if (isNew(`bet:${one.betId}`)) void load(`verify:${one.betId}`);
      if (isNew(`round:${roundId}`)) void load(`verifyRound:${roundId}`);
    },
  };
}

