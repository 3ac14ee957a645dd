// The texts of the console. Words that the player page has, too, are those of its catalogue.

import { console as own } from "../i18n/console.js";
import { en } from "../i18n/en.js";
import { locale, money } from "../player/texts.js";
import { createTexts } from "../shared/i18n.js";

export const { t, has } = createTexts({ ...en, ...own });

/**
 * A key that is made of parts, such as `act.round.close.title`.
 * @param {string} key @param {Record<string, string>} [values]
 */
export const said = (key, values) => t(/** @type {any} */ (key), values);

/** A text of a family, or the value itself where the catalogue has none. @param {string} family @param {string} name */
export const named = (family, name) => (has(`${family}.${name}`) ? said(`${family}.${name}`) : name);

/** A number of things, with its digits grouped. @param {string | bigint} count */
export const counted = (count) => BigInt(count).toLocaleString(locale());

/** An amount with its first two decimals, as a figure has room for. @param {string} amount */
export const brief = (amount) => money(amount.replace(/(\.\d\d)\d+$/, "$1"));

/**
 * The time that has passed, in its two largest units: "2 h 4 min".
 * @param {string} since RFC 3339 @param {number} now Milliseconds
 */
export function age(since, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
