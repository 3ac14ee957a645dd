// The loads of the views, by key: `queues`, `round:{id}`, `withdrawals:held`. A running load is not started twice.

import { Refused, call, problemOf } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { path } from "../shared/path.js";
import { isVerifiable, verifyBet, verifyRound } from "../shared/verify.js";
import { checkEntries, checkLines } from "./chain.js";
import { extended, isList, refreshed } from "./lists.js";
import { spanParts } from "./span.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */

/** Pages of a round's matches that are read to draw them again; each has 50. */
const MATCH_PAGES = 40;
/** Pages of a day's audit log that are read at once; each has 100 lines. */
const AUDIT_PAGES = 20;
/** Pages of a list that a refresh reads again; each has 50 rows. Rows behind them stay as they were read. */
const REFRESHED_PAGES = 10;

/** The path of a thing. @type {Record<string, (id: string) => string>} */
const THINGS = {
  me: () => "/api/users/me",
  queues: () => "/api/operator/queues",
  queueMinutes: () => "/api/operator/queues/minutes",
  sockets: () => "/api/operator/sockets",
  switches: () => "/api/operator/switches",
  books: () => "/api/operator/books",
  traffic: () => "/api/operator/metrics",
  minutes: () => "/api/operator/metrics/minutes",
  letters: (query) => `/api/operator/dead-letters${query && `?${query}`}`,
  letter: (id) => path`/api/operator/dead-letters/${id}`,
  round: (id) => path`/api/rounds/${id}`,
  periods: () => "/api/games/active-periods",
  distribution: (id) => {
    const [gameType, duration, , periodId] = id.split("/");
    return path`/api/games/${gameType}/${duration}/period/${periodId}/distribution`;
  },
  jackpots: () => "/api/jackpots",
  proposals: () => "/api/operator/jackpots/proposals",
  withdrawal: (id) => path`/api/operator/withdrawals/${id}`,
  deposit: (id) => path`/api/operator/deposits/${id}`,
  user: (id) => path`/api/operator/users/${id}`,
  limits: (id) => path`/api/operator/users/${id}/limits`,
  waiting: (id) => path`/api/operator/rounds/${id}/waiting`,
  opponents: (id) => path`/api/operator/users/${id}/opponents`,
  identity: (id) => path`/api/operator/users/${id}/identity`,
  account: (id) => path`/api/operator/payees/${id}`,
  search: (text) => path`/api/operator/search?text=${text}`,
  reconciliation: (id) => path`/api/operator/reconciliations/${id}`,
};

/** The path of a list that is read page by page. @type {Record<string, (id: string) => string>} */
const LISTS = {
  rounds: (id) => {
    const { list, span } = spanParts(id);
    if (list === "closed" || list === "cancelled") return `/api/operator/rounds/ended?state=${list}${span}`;
    return list === "unfinished" ? "/api/operator/rounds?" : "/api/rounds?";
  },
  players: (id) => `/api/operator/players?${spanParts(id).span.slice(1)}`,
  bets: (id) => path`/api/operator/users/${id}/bets?`,
  gameBets: (id) => path`/api/operator/users/${id}/game-bets?`,
  userDeposits: (id) => path`/api/operator/users/${id}/deposits?`,
  userWithdrawals: (id) => path`/api/operator/users/${id}/withdrawals?`,
  withdrawals: (id) => {
    const { list, span } = spanParts(id);
    return path`/api/operator/withdrawals?state=${list}` + span;
  },
  deposits: (state) => path`/api/operator/deposits?state=${state}`,
  entries: (id) => path`/api/operator/users/${id}/ledger?`,
  reconciliations: () => "/api/operator/reconciliations?",
};

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, get: () => State,
 *   dispatch: (event: Event) => void, onProblem: (problem: Problem) => void }} parts
 */
