// The texts of this page in the player's language. English is always there; other languages are loaded when chosen.

import { en } from "../i18n/en.js";
import { clock as clockOfServer } from "../shared/clock.js";
import { createTexts } from "../shared/i18n.js";
import { currencySign, fitsDecimals, formatAmount, isZero, parseTyped } from "../shared/money.js";
import { clockTime, day as dayOf, moment } from "../shared/time.js";

/** @typedef {keyof typeof en} Key */

/**
 * The languages of the page: their own names, the locale of numbers and times, and their texts. `en-XA` is English
 * with accents and a third longer, which shows texts that are not in the catalogue and places that are too narrow.
 * @type {Record<string, { name: string, locale: string, load: () => Promise<Record<string, string>> }>}
 */
export const LANGUAGES = {
  en: { name: "English", locale: "en-GB", load: async () => en },
  hi: { name: "हिन्दी", locale: "hi-IN", load: async () => (await import("../i18n/hi.js")).hi },
  "en-XA": { name: "Pseudo", locale: "en-GB", load: async () => (await import("../i18n/pseudo.js")).pseudo(en) },
};

let texts = createTexts(/** @type {Record<string, string>} */ (en));
let chosenName = "en";
/** The language of the texts, a key of `LANGUAGES`. */
export const language = () => chosenName;
/** The locale of numbers and times. */
export const locale = () => LANGUAGES[chosenName].locale;

/** Shows texts in another language from now on; an unknown one changes nothing. @param {string} name */
export async function useLanguage(name) {
  const chosen = LANGUAGES[name];
  if (!chosen) return;
  texts = createTexts(await chosen.load());
  chosenName = name;
  document.documentElement.lang = name;
}

/** @param {Key} key @param {Record<string, string>} [values] */
export const t = (key, values) => texts.t(key, values);
/** @param {Key} key @param {Record<string, unknown>} values */
export const rich = (key, values) => texts.rich(key, values);
/** @param {string} key */
export const has = (key) => texts.has(key);

/** An amount for a person. @param {string} amount */
export const money = (amount) => formatAmount(amount, locale());

const today = () => new Date(clockOfServer.now());

/** A moment for a person, with its day unless that is today. @param {string} at RFC 3339 */
export const when = (at) => moment(at, today(), locale());

/** The same to the minute, for times that were set by a person. @param {string} at RFC 3339 */
export const whenSet = (at) => moment(at, today(), locale(), false);

/** The time alone, for the axis of a day. @param {string} at RFC 3339 */
export const clock = (at) => clockTime(at, locale());

/** @param {string} at RFC 3339 */
export const day = (at) => dayOf(at, locale());

/**
 * The sign of the platform's currency, or nothing while it is unknown.
 * @param {import("../shared/types.d.ts").State} state
 */
export const sign = (state) => (state.platform ? currencySign(state.platform.currency, locale()) : "");

/**
 * The amount that the player typed; null where it is none.
 * @param {string} typed @param {import("../shared/types.d.ts").State} state
 */
export const amountOf = (typed, state) => parseTyped(typed, sign(state));

/** The decimals of the platform's currency. @param {import("../shared/types.d.ts").State} state */
export const decimals = (state) => Number(state.platform?.currencyDecimals ?? 2);

/**
 * Whether an amount can be staked, deposited or withdrawn: it is one, above 0, and has the decimals of the currency.
 * @param {import("../shared/types.d.ts").State} state @param {string | null} amount @returns {amount is string}
 */
export const isPayable = (state, amount) => amount !== null && !isZero(amount) && fitsDecimals(amount, decimals(state));

/** The words about an amount that is none. @param {import("../shared/types.d.ts").State} state */
export const notAmount = (state) => t("bet.notAmount", { decimals: String(decimals(state)) });

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
 * @param {string} family @param {string} name @param {Key} fallback
 */
export const named = (family, name, fallback) =>
  t(/** @type {Key} */ (has(`${family}.${name}`) ? `${family}.${name}` : fallback));
