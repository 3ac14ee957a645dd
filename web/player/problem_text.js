// The words of a problem. The service words its details in English, and begins those about a field with the field's
// name.

import { has, language, money, t, when } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").Problem} Problem */

/** Problems that this page words by itself in every language; of others the service's detail is shown in English. */
const OWN_WORDS = new Set([
  "offline",
  "unreadable",
  "internal",
  "unavailable",
  "too-many-requests",
  "account-held",
  "session-ended",
]);

/** The names of fields of the API that no form names. @type {Record<string, import("./texts.js").Key>} */
const NAMES = {
  phoneNo: "enter.phone",
  phone: "enter.phone",
  password: "enter.password",
  newPassword: "me.password.new",
  currentPassword: "me.password.current",
  userName: "me.name",
  code: "me.code",
  account: "wallet.payee.account",
  amount: "wallet.sum",
  betAmount: "bet.stakeName",
  limit: "wallet.sum",
  months: "exclusion.months",
};

/**
 * What is wrong with a field, as the service says it after the field's name; the numbers in it are `a` and `b`.
 * @type {[RegExp, string][]}
 */
const FAULTS = [
  [/^is missing/, "missing"],
  [/^is not a valid phone number/, "phone"],
  [/^is a common password/, "common"],
  [/^must differ from the phone number/, "phonePassword"],
  [/^must be six digits/, "code"],
  [/^must be eight digits/, "recoveryCode"],
  [/^must be a referral code/, "referral"],
  [/^must have (\d+) to (\d+) characters/, "length"],
  [/^has \d+ characters; it must have (\d+) to (\d+)/, "length"],
  [/^must have at least (\d+) characters/, "short"],
  [/^(?:must have at most|is longer than) (\d+) characters/, "long"],
  [/^must have at most (\d+) decimals/, "decimals"],
  [/^must be at most (\d+(?:\.\d+)?)$/, "most"],
  [/^has (?:the|a) character/, "character"],
];

/** Moments as the API writes them. */
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The catalogue's texts are in English, or in the accents of its pseudo language. */
const isEnglish = () => language().startsWith("en");

/** @param {string} detail */
const withTimes = (detail) => detail.replace(MOMENT, (at) => when(at));

/** @param {Problem} problem @param {string} [label] */
function invalid({ detail, field = "" }, label) {
  const name = (label ?? t(Object.hasOwn(NAMES, field) ? NAMES[field] : "field.other")).replace(/ \(.*/, "");
  const rest = detail.startsWith(`${field} `) ? detail.slice(field.length + 1) : "";
  for (const [pattern, key] of FAULTS) {
    const found = pattern.exec(rest);
    const [, a = "", b = ""] = found ?? [];
    if (found) return t(/** @type {any} */ (`invalid.${key}`), { field: name, a: key === "most" ? money(a) : a, b });
  }
  if (!isEnglish() || detail === "") return t("problem.invalid");
  return withTimes(rest ? `${name} ${rest}` : detail);
}

/**
 * The text of a problem for the player.
 * @param {Problem} problem
 * @param {string} [label] The page's name of the field, in place of the API's.
 */
export function problemText(problem, label) {
  if (problem.code === "invalid" && problem.field) return invalid(problem, label);
  const key = /** @type {any} */ (`problem.${problem.code}`);
  const seconds = String(Math.ceil((problem.retryAfterMs ?? 1000) / 1000));
  const isOwn = OWN_WORDS.has(problem.code) || !problem.detail || !isEnglish();
  if (has(key) && isOwn) return t(key, { seconds });
  if (!isEnglish()) return t("problem.other");
  return withTimes(problem.detail || problem.title) || t("problem.unreadable");
}
