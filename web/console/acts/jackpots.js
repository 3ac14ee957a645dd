// Acts of operators on jackpots. Both need a recent login, and a second operator where they are large.

import { path } from "../../shared/path.js";
import { REASON, bodyOf } from "./fields.js";

/** @typedef {import("./fields.js").Act} Act */
/** @typedef {import("./fields.js").Field} Field */

/** @type {Field[]} */
const AWARD = [
  { name: "opId", kind: "text", hint: "field.opId.hint" },
  { name: "userId", kind: "number" },
  { name: "amount", kind: "amount", isOptional: true, hint: "field.award.hint" },
  REASON,
];

/** @type {Field[]} */
const TERMS = [
  { name: "startAmount", kind: "text" },
  { name: "rate", kind: "text", hint: "field.rate.hint" },
  { name: "reserveRate", kind: "text", hint: "field.rate.hint" },
  { name: "odds", kind: "text", hint: "field.odds.hint" },
  { name: "mustHitBy", kind: "text", isOptional: true },
  REASON,
];

/**
 * A proposed win as values of the form. A second operator gives a reason of their own.
 * @param {{ opId: string, userId: string, amount: string | null }} win
 */
export const typedWin = ({ opId, userId, amount }) => ({ opId, userId, ...(amount ? { amount } : {}) });

/** Terms as values of the form. @param {any} terms */
export const typedTerms = ({ startAmount, rate, reserveRate, odds, mustHitBy }) => ({
  startAmount,
  rate,
  reserveRate,
  odds,
  ...(mustHitBy ? { mustHitBy } : {}),
});

/** @param {string} name @returns {Act["result"]} */
const proposedOr = (name) => (answer, subject) => ({
  ...subject,
  text: answer.status === "PROPOSED" ? `${name}.proposed` : name,
});

/** @type {Record<string, Act>} */
export const JACKPOT_ACTS = {
  "jackpot.award": {
    roles: ["operator"],
    kind: "danger",
    fields: AWARD,
    send: (api, { group }, values) => api.post(path`/api/jackpots/${group}/win`, bodyOf(AWARD, values)),
    result: proposedOr("jackpot.award"),
  },
  "jackpot.terms": {
    roles: ["operator"],
    fields: TERMS,
    send: (api, { group, version }, values) =>
      api.patch(path`/api/jackpots/${group}/config`, { ...bodyOf(TERMS, values), expectedVersion: version }),
    result: proposedOr("jackpot.terms"),
  },
};
