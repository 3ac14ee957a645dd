// Decides which of two states of the same thing is newer. Answers and pushed frames arrive in any order; the page keeps
// the newer state and drops the older.

import { add, compare, isZero, subtract } from "./money.js";

/** @typedef {import("./types.d.ts").Bet} Bet */
/** @typedef {import("./types.d.ts").Wallet} Wallet */
/** @typedef {import("./types.d.ts").Round} Round */
/** @typedef {import("./types.d.ts").Deposit} Deposit */
/** @typedef {import("./types.d.ts").Withdrawal} Withdrawal */
/** @typedef {import("./types.d.ts").GameBet} GameBet */

/** Grows with each match, settlement, void and refund of the bet. @param {Bet} bet */
export const betRevision = (bet) => add(subtract(bet.amount, bet.open), bet.settled, bet.refunded);

/** As the protocol `live` writes it in `known`. @param {Wallet} wallet */
export const walletRevision = (wallet) => `${wallet.version}/${wallet.lockedBalance}`;

/** @param {Bet} one @param {Bet} other */
export const isNewerBet = (one, other) => compare(betRevision(one), betRevision(other)) > 0;

/**
 * A higher version; with the same version, a lower locked balance. A lost bet unlocks its stake without a ledger entry.
 * @param {Wallet} one @param {Wallet} other
 */
export function isNewerWallet(one, other) {
  const [version, known] = [BigInt(one.version), BigInt(other.version)];
  return version === known ? compare(one.lockedBalance, other.lockedBalance) < 0 : version > known;
}

/** @type {Record<string, number>} */
const STEPS = { OPEN: 0, CLOSED: 1, CANCELLED: 3, RESULTED: 4 };

/** How far a round has come: open, closed, seed public, cancelled, ended with a public seed. @param {Round} round */
const step = (round) => STEPS[round.state] + (round.seed && round.state !== "RESULTED" ? 1 : 0);

/**
 * A round from two of its states: the further step, the sooner end, and the totals that were added up later. An answer
 * may have the newer state beside older totals, so they are compared apart.
 * @param {Round} known @param {Round} other
 * @returns {Round} The same object where the other state adds nothing.
 */
export function mergeRounds(known, other) {
  const state = step(other) > step(known) ? other : known;
  const totals = Date.parse(other.totalsAt) > Date.parse(known.totalsAt) ? other : known;
  const isSooner = step(other) === step(known) && Date.parse(other.closesBy ?? "") < Date.parse(known.closesBy ?? "");
  if (state === known && totals === known && !isSooner) return known;
  const { matched, waiting, totalsComplete, totalsAt } = totals;
  return { ...state, closesBy: isSooner ? other.closesBy : state.closesBy, matched, waiting, totalsComplete, totalsAt };
}

/** @type {Record<string, number>} */
const ORDER_STEPS = { pending: 0, processing: 1, completed: 2, failed: 2, cancelled: 2 };

/** @param {Deposit} one @param {Deposit} other */
export const isNewerDeposit = (one, other) => ORDER_STEPS[one.status] > ORDER_STEPS[other.status];

/**
 * A withdrawal that a cashier has released is newer than a held one.
 * @param {Withdrawal} one @param {Withdrawal} other
 */
export function isNewerWithdrawal(one, other) {
  const [step, known] = [ORDER_STEPS[one.status], ORDER_STEPS[other.status]];
  return step === known ? other.isHeld && !one.isHeld : step > known;
}

/** @param {GameBet} one @param {GameBet} other */
export const isNewerGameBet = (one, other) => other.status === "PENDING" && one.status !== "PENDING";

/** Whether something of the bet still waits or is not settled. @param {Bet} bet */
export const isUnfinished = (bet) => !isZero(bet.open) || !isZero(bet.matched);

/** Whether an order is on its way. @param {Pick<Deposit, "status">} order */
export const isOnItsWay = ({ status }) => status === "pending" || status === "processing";
