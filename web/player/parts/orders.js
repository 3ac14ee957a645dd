// Deposits and withdrawals of the player, with their states.

import { html, nothing, repeat } from "../../shared/html.js";
import { isOnItsWay } from "../../shared/revision.js";
import { hashOf, isWebAddress } from "../../shared/router.js";
import { money, named, t, when, whenSet } from "../texts.js";
import { errorLine, icon } from "./basics.js";
import { accountName } from "./withdraw.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Deposit} Deposit */
/** @typedef {import("../../shared/types.d.ts").Withdrawal} Withdrawal */
/** @typedef {{ deposit: Deposit, withdrawal?: undefined } | { deposit?: undefined, withdrawal: Withdrawal }} Order */

/** Orders that the wallet shows before all are asked for; unfinished ones always. */
const SHOWN = 4;

/** @param {Order} order */
const bodyOf = (order) => order.deposit ?? /** @type {Withdrawal} */ (order.withdrawal);

/** @param {Context} context */
export function orders(context) {
  const { state, act } = context;
  /** @type {Order[]} */
  const all = [
    ...Object.values(state.deposits).map((deposit) => ({ deposit })),
    ...Object.values(state.withdrawals).map((withdrawal) => ({ withdrawal })),
  ];
  if (all.length === 0) return nothing;
  all.sort((one, other) => Date.parse(bodyOf(other).createdAt) - Date.parse(bodyOf(one).createdAt));
  const isAll = state.route.query.orders !== undefined;
  const shown = isAll ? all : all.filter((order, index) => index < SHOWN || isOnItsWay(bodyOf(order)));
  const hasMore = state.orders.deposits !== null || state.orders.withdrawals !== null;
  return html`<section class="card orders" aria-labelledby="way-title">
    <div class="card-head">
      <h2 id="way-title">${t("wallet.orders")}</h2>
      ${
        !isAll && all.length > shown.length
          ? html`<a class="small" href=${hashOf("wallet", null, { orders: "all" })}>${t("wallet.orders.all")}</a>`
          : nothing
      }
    </div>
    <ul class="rows">
      ${repeat(
        shown,
        (order) => bodyOf(order).orderId,
        (order) =>
          html`<li>
            ${order.deposit ? depositRow(context, order.deposit) : withdrawalRow(context, order.withdrawal)}
          </li>`,
      )}
    </ul>
    ${
      isAll && hasMore
        ? html`<button class="button hint--after" type="button" @click=${() => act.load("orders.more")}>
            ${t("more")}
          </button>`
        : nothing
    }
  </section>`;
}

/** @type {Record<string, { kind: string, icon?: string }>} */
const BADGES = {
  pending: { kind: "badge--action", icon: "clock" },
  processing: { kind: "badge--action", icon: "clock" },
  completed: { kind: "badge--good", icon: "check" },
  failed: { kind: "", icon: "back" },
  cancelled: { kind: "", icon: "back" },
};

/** @param {string} status @param {string} text */
function badge(status, text) {
  const { kind, icon: name } = BADGES[status] ?? BADGES.pending;
  return html`<span class="badge ${kind}">${name ? icon(name, true) : nothing}${text}</span>`;
}

/** @type {Record<string, string>} */
const DEPOSIT_STATUS = {
  pending: "wallet.unpaid",
  processing: "wallet.processing",
  completed: "wallet.completed",
  failed: "wallet.failedDeposit",
  cancelled: "wallet.failedDeposit",
};

/** @param {Context} context @param {Deposit} deposit */
function depositRow({ state, act }, deposit) {
  const isPending = deposit.status === "pending";
  const isDone = deposit.status === "completed";
  return html`<div class="row row--plain">
    <div class="row-main">
      <p class="row-title">${t("wallet.depositOf")}</p>
      <p class="row-note">
        ${
          isPending
            ? t("wallet.waiting", { time: whenSet(deposit.payUntil) })
            : html`<time datetime=${deposit.createdAt}>${t("wallet.opened", { time: when(deposit.createdAt) })}</time>`
        }
      </p>
      ${errorLine(state.forms[`pay:${deposit.orderId}`]?.problem, `pay-${deposit.orderId}-error`)}
    </div>
    <div class="row-end">
      <span class="amount ${isDone ? "amount--plus" : ""}">${isDone ? "+" : ""}${money(deposit.amount)}</span>
      ${
        isPending
          ? payButton({ state, act }, deposit)
          : badge(deposit.status, t(/** @type {any} */ (DEPOSIT_STATUS[deposit.status])))
      }
    </div>
  </div>`;
}

