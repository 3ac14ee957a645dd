// The state of the page as a fold over events. Pure: no clock, no network, no random numbers.

import { none, put } from "./by_id.js";
import { INITIAL_GAMES, reduceGames } from "./reduce_games.js";
import { isBeforeKey, isUnanswered } from "./api.js";
import { readBetsOn } from "./read_on.js";
import { isNewerBet, isNewerDeposit, isNewerWallet, isNewerWithdrawal, mergeRounds } from "./revision.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */

/** @type {State} */
export const INITIAL = {
  route: { name: "play", id: null, query: {} },
  wanted: null,
  platform: null,
  session: { status: "unknown", user: null, end: null, was: null },
  isBlocked: false,
  exclusion: null,
  link: { kind: "connecting", asOf: null },
  loads: {},
  forms: {},
  wallet: null,
  bets: none(),
  myBets: { ids: [], next: null, top: null },
  changed: none(),
  rounds: none(),
  openRounds: { ids: [], next: null },
  matches: none(),
  ledger: { entries: [], next: null },
  deposits: none(),
  withdrawals: none(),
  orders: { deposits: null, withdrawals: null },
  payees: null,
  identity: null,
  referrals: { list: [], next: null },
  attendance: null,
  ...INITIAL_GAMES,
  verifications: none(),
  news: [],
  dialog: null,
  limits: null,
  storage: null,
};

/** A form before anything was typed. @type {import("./types.d.ts").Form} */
export const EMPTY_FORM = {
  values: {},
  busy: false,
  problem: null,
  sent: null,
  isUnknown: false,
  askAt: null,
  outcome: null,
};

/**
 * Keeps the newer of two states of one thing, under its id.
 * @template T
 * @param {Record<string, T>} known
 * @param {string} id
 * @param {T} data
 * @param {(one: T, other: T) => boolean} isNewer
 */
const keepNewer = (known, id, data, isNewer) => (known[id] && !isNewer(data, known[id]) ? known : put(known, id, data));

/** @param {State["rounds"]} known @param {import("./types.d.ts").Round} data */
function keepRound(known, data) {
  const before = known[data.roundId];
  const merged = before ? mergeRounds(before, data) : data;
  return merged === before ? known : put(known, data.roundId, merged);
}

/** @param {string[]} ids @param {string[]} more */
const union = (ids, more) => [...ids, ...more.filter((id) => !ids.includes(id))];

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State} The same object where the event changes nothing.
 */
