// The loads of the views, by key: `rounds`, `bet:{id}`, `verify:{id}`. A running load is not started twice.

import { Refused, pageQuery as query, problemOf } from "../shared/api.js";
import { clock } from "../shared/clock.js";
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
/** Pages of bets that are read at once. */
const BET_PAGES = 20;
/** A refund may be late by this time, in milliseconds. */
const LATE = 120_000;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   kept: ReturnType<typeof import("../shared/kept.js").createKept>, get: () => State,
 *   dispatch: (event: Event) => void, onProblem: (problem: import("../shared/types.d.ts").Problem) => void }} parts
 */
export function createLoads({ api, kept, get, dispatch, onProblem }) {
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  /** Which session it is: a load of an earlier one says nothing about this one. */
  let generation = 0;

  /** @type {Record<string, (id: string) => Promise<void>>} */
  const readers = {
    platform: async () =>
      dispatch({ type: "platform", data: (await api.get("/api/platform", { isPublic: true })).data }),
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
    matches: async (id) =>
      dispatch({
        type: "matches",
        betId: id,
        data: (await pages(`/api/bets/${encodeURIComponent(id)}/matches`, EMPTY_PAGES)).found,
      }),
    verify,
    verifyRound: ofRound,
  };

  /** @param {string | null} cursor */
  async function rounds(cursor) {
    const listed = get().openRounds.ids;
    const { data, nextCursor } = await api.get(`/api/rounds${query(cursor)}`, { isPublic: true });
    for (const one of data) kept.round(one);
    dispatch({ type: "roundPage", data, next: nextCursor ?? null, isFirst: cursor === null, listed });
  }

  /** Whether a bet placed before that time may still wait for an opponent. @param {string | null} time */
  function mayWait(time) {
    const { platform } = get();
    return (
      time !== null &&
      platform !== null &&
      clock.now() - Date.parse(time) < Number(platform.refundAfterSeconds) * 1000 + LATE
    );
  }

  /**
   * The first pages go back as far as bets may wait, so that each of those can be taken back.
   * @param {string | null} cursor
   */
  async function bets(cursor) {
    const { found, next, readTo } = await betPages(
      "/api/bets",
      cursor,
      ({ length }, time) => length > 0 && (cursor !== null || !mayWait(time)),
    );
    dispatch({ type: "betPage", data: found, next, readTo, isFirst: cursor === null });
  }

  /**
   * Pages of bets, until enough was read.
   * @param {string} path @param {string | null} cursor
   * @param {(found: Bet[], readTo: string | null) => boolean} isEnough
   */
  async function betPages(path, cursor, isEnough) {
    /** @type {{ found: Bet[], next: string | null, readTo: string | null }} */
    const read = { found: [], next: cursor, readTo: null };
    for (let page = 0; page < BET_PAGES; page += 1) {
      const answer = await api.get(path + query(read.next));
      read.found.push(...answer.data);
      read.next = answer.nextCursor;
      read.readTo = answer.readTo;
      if (read.next === null || isEnough(read.found, read.readTo)) break;
    }
    return read;
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
    const wanted = new Set(
      (await pages(`/api/bets/${encodeURIComponent(betId)}/matches`, EMPTY_PAGES)).found.map((match) => match.matchId),
    );
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
    dispatch({
      type: "verified",
      key: `round:${id}`,
      data: await verifyRound({ round: of, matches: found, kept: kept.ofRound(id) }),
    });
  }

  /** @param {string} key */
  async function run(key) {
    const at = key.indexOf(":");
    const [name, id] = at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
    const mine = generation;
    dispatch({ type: "load", key, status: "loading" });
    try {
      await readers[name](id);
      if (mine === generation) dispatch({ type: "load", key, status: "ready" });
    } catch (error) {
      if (mine !== generation) return;
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
    const started = run(key).finally(() => running.get(key) === started && running.delete(key));
    running.set(key, started);
    return started;
  };

  return {
    load,
    /** The session is over: its running loads are none of the next one. */
    forget() {
      generation += 1;
      running.clear();
    },
    /** Verifies a round and the player's bets in it, once each, after they have ended. @param {string} roundId */
    verifyEnded(roundId) {
      const state = get();
      const of = state.rounds[roundId];
      if (!of || of.seed === null) return;
      const isNew = (/** @type {string} */ key) => !state.verifications[key];
      const mine = state.myBets.ids
        .map((id) => state.bets[id])
        .filter((one) => one.roundId === roundId && !isUnfinished(one) && !isZero(one.settled));
      for (const one of mine) if (isNew(`bet:${one.betId}`)) void load(`verify:${one.betId}`);
      if (isNew(`round:${roundId}`)) void load(`verifyRound:${roundId}`);
    },
  };
}
