// Which of two states of the same thing is the newer one. Answers and pushed frames arrive in any order; the page keeps
// the newer state and drops the other.

import { add, compare, isZero, subtract } from "./money.js";

/** @typedef {import("./types.d.ts").Bet} Bet */
/** @typedef {import("./types.d.ts").Wallet} Wallet */
/** @typedef {import("./types.d.ts").Round} Round */
/** @typedef {import("./types.d.ts").Deposit} Deposit */

/** Grows with each match, settlement, void and refund of the bet. @param {Bet} bet */
export const betRevision = (bet) => add(subtract(bet.amount, bet.open), bet.settled, bet.refunded);

/** As the protocol `live` writes it in `known`. @param {Wallet} wallet */
export const walletRevision = (wallet) => `${wallet.version}/${wallet.lockedBalance}`;

/** @param {Bet} one @param {Bet} other */
export const isNewerBet = (one, other) => compare(betRevision(one), betRevision(other)) > 0;

/**
 * A higher version; with the same version, less that is locked: what a lost bet no longer locks has no ledger entry.
 * @param {Wallet} one @param {Wallet} other
 */
export function isNewerWallet(one, other) {
  const [version, known] = [BigInt(one.version), BigInt(other.version)];
  return version === known ? compare(one.lockedBalance, other.lockedBalance) < 0 : version > known;
}

/** @type {Record<string, number>} */
const STEPS = { OPEN: 0, CLOSED: 1, RESULTED: 3, CANCELLED: 3 };

/** How far a round has come: open, closed, seed public, resulted or cancelled. @param {Round} round */
const step = (round) => STEPS[round.state] + (round.state === "CLOSED" && round.seed !== null ? 1 : 0);

/** @param {Round} one @param {Round} other */
export function isNewerRound(one, other) {
  if (step(one) !== step(other)) return step(one) > step(other);
  // A cancelled round publishes its seed a moment after it is cancelled.
  if ((one.seed === null) !== (other.seed === null)) return one.seed !== null;
  // Set when a quick round has both sides.
  return Date.parse(one.totalsAt) > Date.parse(other.totalsAt);
}

/** @type {Record<string, number>} */
const ORDER_STEPS = { pending: 0, processing: 1, completed: 2, failed: 2, cancelled: 2 };

/** @param {Deposit} one @param {Deposit} other */
export const isNewerDeposit = (one, other) => ORDER_STEPS[one.status] > ORDER_STEPS[other.status];

/** Whether something of the bet still waits or is not settled. @param {Bet} bet */
export const isUnfinished = (bet) => !isZero(bet.open) || !isZero(bet.matched);
