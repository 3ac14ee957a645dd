// Acts of operators on jackpots. Both need a recent login, and a second operator where they are large.

import { REASON, bodyOf } from "./fields.js";

/** @typedef {import("./fields.js").Act} Act */
/** @typedef {import("./fields.js").Field} Field */

const part = encodeURIComponent;

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

/** @param {string} name @returns {Act["result"]} */
const proposedOr = (name) => (answer, subject) => ({ ...subject, text: answer.status === "PROPOSED" ? `${name}.proposed` : name });

/** @type {Record<string, Act>} */
export const JACKPOT_ACTS = {
  "jackpot.award": {
    roles: ["operator"],
    kind: "danger",
    fields: AWARD,
    send: (api, { group }, values) => api.post(`/api/jackpots/${part(group)}/win`, bodyOf(AWARD, values)),
    result: proposedOr("jackpot.award"),
  },
  "jackpot.terms": {
    roles: ["operator"],
    fields: TERMS,
    send: (api, { group, version }, values) => api.patch(`/api/jackpots/${part(group)}/config`, { ...bodyOf(TERMS, values), expectedVersion: version }),
    result: proposedOr("jackpot.terms"),
  },
};
