// Acts of operators: switches of the stage, rounds, bets, matches, accounts and periods.

import { path } from "../../shared/path.js";
import { hashOf } from "../../shared/router.js";
import { REASON, bodyOf } from "./fields.js";

/** @typedef {import("./fields.js").Act} Act */
/** @typedef {import("./fields.js").Field} Field */

/** @type {import("../roles.js").Role[]} */
const OPERATOR = ["operator"];

/** @type {Field[]} */
const ROUND = [
  { name: "roundId", kind: "text", hint: "field.roundId.hint" },
  { name: "draw", kind: "choice", options: ["match", "round", "oracle"] },
  { name: "oracleName", kind: "text", isShown: ({ draw }) => draw === "oracle" },
  { name: "oracleKey", kind: "text", isShown: ({ draw }) => draw === "oracle", hint: "field.oracleKey.hint" },
  { name: "stakeMin", kind: "amount", isOptional: true },
  { name: "commissionRate", kind: "amount", isOptional: true, hint: "field.commissionRate.hint" },
  { name: "closesBy", kind: "moment", isOptional: true, hint: "field.closesBy.hint" },
  {
    name: "resultBy",
    kind: "moment",
    isOptional: true,
    hint: "field.resultBy.hint",
    isShown: ({ draw }) => draw === "oracle",
  },
];

/** @param {Record<string, string>} values */
function round(values) {
  const { oracleName, oracleKey, ...body } = bodyOf(ROUND, values);
  return oracleName ? { ...body, oracle: { name: oracleName, publicKey: oracleKey } } : body;
}

/** Acts on accounts need a recent login. @param {string} step @returns {Act} */
const account = (step) => ({
  roles: OPERATOR,
  fields: [REASON],
  send: (api, { userId }, values) => api.post(path`/api/operator/users/${userId}/${step}`, bodyOf([REASON], values)),
});

/** Sets a switch of the stage, which needs a recent login. @param {"on" | "off"} state @returns {Act} */
const toSwitch = (state) => ({
  roles: OPERATOR,
  kind: state === "off" ? "danger" : "action",
  fields: [REASON],
  send: (api, { switch: name }, values) =>
    api.post(path`/api/operator/switches/${name}`, { state, ...bodyOf([REASON], values) }),
});

/** @type {Record<string, Act>} */
export const RUN_ACTS = {
  "switch.off": toSwitch("off"),
  "switch.on": toSwitch("on"),
  "round.open": {
    roles: OPERATOR,
    fields: ROUND,
    send: (api, _, values) => api.post("/api/rounds", round(values)),
    result: (answer) => ({ roundId: answer.data.roundId }),
    goTo: (answer) => hashOf("rounds", answer.data.roundId),
  },
  "round.close": {
    roles: OPERATOR,
    fields: [REASON],
    send: (api, { roundId }, values) => api.post(path`/api/rounds/${roundId}/close`, bodyOf([REASON], values)),
  },
  "round.cancel": {
    roles: OPERATOR,
    kind: "danger",
    fields: [REASON],
    typed: ({ roundId }) => roundId,
    send: (api, { roundId }, values) => api.post(path`/api/rounds/${roundId}/cancel`, bodyOf([REASON], values)),
  },
  "bet.refund": {
    roles: OPERATOR,
    fields: [REASON],
    send: (api, { betId }, values) => api.post(path`/api/operator/bets/${betId}/refund`, bodyOf([REASON], values)),
  },
  "user.block": { ...account("block"), kind: "danger" },
  "user.unblock": account("unblock"),
  "user.endSessions": account("end-sessions"),
  "match.void": {
    roles: OPERATOR,
    kind: "danger",
    fields: [REASON],
    send: (api, { roundId, matchId }, values) =>
      api.post(path`/api/operator/rounds/${roundId}/matches/${matchId}/void`, bodyOf([REASON], values)),
  },
  "period.cancel": {
    roles: OPERATOR,
    kind: "danger",
    fields: [REASON],
    typed: ({ periodId }) => periodId,
    send: (api, { gameType, duration, periodId }, values) =>
      api.post(path`/api/games/${gameType}/${duration}/cancel`, { periodId, ...bodyOf([REASON], values) }),
  },
};

/** The requests that return stuck money, as dead letters name them. @type {[RegExp, string, string[]][]} */
const WAYS_OUT = [
  [/^POST \/api\/operator\/bets\/([^/]+)\/refund$/, "bet.refund", ["betId"]],
  [/^POST \/api\/operator\/rounds\/([^/]+)\/matches\/([^/]+)\/void$/, "match.void", ["roundId", "matchId"]],
  [/^POST \/api\/rounds\/([^/]+)\/cancel$/, "round.cancel", ["roundId"]],
];

/**
 * The act of a way out; null for requests that have no dialog.
 * @param {string} request
 * @returns {{ act: string, subject: Record<string, string> } | null}
 */
export function wayOutAct(request) {
  for (const [pattern, act, names] of WAYS_OUT) {
    const found = pattern.exec(request);
    if (found) {
      return {
        act,
        subject: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1])])),
      };
    }
  }
  return null;
}