export function createLoads({ api, get, dispatch, onProblem }) {
  /** @type {Map<string, { isMore: boolean, hasBegun: boolean, done: Promise<void> }>} */
  const running = new Map();
  /** Which session it is: a load of an earlier one says nothing about this one. */
  let generation = 0;

  /** Answers that are made of more than one request. @type {Record<string, (id: string) => Promise<any>>} */
  const readers = {
    /** An unhealthy system answers 503 with the same body. */
    health: async () => (await call(fetch, "/health", { headers: { accept: "application/json" } })).body,
    verification: async (id) => {
      const known = get().data[`verification:${id}`];
      if (known?.isFinal) return known;
      const { data: round } = await api.get(THINGS.round(id), { isPublic: true });
      if (round.seed === null) return null;
      const { items, next } = await pages(path`/api/rounds/${id}/matches?`, MATCH_PAGES);
      const verification = await verifyRound({ round, matches: items, kept: {} });
      const isFinal = items.length > 0 && verification.steps.every((step) => step.state !== "unknown");
      return { matches: items, next, isFinal, ...verification };
    },
    /** What a cashier sees before a decision, with the opponents of the player. */
    facts: async (id) => {
      const { data } = await api.get(`${THINGS.withdrawal(id)}/facts`);
      // Without them, the view says so.
      const opponents = await api.get(THINGS.opponents(data.player.userId)).catch(() => ({ data: null }));
      return { ...data, opponents: opponents.data };
    },
    audit,
    proof,
  };

  /**
   * @param {string} first The path of the first page. @param {number} most @param {string | null} [next]
   * @returns {Promise<import("./lists.js").List>}
   */
  async function pages(first, most, next = null) {
    const list = { items: /** @type {any[]} */ ([]), next, pages: 0, isCut: false };
    while (list.pages < most) {
      const answer = await api.get(list.next === null ? first : `${first}&cursor=${encodeURIComponent(list.next)}`);
      list.items.push(...answer.data);
      list.next = answer.nextCursor ?? null;
      list.pages += 1;
      list.isCut = answer.hasMore === true && list.next === null;
      if (list.next === null) break;
    }
    return list;
  }

  /**
   * A list with a further page, or with its pages read again.
   * @param {string} key @param {string} first @param {boolean} isMore
   */
  async function list(key, first, isMore) {
    const known = get().data[key];
    if (isMore) return extended(key, known, await pages(first, 1, known.next));
    const fresh = await pages(first, Math.min(known?.pages ?? 1, REFRESHED_PAGES));
    return refreshed(key, known, fresh, get().route.id);
  }

  /**
   * A bet of a player, drawn again; without a verification as long as its seed is secret.
   * @param {string} key The user and the bet.
   */
  async function proof(key) {
    const [userId, betId] = key.split("/");
    const bets = get().data[`bets:${userId}`] ?? (await pages(LISTS.bets(userId), MATCH_PAGES));
    const bet = bets.items.find((/** @type {any} */ one) => one.betId === betId);
    if (!bet) throw new Refused(problemOf("not-found", 404));
    const { data: round } = await api.get(THINGS.round(bet.roundId), { isPublic: true });
    if (!isVerifiable(bet, round)) return { verification: null };
    const { items, next } = await pages(path`/api/rounds/${bet.roundId}/matches?`, MATCH_PAGES);
    if (next !== null) throw new Refused(problemOf("too-many-matches", 200));
    const matches = items.filter((/** @type {any} */ match) => match.betAId === betId || match.betBId === betId);
    return { verification: await verifyBet({ bet, round, matches, kept: {} }) };
  }

  /**
   * The lines of a day, and whether they follow each other.
   * @param {string} day Empty for the day that the server has now; its first line says which one that is.
   */
  async function audit(day) {
    const found = { day, items: /** @type {Record<string, string>[]} */ ([]), isWhole: false };
    let after = "0";
    for (let page = 0; page < AUDIT_PAGES && !found.isWhole; page += 1) {
      const query = new URLSearchParams({ ...(found.day && { day: found.day }), after });
      const answer = await api.get(`/api/operator/audit?${query}`);
      found.items.push(...answer.data);
      found.day ||= found.items[0]?.at.slice(0, 10) ?? "";
      found.isWhole = answer.nextAfter === null;
      after = answer.nextAfter;
    }
    return { ...found, chain: await checkLines(found.items) };
  }

  /** @param {string} key @param {boolean} isMore */
  async function read(key, isMore) {
    const [name, id] = parts(key);
    if (isList(key)) {
      const found = await list(key, LISTS[name](id), isMore);
      // The chain of a ledger is checked over all of its pages.
      return name === "entries" ? { ...found, chain: await checkEntries(id, found.items) } : found;
    }
    if (name in readers) return readers[name](id);
    const answer = await api.get(THINGS[name](id));
    // Beside its data, an answer may have counts, such as those of dead letters that were not read.
    return Object.keys(answer).length === 1 && "data" in answer ? answer.data : answer;
  }

  /** @param {string} key @param {boolean} isMore */
  async function run(key, isMore) {
    const mine = generation;
    dispatch({ type: "load", key, status: "loading", isMore });
    try {
      const data = await read(key, isMore);
      if (mine !== generation) return;
      dispatch({ type: "data", key, data });
      dispatch({ type: "load", key, status: "ready" });
      if (get().link.kind !== "live") dispatch({ type: "link", kind: "poll", at: new Date(clock.now()).toISOString() });
    } catch (error) {
      if (mine !== generation) return;
      // A value that cannot be read, such as a seed that is not hexadecimal, is a failure like any other.
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 200);
      dispatch({ type: "load", key, status: "failed", problem, isMore });
      onProblem(problem);
    }
  }

  /**
   * Reads the answer of a key, one request at a time: a further page waits for a refresh that is under way.
   * @param {string} key
   * @param {{ isMore?: boolean, isAnew?: boolean }} [how] `isAnew`: a read that has begun is too old.
   */
  function load(key, { isMore = false, isAnew = false } = {}) {
    const known = running.get(key);
    if (known && (isMore ? known.isMore : !isAnew || !known.hasBegun)) return known.done;
    const mine = generation;
    const one = { isMore, hasBegun: false, done: Promise.resolve() };
    one.done = (known?.done ?? one.done)
      .then(() => {
        one.hasBegun = true;
        return mine === generation ? run(key, isMore) : undefined;
      })
      .finally(() => running.get(key) === one && running.delete(key));
    running.set(key, one);
    return one.done;
  }

  /** The session is over: its running loads are none of the next one. */
  function forget() {
    generation += 1;
    running.clear();
  }

  return Object.assign(load, { forget });
}

/** A key's name, and the rest after its colon. @param {string} key */
function parts(key) {
  const at = key.indexOf(":");
  return at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}
