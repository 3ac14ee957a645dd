// Wallet: balances, a deposit, a withdrawal, orders with their states, and the ledger.

import { html, nothing } from "../../vendor/lit-html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { isZero } from "../../shared/money.js";
import { day, money, roundName, sign, t } from "../texts.js";
import { amountField } from "../parts/amount_field.js";
import { errorLine, icon, loaded, offWords, problemText, submit } from "../parts/basics.js";
import { ledgerTable } from "../parts/ledger.js";
import { orders } from "../parts/orders.js";
import { withdrawal } from "../parts/withdraw.js";

/** @typedef {import("../context.d.ts").Context} Context */

export const DEFAULT_DEPOSIT = "500";

/** @param {Context} context */
export function walletView(context) {
  const { state } = context;
  const { wallet } = state;
  return html`<section class="view view--wallet" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${t("wallet.title")}</h1>
      <a href=${hashOf("limits")}>${t("limits.title")}</a>
    </div>
    ${loaded(context, "wallet", wallet !== null, t("wallet.failed"), () => (wallet ? balances(state, wallet) : nothing))}
    <div class="side">${goOn(context)}${state.exclusion?.isExcluded ? noDeposits(state.exclusion.until) : depositForm(context)}${withdrawal(context)}</div>
    <div class="main">${orders(context)}${ledgerTable(context)}</div>
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

/** An excluded player can withdraw, and cannot deposit. @param {string | null} [until] */
const noDeposits = (until) => html`<div class="banner banner--warn">
  ${icon("info")}
  <p>${until ? t("wallet.excluded", { day: day(until) }) : t("wallet.excluded.open")} <a href=${hashOf("limits")}>${t("limits.see")}</a></p>
</div>`;

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
      link: problem?.code === "over-limit" ? html`<a href=${hashOf("limits")}>${t("limits.see")}</a>` : nothing,
      hasOwnRow: true,
    })}
    <div class="stack stack--8">
      ${submit(context, {
        label: t("wallet.pay"),
        busyLabel: t("wallet.paying"),
        isBusy: form.busy,
        isClosed: isOff,
        kind: hasPrimary ? "" : "button--primary",
        whyId: "deposit-why",
        why: isOff ? offWords(state, "deposits", t("wallet.off")) : range ? t("wallet.pay.note", range) : undefined,
      })}
      ${problem && !isOnField ? errorLine(problem, "deposit-error") : nothing}
    </div>
  </form>`;
}