export function reduce(state, event) {
  switch (event.type) {
    case "routed":
      // Toasts stay in the view where they appeared.
      return { ...state, route: event.route, dialog: null, news: state.news.map((one) => ({ ...one, isQuiet: true })) };
    case "wanted":
      return { ...state, wanted: event.hash };
    case "platform":
      return { ...state, platform: event.data };
    case "session":
      return session(state, event);
    case "user":
      return { ...state, session: { ...state.session, user: event.data } };
    case "blocked":
      return { ...state, isBlocked: true };
    case "exclusion":
      return { ...state, exclusion: event.data };
    case "limits":
      return { ...state, limits: event.data };
    case "link":
      return { ...state, link: { kind: event.kind, asOf: event.at ?? state.link.asOf } };
    case "load":
      return { ...state, loads: { ...state.loads, [event.key]: { status: event.status, problem: event.problem } } };
    case "typed":
    case "sending":
    case "answered":
    case "asking":
    case "restored":
      return { ...state, forms: { ...state.forms, [event.form]: form(state.forms[event.form] ?? EMPTY_FORM, event) } };
    case "wallet": {
      const isOld = state.wallet && !isNewerWallet(event.data, state.wallet);
      return isOld ? state : { ...state, wallet: event.data };
    }
    case "bet":
      return bet(state, event.data, event.seenAt);
    case "betPage": {
      const bets = event.data.reduce((known, one) => keepNewer(known, one.betId, one, isNewerBet), state.bets);
      const ids = event.data.map((one) => one.betId);
      // A first page that is read again moves no bet that is shown; new ones are put in front by their time.
      const all = union(state.myBets.ids, ids);
      return { ...state, bets, myBets: { ids: newestFirst(all, bets), ...readBetsOn(state.myBets, ids, event) } };
    }
    case "round": {
      const rounds = keepRound(state.rounds, event.data);
      return rounds === state.rounds ? state : { ...state, rounds, openRounds: openRounds(state, event.data) };
    }
    case "roundPage": {
      const rounds = event.data.reduce(keepRound, state.rounds);
      const ids = event.data.map((one) => one.roundId);
      // A round that opened while the first page was read is not on it.
      const opened = state.openRounds.ids.filter((id) => !event.listed.includes(id));
      return {
        ...state,
        rounds,
        openRounds: { ids: event.isFirst ? union(ids, opened) : union(state.openRounds.ids, ids), next: event.next },
      };
    }
    case "matches":
      return { ...state, matches: put(state.matches, event.betId, event.data) };
    case "ledger":
      return {
        ...state,
        ledger: { entries: ledger(event.isFirst ? [] : state.ledger.entries, event.data), next: event.next },
      };
    case "deposit":
      return { ...state, deposits: keepCheckout(state.deposits, event.data, event.isPushed) };
    case "depositPage":
      return {
        ...state,
        deposits: event.data.reduce((known, one) => keepCheckout(known, one), state.deposits),
        orders: { ...state.orders, deposits: event.next === undefined ? state.orders.deposits : event.next },
      };
    case "withdrawal":
      return {
        ...state,
        withdrawals: keepNewer(
          state.withdrawals,
          event.data.orderId,
          event.data,
          event.isPushed ? () => true : isNewerWithdrawal,
        ),
      };
    case "withdrawalPage": {
      const withdrawals = event.data.reduce(
        (known, one) => keepNewer(known, one.orderId, one, isNewerWithdrawal),
        state.withdrawals,
      );
      return { ...state, withdrawals, orders: { ...state.orders, withdrawals: event.next } };
    }
    case "payees":
      return { ...state, payees: event.data };
    case "identity":
      return { ...state, identity: event.data };
    case "referrals":
      return {
        ...state,
        referrals: { list: event.isFirst ? event.data : [...state.referrals.list, ...event.data], next: event.next },
      };
    case "attendance":
      return { ...state, attendance: event.data };
    case "verified":
      return { ...state, verifications: put(state.verifications, event.key, event.data) };
    case "news": {
      const id = (state.news.at(-1)?.id ?? 0) + 1;
      const { type: _, ...news } = event;
      return { ...state, news: [...state.news.slice(-2), { id, ...news }] };
    }
    case "newsRead":
      return { ...state, news: state.news.map((one) => (one.id === event.id ? { ...one, isQuiet: true } : one)) };
    case "dialog":
      return { ...state, dialog: event.dialog };
    case "storage":
      return { ...state, storage: event.fault };
    default:
      return reduceGames(state, event);
  }
}

/**
 * The end of a session leaves nothing of its player.
 * @param {State} state @param {Extract<Event, { type: "session" }>} event
 */
function session(state, event) {
  if (event.status === "open") {
    return {
      ...state,
      session: { status: event.status, user: event.user ?? state.session.user, end: null, was: null },
    };
  }
  const { route, wanted, platform, rounds, openRounds, games, periods, results, trends, jackpots, storage } = state;
  const shared = { route, wanted, platform, rounds, openRounds, games, periods, results, trends, jackpots, storage };
  return {
    ...INITIAL,
    ...shared,
    session: { status: event.status, user: null, end: event.end ?? null, was: state.session.user },
  };
}

/**
 * @param {import("./types.d.ts").Form} known
 * @param {Extract<Event, { type: "typed" | "sending" | "answered" | "asking" | "restored" }>} event
 */
