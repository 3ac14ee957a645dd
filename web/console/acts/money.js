// Acts of cashiers: withdrawals, deposits, players' money, identity and bank accounts. All of them need a recent login.

import { REASON, bodyOf } from "./fields.js";

/** @typedef {import("./fields.js").Act} Act */
/** @typedef {import("./fields.js").Field} Field */

const part = encodeURIComponent;

/** @param {(subject: Record<string, any>) => string} path @param {Field[]} [fields] @param {Act["kind"]} [kind] @returns {Act} */
const decision = (path, fields = [REASON], kind = "action") => ({
  roles: ["cashier"],
  fields,
  kind,
  send: (api, subject, values) => api.post(path(subject), bodyOf(fields, values)),
});

/** @param {string} step @param {Act["kind"]} [kind] */
const withdrawal = (step, kind) => decision(({ orderId }) => `/api/operator/withdrawals/${part(orderId)}/${step}`, [REASON], kind);

/** @param {string} step */
const deposit = (step) => decision(({ orderId }) => `/api/operator/deposits/${part(orderId)}/${step}`);

/** @param {string} step */
const payment = (step) =>
  decision(({ orderId, paymentId }) => `/api/operator/deposits/${part(orderId)}/payments/${part(paymentId)}/${step}`);

/** @param {string} step @param {Field[]} [fields] @param {Act["kind"]} [kind] */
const player = (step, fields, kind) => decision(({ userId }) => `/api/operator/users/${part(userId)}/${step}`, fields, kind);

/** @type {Record<string, Act>} */
export const MONEY_ACTS = {
  "withdrawal.approve": {
    ...withdrawal("approve"),
    // With two cashiers needed, the first approval leaves the order held.
    result: ({ data }, subject) => ({ ...subject, text: data.state === "HELD" ? "withdrawal.approve.first" : "withdrawal.approve" }),
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
  "player.identity": player("identity", [{ name: "status", kind: "choice", options: ["verified", "refused", "pending", "not-asked"] }, REASON]),
  "account.free": decision(({ reference }) => `/api/operator/payees/${part(reference)}/free`, [{ name: "userId", kind: "number", hint: "field.userId.hint" }, REASON]),
};
