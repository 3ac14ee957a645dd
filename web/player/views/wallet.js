// Wallet: balances, a deposit, orders on their way, and the ledger.

import { html, nothing, repeat } from "../../vendor/lit-html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf, isWebAddress } from "../../shared/router.js";
import { isZero } from "../../shared/money.js";
import { clock, money, roundName, sign, t, when } from "../texts.js";
import { amountField } from "../parts/amount_field.js";
import { errorLine, icon, loaded, problemText, submit } from "../parts/basics.js";
import { ledgerTable } from "../parts/ledger.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Deposit} Deposit */

export const DEFAULT_DEPOSIT = "500";
/** Deposits that ended are shown no more after that many others. */
const SHOWN = 3;

/** @param {Context} context */
export function walletView(context) {
  const { state } = context;
  const { wallet } = state;
  return html`<section class="view view--wallet" aria-labelledby="view-title">
    <div class="view-head"><h1 id="view-title" tabindex="-1">${t("wallet.title")}</h1></div>
    ${loaded(context, "wallet", wallet !== null, t("wallet.failed"), () => (wallet ? balances(state, wallet) : nothing))}
    <div class="side">${goOn(context)}${depositForm(context)}</div>
    <div class="main">${deposits(context)}${ledgerTable(context)}</div>
  </section>`;
}

/** @param {Context["state"]} state @param {import("../../shared/types.d.ts").Wallet} wallet */
const balances = (state, wallet) => html`<dl class="money">
  <div>
    <dt>${t("balance")}</dt>
    <dd><span class="currency">${sign(state)}</span><span class="num" data-count-to=${wallet.balance}></span></dd>
    <dd class="hint">${t("wallet.balance.note")}</dd>
  </div>
  <div>
    <dt>${t("wallet.locked")}</dt>
    <dd class="num">${money(wallet.lockedBalance)}</dd>
    <dd class="hint">${t("wallet.locked.note")}</dd>
  </div>
  <div>
    <dt>${t("wallet.bonus")}</dt>
    <dd class="num">${money(wallet.bonusBalance)}</dd>
    <dd class="hint">${t("wallet.bonus.note")}</dd>
  </div>
</dl>`;

/** The way back to the bet that the money is for, or to play. @param {Context} context */
function goOn({ state }) {
  if (!state.wallet || isZero(state.wallet.balance)) {
    return state.platform?.stage === "local" && state.wallet ? html`<div class="banner">${icon("info")}<p>${t("wallet.start")}</p></div>` : nothing;
  }
  const { round, side } = state.route.query;
  const isCredited = Object.values(state.deposits).some((deposit) => deposit.status === "completed");
  if (round) {
    return html`<div class="banner banner--good">
      ${icon("check")}
      <p>${t("wallet.credited")}</p>
      <a class="button button--primary" href=${hashOf("round", round, side ? { side } : {})}>${t("wallet.backTo", { round: roundName(round) })}</a>
    </div>`;
  }
  return isCredited && state.myBets.ids.length === 0
    ? html`<div class="banner banner--good">
        ${icon("check")}
        <p>${t("wallet.credited")}</p>
        <a class="button button--primary" href=${hashOf("play")}>${t("wallet.toPlay")}</a>
      </div>`
    : nothing;
}

/** @param {Context} context */
function depositForm(context) {
  const { state, act } = context;
  const form = state.forms.deposit ?? EMPTY_FORM;
  const { problem } = form;
  const range = state.platform ? { least: money(state.platform.depositMin), most: money(state.platform.depositMax) } : null;
  const isOnField = problem !== null && (problem.field === "amount" || problem.code === "over-limit" || problem.code === "not-amount");
  const isOff = state.platform !== null && !state.platform.deposits;
  const hasPrimary = state.route.query.round && state.wallet && !isZero(state.wallet.balance);
  return html`<form
    class="card stack"
    aria-labelledby="deposit-title"
    novalidate
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.deposit();
    }}
  >
    <h2 id="deposit-title">${t("wallet.deposit")}</h2>
    ${amountField(context, {
      form: "deposit",
      name: "amount",
      label: t("wallet.amount", { currency: sign(state) }),
      value: form.values.amount ?? DEFAULT_DEPOSIT,
      problem: isOnField ? problem : null,
      words: problem ? (problem.code === "not-amount" ? t("bet.notAmount") : range && problem.field === "amount" ? t("wallet.range", range) : problemText(problem, t("wallet.sum"))) : undefined,
      chip: (amount) => t("wallet.chip", { amount }),
      hasOwnRow: true,
    })}
    <div class="stack stack--8">
      ${submit(context, {
        label: t("wallet.pay"),
        busyLabel: t("wallet.paying"),
        isBusy: form.busy,
        isClosed: isOff,
        kind: hasPrimary ? "" : "button--primary",
        why: isOff ? t("wallet.off") : range ? t("wallet.pay.note", range) : undefined,
      })}
      ${problem && !isOnField ? errorLine(problem, "deposit-error") : nothing}
    </div>
  </form>`;
}

/** @param {Context} context */
function deposits(context) {
  const newest = Object.values(context.state.deposits).sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt));
  const shown = newest.slice(0, SHOWN).filter((deposit, index) => index === 0 || deposit.status === "pending" || deposit.status === "processing");
  if (shown.length === 0) return nothing;
  return html`<section class="card" aria-labelledby="way-title">
    <div class="card-head"><h2 id="way-title">${t("wallet.deposits")}</h2></div>
    <ul class="rows">
      ${repeat(shown, (deposit) => deposit.orderId, (deposit) => html`<li>${order(deposit)}</li>`)}
    </ul>
  </section>`;
}

/** @type {Record<string, string>} */
const STATUS = { processing: "wallet.processing", completed: "wallet.completed", failed: "wallet.failedDeposit", cancelled: "wallet.failedDeposit" };

/** @param {Deposit} deposit */
function order(deposit) {
  const isPending = deposit.status === "pending";
  const note = isPending ? t("wallet.waiting", { time: clock(deposit.payUntil) }) : t(/** @type {any} */ (STATUS[deposit.status]));
  return html`<div class="row row--plain">
    <div class="row-main">
      <p class="row-title">${t("wallet.depositOf")}</p>
      <p class="row-note">${note}${isPending ? nothing : html` · <time datetime=${deposit.createdAt}>${when(deposit.createdAt)}</time>`}</p>
    </div>
    <div class="row-end">
      <span class="amount ${deposit.status === "completed" ? "amount--plus" : ""}">${deposit.status === "completed" ? "+" : ""}${money(deposit.amount)}</span>
      ${isPending && deposit.checkout ? payLink(deposit.checkout) : nothing}
    </div>
  </div>`;
}

/** A page of the provider, or a form for it where it takes parameters. @param {NonNullable<Deposit["checkout"]>} checkout */
function payLink({ url, parameters }) {
  if (!isWebAddress(url)) return nothing;
  const fields = Object.entries(parameters);
  if (fields.length === 0) return html`<a class="inline-button inline-button--end inline-link" href=${url} target="_blank" rel="noopener">${t("wallet.pay")}</a>`;
  return html`<form method="post" action=${url} target="_blank" rel="noopener">
    ${fields.map(([name, value]) => html`<input type="hidden" name=${name} value=${value} />`)}
    <button class="inline-button inline-button--end">${t("wallet.pay")}</button>
  </form>`;
}