/** @param {Context} context @param {Withdrawal} withdrawal */
function withdrawalRow({ state, act, now }, withdrawal) {
  const { orderId, status, isHeld, payeeId, createdAt } = withdrawal;
  const payee = state.payees?.find((one) => one.payeeId === payeeId);
  const isBack = status === "failed" || status === "cancelled";
  const note = isBack ? t("wallet.withdrawal.back.note") : "";
  const text = t(/** @type {any} */ (isHeld ? "wallet.withdrawal.held" : `wallet.withdrawal.${status}`));
  return html`<div class="row row--plain">
    <div class="row-main">
      <p class="row-title">${t("entry.WITHDRAW")}</p>
      <p class="row-note">
        ${payee ? html`${accountName(payee)} · ` : nothing}<time datetime=${createdAt}>${when(createdAt)}</time
        >${note ? html`<br />${note}` : nothing}
      </p>
    </div>
    <div class="row-end">
      <span class="amount ${isBack ? "muted" : ""}">${isBack ? "" : "−"}${money(withdrawal.amount)}</span>
      ${badge(status, text)}
      ${
        status === "pending" && !isHeld
          ? html`<button
              class="inline-button inline-button--end"
              type="button"
              @click=${() => act.ask({ name: "cancelWithdrawal", id: orderId })}
            >
              ${t("wallet.cancel")}
            </button>`
          : nothing
      }
    </div>
    ${isHeld ? held({ act, now }, withdrawal) : nothing}
  </div>`;
}

/** Staff are alerted of a withdrawal that has waited for so long, in milliseconds. */
const HELD_LONG = 86_400_000;

/**
 * Why a withdrawal waits for a cashier, and for how long.
 * @param {Pick<Context, "act" | "now">} context @param {Withdrawal & { holdReasons?: string[] }} withdrawal
 */
function held({ act, now }, { orderId, createdAt, holdReasons = [] }) {
  const alertAt = Date.parse(createdAt) + HELD_LONG;
  const until =
    alertAt > now
      ? t("wallet.withdrawal.held.until", { time: whenSet(new Date(alertAt).toISOString()) })
      : t("wallet.withdrawal.held.long");
  const reasons = holdReasons.map((reason) => named("wallet.withdrawal.hold", reason, "wallet.withdrawal.held.note"));
  return html`<div class="hold">
    ${icon("lock", true)}
    <p>${reasons.join(" ")} ${t("wallet.withdrawal.held.note")} ${until}</p>
    <button class="button" type="button" @click=${() => act.ask({ name: "cancelWithdrawal", id: orderId })}>
      ${t("wallet.cancel.go")}
    </button>
  </div>`;
}

/** Names its deposit for a screen reader, as the form above has a button of the same words. @param {string} amount */
const payWords = (amount) => html`${t("wallet.pay")}<span class="hidden-text"> ${money(amount)}</span>`;

/**
 * Leads to the pay page; after the page was loaded again, its address is asked for once more.
 * @param {Pick<Context, "state" | "act">} context @param {Deposit} deposit
 */
function payButton({ state, act }, { orderId, amount, checkout }) {
  if (checkout) return payLink(checkout, amount);
  const isBusy = state.forms[`pay:${orderId}`]?.busy;
  return html`<button
    class="inline-button inline-button--end"
    type="button"
    aria-disabled=${isBusy ? "true" : nothing}
    @click=${() => isBusy || act.payAgain(orderId)}
  >
    ${isBusy ? t("wallet.paying") : payWords(amount)}
  </button>`;
}

/**
 * A page of the provider, or a form for it where it takes parameters.
 * @param {NonNullable<Deposit["checkout"]>} checkout @param {string} amount
 */
function payLink({ url, parameters }, amount) {
  if (!isWebAddress(url)) return nothing;
  const fields = Object.entries(parameters);
  if (fields.length === 0) {
    return html`<a class="inline-button inline-button--end inline-link" href=${url} target="_blank" rel="noopener"
      >${payWords(amount)}</a
    >`;
  }
  return html`<form method="post" action=${url} target="_blank" rel="noopener">
    ${fields.map(([name, value]) => html`<input type="hidden" name=${name} value=${value} />`)}
    <button class="inline-button inline-button--end">${payWords(amount)}</button>
  </form>`;
}
