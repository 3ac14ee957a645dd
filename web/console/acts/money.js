// Acts of cashiers: withdrawals, deposits, players' money, identity and bank accounts. All of them need a recent login.

import { path } from "../../shared/path.js";
import { hashOf } from "../../shared/router.js";
import { Refused, problemOf } from "../../shared/api.js";
import { REASON, bodyOf } from "./fields.js";

/** @typedef {import("./fields.js").Act} Act */
/** @typedef {import("./fields.js").Field} Field */

/**
 * @param {(subject: Record<string, any>) => string} to The path of the request. @param {Field[]} [fields]
 * @param {Act["kind"]} [kind] @returns {Act}
 */
const decision = (to, fields = [REASON], kind = "action") => ({
  roles: ["cashier"],
  fields,
  kind,
  send: (api, subject, values) => api.post(to(subject), bodyOf(fields, values)),
});

/** @param {string} step @param {Act["kind"]} [kind] */
const withdrawal = (step, kind) =>
  decision(({ orderId }) => path`/api/operator/withdrawals/${orderId}/${step}`, [REASON], kind);

/** @param {string} step */
const deposit = (step) => decision(({ orderId }) => path`/api/operator/deposits/${orderId}/${step}`);

/** @param {string} step */
const payment = (step) =>
  decision(({ orderId, paymentId }) => path`/api/operator/deposits/${orderId}/payments/${paymentId}/${step}`);

/** @param {string} step @param {Field[]} [fields] @param {Act["kind"]} [kind] */
const player = (step, fields, kind) =>
  decision(({ userId }) => path`/api/operator/users/${userId}/${step}`, fields, kind);

/** @type {Field[]} */
const STATEMENT = [
  { name: "provider", kind: "text", hint: "field.provider.hint" },
  { name: "day", kind: "day", hint: "field.day.hint" },
  { name: "statement", kind: "file", hint: "field.statement.hint" },
];

/** The number of differences of a report. @param {Record<string, string>} counts */
const sumOf = (counts) => String(Object.values(counts).reduce((sum, count) => sum + Number(count), 0));

/**
 * Compares a statement. The report of a final day has a page of its own; another one is shown above the list.
 * @type {Act}
 */
const compare = {
  roles: ["cashier"],
  fields: STATEMENT,
  async send(api, _, values, file) {
    if (!file) throw new Refused({ ...problemOf("field-missing", 422), field: "statement" });
    const { provider, day } = bodyOf(STATEMENT, values);
    return api.upload(`/api/operator/reconciliations?${new URLSearchParams({ provider, day })}`, file);
  },
  result: ({ data }) => ({ provider: data.provider, day: data.day, count: sumOf(data.counts) }),
  kept: (answer) => ({ key: "comparison", data: answer.notFinalBefore === null ? null : answer }),
  goTo: (answer) => hashOf("reconciliation", answer.notFinalBefore === null ? answer.data.reportId : null),
};

/** @type {Record<string, Act>} */
export const MONEY_ACTS = {
  "statement.compare": compare,
  "withdrawal.approve": {
    ...withdrawal("approve"),
    // With two cashiers needed, the first approval leaves the order held.
    result: ({ data }, subject) => ({
      ...subject,
      text: data.state === "HELD" ? "withdrawal.approve.first" : "withdrawal.approve",
    }),
  },
  "withdrawal.reject": withdrawal("reject", "danger"),
  "withdrawal.retry": withdrawal("retry"),
  "withdrawal.giveBack": withdrawal("give-back"),
  "deposit.refund": deposit("refund"),
  "deposit.return": deposit("return"),
  "payment.claim": payment("claim"),
  "payment.return": payment("return"),
  "player.writeOff": player("write-off", [REASON], "danger"),
  "player.release": player("release"),
  "player.adjust": player("adjust", [
    { name: "opId", kind: "text", hint: "field.opId.hint" },
    { name: "kind", kind: "choice", options: ["credit", "debit"] },
    { name: "amount", kind: "amount" },
    REASON,
  ]),
  "player.identity": player("identity", [
    { name: "status", kind: "choice", options: ["verified", "refused", "pending", "not-asked"] },
    REASON,
  ]),
  "account.free": decision(
    ({ reference }) => path`/api/operator/payees/${reference}/free`,
    [{ name: "userId", kind: "number", hint: "field.userId.hint" }, REASON],
  ),
};
