// The loads of the views, by key: `queues`, `round:{id}`, `withdrawals:held`. A running load is not started twice.

import { Refused, call, problemOf } from "../shared/api.js";
import { isVerifiable, verifyBet, verifyRound } from "../shared/verify.js";
import { checkEntries, checkLines } from "./chain.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */

/** Pages of a round's matches that are read to draw them again; each has 50. */
const MATCH_PAGES = 40;
/** Pages of a day's audit log that are read at once; each has 100 lines. */
const AUDIT_PAGES = 20;

const part = encodeURIComponent;

/** The path of a thing. @type {Record<string, (id: string) => string>} */
const THINGS = {
  me: () => "/api/users/me",
  queues: () => "/api/operator/queues",
  queueMinutes: () => "/api/operator/queues/minutes",
  sockets: () => "/api/operator/sockets",
  traffic: () => "/api/operator/metrics",
  minutes: () => "/api/operator/metrics/minutes",
  letters: (query) => `/api/operator/dead-letters${query && `?${query}`}`,
  letter: (id) => `/api/operator/dead-letters/${part(id)}`,
  round: (id) => `/api/rounds/${part(id)}`,
  periods: () => "/api/games/active-periods",
  distribution: (id) => `/api/games/${id}/distribution`,
  jackpots: () => "/api/jackpots",
  proposals: () => "/api/operator/jackpots/proposals",
  withdrawal: (id) => `/api/operator/withdrawals/${part(id)}`,
  deposit: (id) => `/api/operator/deposits/${part(id)}`,
  user: (id) => `/api/operator/users/${part(id)}`,
  limits: (id) => `/api/operator/users/${part(id)}/limits`,
  waiting: (id) => `/api/operator/rounds/${part(id)}/waiting`,
  opponents: (id) => `/api/operator/users/${part(id)}/opponents`,
  identity: (id) => `/api/operator/users/${part(id)}/identity`,
  account: (id) => `/api/operator/payees/${part(id)}`,
  reconciliations: () => "/api/operator/reconciliations",
  reconciliation: (id) => `/api/operator/reconciliations/${part(id)}`,
};

/** The path of a list that is read page by page. @type {Record<string, (id: string) => string>} */
const LISTS = {
  rounds: (state) => (state === "unfinished" ? "/api/operator/rounds?" : "/api/rounds?"),
  bets: (id) => `/api/operator/users/${part(id)}/bets?`,
  gameBets: (id) => `/api/operator/users/${part(id)}/game-bets?`,
  userDeposits: (id) => `/api/operator/users/${part(id)}/deposits?`,
  userWithdrawals: (id) => `/api/operator/users/${part(id)}/withdrawals?`,
  withdrawals: (state) => `/api/operator/withdrawals?state=${state}`,
  deposits: (state) => `/api/operator/deposits?state=${state}`,
};

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, get: () => State, dispatch: (event: Event) => void,
 *   onProblem: (problem: Problem) => void }} parts
 */