export function form(known, event) {
  switch (event.type) {
    case "typed":
      return typed(known, event.values);
    case "sending":
      return {
        ...known,
        busy: true,
        problem: known.isUnknown ? known.problem : null,
        askAt: null,
        outcome: null,
        sent: event.sent ?? known.sent,
      };
    case "answered": {
      const { sent } = known;
      const { problem = null, values = known.values, outcome = null } = event;
      const isOpen = sent && problem && (isUnanswered(problem) || (known.isUnknown && isBeforeKey(problem)));
      if (isOpen) return locked(known, sent, problem);
      return { ...EMPTY_FORM, values, problem, outcome };
    }
    case "asking":
      return { ...known, askAt: event.at };
    case "restored":
      return locked(known, event.sent, known.problem);
  }
}

/**
 * Without an answer the request may have had its effect: its repeat must be the same request, and nothing in the form
 * may make it another one. A password that is asked for besides is no part of it.
 * @param {import("./types.d.ts").Form} known @param {Record<string, string>} values
 * @returns {import("./types.d.ts").Form}
 */
function typed(known, values) {
  if (!known.isUnknown) return { ...known, values: { ...known.values, ...values }, problem: null, outcome: null };
  return "password" in values ? { ...known, values: { ...known.values, password: values.password } } : known;
}

/**
 * A form shows what was sent until it is known what became of it.
 * @param {import("./types.d.ts").Form} known @param {import("./types.d.ts").Sent} sent
 * @param {import("./types.d.ts").Problem | null} problem @returns {import("./types.d.ts").Form}
 */
const locked = (known, sent, problem) => ({
  ...known,
  values: { ...known.values, ...sent.values },
  busy: false,
  problem,
  sent,
  isUnknown: true,
});

/** @param {State} state @param {import("./types.d.ts").Bet} data @param {number} [seenAt] */
function bet(state, data, seenAt) {
  const bets = keepNewer(state.bets, data.betId, data, isNewerBet);
  if (bets === state.bets) return state;
  const isShown = state.myBets.ids.includes(data.betId);
  const ids = isShown ? state.myBets.ids : newestFirst([data.betId, ...state.myBets.ids], bets);
  const changed = seenAt === undefined ? state.changed : put(state.changed, data.betId, seenAt);
  return { ...state, bets, changed, myBets: { ...state.myBets, ids } };
}

/** @param {string[]} ids @param {Record<string, import("./types.d.ts").Bet>} bets */
const newestFirst = (ids, bets) =>
  [...ids].sort((one, other) => Date.parse(bets[other].createdAt) - Date.parse(bets[one].createdAt));

/**
 * A round that opens is in front; one that has closed is in the list no more.
 * @param {State} state @param {import("./types.d.ts").Round} round
 */
function openRounds(state, round) {
  const { ids, next } = state.openRounds;
  const isListed = ids.includes(round.roundId);
  if (round.state !== "OPEN")
    return isListed ? { ids: ids.filter((id) => id !== round.roundId), next } : state.openRounds;
  return isListed || !round.closesBy ? state.openRounds : { ids: [round.roundId, ...ids], next };
}

/**
 * Entries by their numbers, newest first.
 * @param {import("./types.d.ts").Entry[]} known @param {import("./types.d.ts").Entry[]} more
 */
function ledger(known, more) {
  const numbers = new Set(known.map((entry) => entry.number));
  const all = [...known, ...more.filter((entry) => !numbers.has(entry.number))];
  return all.sort((one, other) => Number(BigInt(other.number) - BigInt(one.number)));
}

/**
 * Lists leave out the pay page of a deposit, so a known one is kept. A pushed state is newer than those before it.
 * @param {State["deposits"]} known
 * @param {import("./types.d.ts").Deposit} data
 * @param {boolean} [isPushed]
 */
function keepCheckout(known, data, isPushed = false) {
  const before = known[data.orderId];
  if (!isPushed && before && before.status !== data.status && !isNewerDeposit(data, before)) return known;
  const checkout = data.checkout ?? (data.status === "pending" ? (before?.checkout ?? null) : null);
  return put(known, data.orderId, { ...data, checkout });
}
