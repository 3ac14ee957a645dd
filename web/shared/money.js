// Amounts as exact texts, such as "100.5". Sums are made of whole hundred-millionths (BigInt), never of floats.

import { plain } from "./typed.js";

const DECIMALS = 8;
const UNIT = 10n ** BigInt(DECIMALS);
const PLAIN = /^(-?)(\d+)(?:\.(\d{1,8}))?$/;

/**
 * The amount in units of 0.00000001.
 * @param {string} text Plain digits, as the API writes them.
 * @returns {bigint} Throws a RangeError where the text is no amount.
 */
export function units(text) {
  const found = PLAIN.exec(text);
  if (!found) throw new RangeError("not an amount");
  const [, sign, whole, decimals = ""] = found;
  const all = BigInt(whole) * UNIT + BigInt(decimals.padEnd(DECIMALS, "0"));
  return sign ? -all : all;
}

/**
 * The shortest text of an amount, as the API writes it: no needless zeros.
 * @param {bigint} amount In units of 0.00000001.
 */
export function fromUnits(amount) {
  const [sign, size] = amount < 0n ? ["-", -amount] : ["", amount];
  const decimals = (size % UNIT).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return `${sign}${size / UNIT}${decimals && "."}${decimals}`;
}

/** @param {string[]} amounts */
export const add = (...amounts) => fromUnits(amounts.reduce((sum, amount) => sum + units(amount), 0n));

/** @param {string} from @param {string} amount */
export const subtract = (from, amount) => fromUnits(units(from) - units(amount));

/**
 * Negative where the first is less, 0 where they are equal.
 * @param {string} one @param {string} other
 */
export function compare(one, other) {
  const difference = units(one) - units(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The part beyond that many decimals, in units of 0.00000001. @param {string} amount @param {number} decimals */
const dust = (amount, decimals) => units(amount) % 10n ** BigInt(DECIMALS - decimals);

/** Whether the amount has at most that many decimals. @param {string} amount @param {number} decimals */
export const fitsDecimals = (amount, decimals) => dust(amount, decimals) === 0n;

/** The amount without further decimals. @param {string} amount @param {number} decimals */
export const cutDecimals = (amount, decimals) => fromUnits(units(amount) - dust(amount, decimals));

/** @param {string} amount */
export const isZero = (amount) => units(amount) === 0n;

/** @param {string} one @param {string} other */
export const smaller = (one, other) => (compare(one, other) <= 0 ? one : other);

/**
 * The payout of a winning bet on a game: the stake less its fee, times the multiplier.
 * @param {string} stake @param {string} feePercent Whole per cent. @param {string} multiplier
 */
export const payout = (stake, feePercent, multiplier) =>
  fromUnits((units(stake) * (100n - BigInt(feePercent)) * units(multiplier)) / (100n * UNIT));

/**
 * The commission on the net winnings of a bet between players, rounded down to the last decimal.
 * @param {string} winnings @param {string} rate Such as "0.025".
 */
export const commissionOn = (winnings, rate) => fromUnits((units(winnings) * units(rate)) / UNIT);

/** A rate such as "0.025" in per cent: "2.5". @param {string} rate */
export const inPercent = (rate) => fromUnits(units(rate) * 100n);

/**
 * The money that a bet has brought to the wallet: its payout less the commission.
 * @param {{ payout: string, commission?: string | null }} bet
 */
export const received = ({ payout, commission }) => subtract(payout, commission ?? "0");

/**
 * How much of the whole a part is, as a percentage for drawing: at most 2 decimals, between 0 and 100.
 * @param {string} part @param {string} whole
 */
export function percent(part, whole) {
  const all = units(whole);
  return all <= 0n ? 0 : Number((units(part) * 10_000n) / all) / 100;
}

/**
 * Digits in groups as people write them: "1,000.50", "1,00,000", "1 000". The last group has three digits. No first
 * group is "0".
 */
const GROUPED = /^[1-9]\d{0,2}(?:[\s,]\d{2,3})*[\s,]\d{3}(?:\.\d*)?$/;

/** @param {string} text @param {string} sign */
function withoutSign(text, sign) {
  if (sign === "") return text;
  if (text.startsWith(sign)) return text.slice(sign.length).trim();
  return text.endsWith(sign) ? text.slice(0, -sign.length).trim() : text;
}

/**
 * Reads an amount as a person types it: "1,000.50", " 20 ", ".5", "₹२०". A comma may be meant as a decimal point where
 * it does not group thousands, so neither "40,5" nor "0,500" is an amount.
 * @param {string} typed
 * @param {string} [sign] The page's currency sign, which may stand before or behind. Those of other currencies may not.
 * @returns {string | null} Null where it is no amount.
 */
export function parseTyped(typed, sign = "") {
  const trimmed = withoutSign(plain(typed).trim(), sign);
  if (/[\s,]/.test(trimmed) && !GROUPED.test(trimmed)) return null;
  const text = trimmed.replace(/[\s,]/g, "").replace(/^\./, "0.").replace(/\.$/, "");
  return PLAIN.test(text) && !text.startsWith("-") ? fromUnits(units(text)) : null;
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * The amount for a person: at least two decimals, thousands grouped, a true minus sign.
 * @param {string} amount
 * @param {string} [locale]
 */
export function formatAmount(amount, locale = "en") {
  let format = formats.get(locale);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: DECIMALS });
    formats.set(locale, format);
  }
  // A text is formatted digit by digit; a number would be rounded to a float first.
  return format.format(/** @type {any} */ (amount)).replace("-", "−");
}

/**
 * The sign of a currency, as "₹" of INR.
 * @param {string} currency ISO 4217
 * @param {string} [locale]
 */
export function currencySign(currency, locale = "en") {
  const options = {
    style: /** @type {const} */ ("currency"),
    currency,
    currencyDisplay: /** @type {const} */ ("narrowSymbol"),
  };
  const parts = new Intl.NumberFormat(locale, options).formatToParts(0);
  return parts.find((part) => part.type === "currency")?.value ?? currency;
}
