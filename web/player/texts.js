// The texts of this page in the player's language.

import { en } from "../i18n/en.js";
import { createTexts } from "../shared/i18n.js";
import { currencySign, formatAmount } from "../shared/money.js";
import { clockTime, moment } from "../shared/time.js";

export const LOCALE = "en";
export const { t, rich, has } = createTexts(en);

/** An amount for a person. @param {string} amount */
export const money = (amount) => formatAmount(amount, LOCALE);

/** A moment for a person. @param {string} at RFC 3339 */
export const when = (at) => moment(at, new Date(), LOCALE);

/** @param {string} at RFC 3339 */
export const clock = (at) => clockTime(at, LOCALE);

/** The sign of the platform's currency, or nothing while it is unknown. @param {import("../shared/types.d.ts").State} state */
export const sign = (state) => (state.platform ? currencySign(state.platform.currency, LOCALE) : "");

/**
 * A round's name for a person. Quick rounds have long numbers; their last four digits tell them apart on one page.
 * @param {string} roundId
 */
export function roundName(roundId) {
  const [, number] = /^quick-(\d+)$/.exec(roundId) ?? [];
  return number ? t("round.quick", { number: number.slice(-4) }) : roundId;
}

/**
 * A text of a family, or the fallback where the catalogue has none of that name.
 * @param {string} family @param {string} name @param {string} fallback
 */
export const named = (family, name, fallback) => t(/** @type {any} */ (has(`${family}.${name}`) ? `${family}.${name}` : fallback));
