// Sentences about money that a bet has brought or may bring: the net with its sign, the payout, and its balance.

import { compare, isZero, subtract } from "../shared/money.js";
import { money, t } from "./texts.js";

/** @typedef {import("../shared/outcome.js").Outcome} Outcome */

/** An amount with its sign. @param {string} amount */
export const signed = (amount) => `${compare(amount, "0") > 0 ? "+" : ""}${money(amount)}`;

/** The balances of an amount: the name of a text, and its values. @param {string} paid @param {string} bonus */
const parts = (paid, bonus) => ({
  to: /** @type {"balance" | "bonus" | "both"} */ (
    isZero(bonus) ? "balance" : compare(bonus, paid) === 0 ? "bonus" : "both"
  ),
  values: { paid: money(paid), cash: money(subtract(paid, bonus)), bonus: money(bonus) },
});

/** The payout of bets that have ended. @param {Outcome} outcome */
export function paidText({ paid, bonus }) {
  if (isZero(paid)) return t("paid.none");
  const { to, values } = parts(paid, bonus);
  return t(`paid.${to}`, values);
}

/** Stakes that were returned; nothing where there are none. @param {Outcome} outcome */
export function backText({ back, backBonus }) {
  if (isZero(back)) return "";
  const { to, values } = parts(back, backBonus);
  return t(`back.${to}`, values);
}

/**
 * The payout of a bet that may win.
 * @param {{ paid: string, bonus: string, net: string }} best The highest payout.
 * @param {boolean} isUpTo Whether a lower one is possible.
 */
export function payoutText({ paid, bonus, net }, isUpTo) {
  const most = (/** @type {string} */ amount) => (isUpTo ? t("upTo", { amount }) : amount);
  const { to, values } = parts(paid, bonus);
  return t(`pays.${to}`, {
    net: most(signed(net)),
    paid: most(values.paid),
    cash: most(values.cash),
    bonus: most(values.bonus),
  });
}

/** Words of a step of a verification that are amounts. */
const AMOUNTS = new Set(["amount", "won", "paid", "drawn", "settled", "back"]);

/** The words of a step, with its amounts as people read them. @param {Record<string, string>} [words] */
export const stepWords = (words = {}) =>
  Object.fromEntries(
    Object.entries(words).map(([name, value]) => [
      name,
      name === "net" ? signed(value) : AMOUNTS.has(name) ? money(value) : value,
    ]),
  );
