// The outcome of a bet for its player: the payout, the net, and the balance that got it. Pure.

import { add, compare, fromUnits, received, smaller, subtract, units } from "./money.js";

/** @typedef {import("./types.d.ts").Bet} Bet */
/** @typedef {import("./types.d.ts").GameBet} GameBet */

/**
 * `staked`: the part that was decided. `paid`: the money for it, less commission. `bonus`: the part of `paid` that went
 * to the bonus. `back`: stakes that were returned, and `backBonus` their part that went to the bonus.
 * @typedef {{ staked: string, paid: string, net: string, bonus: string, back: string, backBonus: string }} Outcome
 */

/**
 * The share of an amount that goes to the bonus, as the bonus has its share of the stake.
 * @param {string} amount @param {string} bonus Of the stake. @param {string} stake
 */
export const bonusShare = (amount, bonus, stake) =>
  units(stake) === 0n ? "0" : fromUnits((units(amount) * units(bonus)) / units(stake));

/**
 * The part of a stake on a game that the bonus pays: all that it has, unless the player uses cash alone.
 * @param {string} stake @param {string} bonus The balance. @param {boolean} isCashOnly
 */
export const bonusPart = (stake, bonus, isCashOnly) => (isCashOnly ? "0" : smaller(stake, bonus));

/** A bet between players; its stake is never from the bonus. @param {Bet} bet @returns {Outcome} */
export function outcomeOf(bet) {
  const paid = received(bet);
  return {
    staked: bet.settled,
    paid,
    net: subtract(paid, bet.settled),
    bonus: "0",
    back: bet.refunded,
    backBonus: "0",
  };
}

/** A bet on a game that has ended. @param {GameBet} bet @returns {Outcome} */
export function outcomeOfGame({ status, betAmount, bonusAmount, winAmount }) {
  const share = bonusShare(winAmount, bonusAmount, betAmount);
  if (status === "REFUNDED") return { staked: "0", paid: "0", net: "0", bonus: "0", back: winAmount, backBonus: share };
  return {
    staked: betAmount,
    paid: winAmount,
    net: subtract(winAmount, betAmount),
    bonus: share,
    back: "0",
    backBonus: "0",
  };
}

/** The outcome of several bets. @param {Outcome[]} outcomes @returns {Outcome} */
export function together(outcomes) {
  const sum = (/** @type {keyof Outcome} */ name) => add(...outcomes.map((outcome) => outcome[name]));
  return {
    staked: sum("staked"),
    paid: sum("paid"),
    net: sum("net"),
    bonus: sum("bonus"),
    back: sum("back"),
    backBonus: sum("backBonus"),
  };
}

/** In one word. @param {Outcome} outcome @returns {"won" | "even" | "lost" | "back"} */
export function endOf({ staked, net }) {
  if (compare(staked, "0") === 0) return "back";
  const way = compare(net, "0");
  return way > 0 ? "won" : way < 0 ? "lost" : "even";
}