export function createLoads({ api, get, dispatch, onProblem }) {
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();

  /** Answers that are made of more than one request. @type {Record<string, (id: string) => Promise<any>>} */
  const readers = {
    /** An unhealthy system answers 503 with the same body. */
    health: async () => (await call(fetch, "/health", { headers: { accept: "application/json" } })).body,
    verification: async (id) => {
      const known = get().data[`verification:${id}`];
      if (known?.isFinal) return known;
      const { data: round } = await api.get(THINGS.round(id), { isPublic: true });
      if (round.seed === null) return null;
      const { items, next } = await pages(`/api/rounds/${part(id)}/matches?`, MATCH_PAGES);
      const verification = await verifyRound({ round, matches: items, kept: {} });
      const isFinal = items.length > 0 && verification.steps.every((step) => step.state !== "unknown");
      return { matches: items, next, isFinal, ...verification };
    },
    audit,
    proof,
  };

  /** @param {string} path @param {number} most @param {string | null} [first] */
  async function pages(path, most, first = null) {
    const items = [];
    let next = first;
    for (let page = 0; page < most; page += 1) {
      const answer = await api.get(next === null ? path : `${path}&cursor=${part(next)}`);
      items.push(...answer.data);
      next = answer.nextCursor ?? null;
      if (next === null) break;
    }
    return { items, next };
  }

  /** A page of a player's ledger after the known ones, and whether all of them follow each other. @param {string} id @param {boolean} isMore */
  async function entries(id, isMore) {
    const known = isMore ? get().data[`entries:${id}`] : { items: [], next: null };
    const { items, next } = await pages(`/api/operator/users/${part(id)}/ledger?`, 1, known.next);
    const all = [...known.items, ...items];
    return { items: all, next, chain: await checkEntries(id, all) };
  }

  /** A bet of a player, drawn again; without a verification as long as its seed is secret. @param {string} key The user and the bet. */
  async function proof(key) {
    const [userId, betId] = key.split("/");
    const bets = get().data[`bets:${userId}`] ?? (await pages(LISTS.bets(userId), MATCH_PAGES));
    const bet = bets.items.find((/** @type {any} */ one) => one.betId === betId);
    if (!bet) throw new Refused(problemOf("not-found", 404));
    const { data: round } = await api.get(THINGS.round(bet.roundId), { isPublic: true });
    if (!isVerifiable(bet, round)) return { verification: null };
    const { items, next } = await pages(`/api/rounds/${part(bet.roundId)}/matches?`, MATCH_PAGES);
    if (next !== null) throw new Refused(problemOf("too-many-matches", 200));
    const matches = items.filter((/** @type {any} */ match) => match.betAId === betId || match.betBId === betId);
    return { verification: await verifyBet({ bet, round, matches, kept: {} }) };
  }

  /** The lines of a day, and whether they follow each other. @param {string} day */
  async function audit(day) {
    /** @type {Record<string, string>[]} */
    const items = [];
    let after = "0";
    for (let page = 0; page < AUDIT_PAGES; page += 1) {
      const answer = await api.get(`/api/operator/audit?day=${part(day)}&after=${after}`);
      items.push(...answer.data);
      if (answer.nextAfter === null) return { items, isWhole: true, chain: await checkLines(items) };
      after = answer.nextAfter;
    }
    return { items, isWhole: false, chain: await checkLines(items) };
  }

  /** @param {string} key @param {boolean} isMore */
  async function read(key, isMore) {
    const [name, id] = parts(key);
    if (name === "entries") return entries(id, isMore);
    if (name in readers) return readers[name](id);
    if (name in LISTS) return pages(LISTS[name](id), 1, isMore ? get().data[key].next : null);
    const answer = await api.get(THINGS[name](id));
    // Beside its data, an answer may have counts, such as those of dead letters that were not read.
    return Object.keys(answer).length === 1 && "data" in answer ? answer.data : answer;
  }

  /** @param {string} key @param {boolean} isMore */
  async function run(key, isMore) {
    dispatch({ type: "load", key, status: "loading" });
    try {
      const data = await read(key, isMore);
      // A ledger is checked as a whole, so its pages are put together before.
      dispatch({ type: "data", key, data, isMore: isMore && !key.startsWith("entries:") });
      dispatch({ type: "load", key, status: "ready" });
      if (get().link.kind !== "live") dispatch({ type: "link", kind: "poll", at: new Date().toISOString() });
    } catch (error) {
      // A value that cannot be read, such as a seed that is not hexadecimal, is a failure like any other.
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 200);
      dispatch({ type: "load", key, status: "failed", problem });
      onProblem(problem);
    }
  }

  /** Reads what is under that key, once at a time. @param {string} key */
  return function load(key, isMore = false) {
    const known = running.get(key);
    if (known) return known;
    const started = run(key, isMore).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

/** A key's name, and the rest after its colon. @param {string} key */
function parts(key) {
  const at = key.indexOf(":");
  return at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}
