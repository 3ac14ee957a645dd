// Wallet: balances, a deposit, a withdrawal, orders with their states, and the ledger.

import { html, nothing } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { isZero } from "../../shared/money.js";
import { isPlain } from "../checkout.js";
import { creditOf } from "../news.js";
import { money, notAmount, roundName, sign, t, whenSet } from "../texts.js";
import { amountField } from "../parts/amount_field.js";
import { errorLine, icon, loaded, offWords, problemText, submit } from "../parts/basics.js";
import { ledgerTable } from "../parts/ledger.js";
import { lost, waitWords } from "../parts/lost.js";
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
    <div class="stack purses">
      ${loaded(context, "wallet", wallet !== null, t("wallet.failed"), () =>
        wallet ? balances(state, wallet) : nothing,
      )}
      ${goOn(context, creditOf(state, context.now))}
    </div>
    ${orders(context)}
    <div class="stack forms">${moneyForms(context)}</div>
    ${ledgerTable(context)}
  </section>`;
}

/** Money in and money out: tabs of which a phone shows one, and two cards on a desktop. @param {Context} context */
function moneyForms(context) {
  const { state } = context;
  const chosen = state.forms.money?.values.tab ?? (state.exclusion?.isExcluded ? "out" : "in");
  const side = (/** @type {"in" | "out"} */ name, /** @type {unknown} */ content) =>
    html`<div
      class=${name === chosen ? "tab-panel" : "tab-panel tab-panel--other"}
      id="money-${name}"
      role="tabpanel"
      aria-labelledby="tab-${name}"
    >
      ${content}
    </div>`;
  return html`${tabs(context, chosen)}
  ${side("in", state.exclusion?.isExcluded ? noDeposits(state.exclusion.until) : depositForm(context))}
  ${side("out", withdrawal(context))}`;
}

const SIDES = /** @type {const} */ ({ in: "wallet.deposit", out: "wallet.withdraw" });

/** One stop for the Tab key; the arrows move between the two. @param {Context} context @param {string} chosen */
function tabs({ act }, chosen) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = chosen === "in" ? "out" : "in";
    act.type("money", { tab: other });
    document.getElementById(`tab-${other}`)?.focus();
  };
  return html`<div class="segments tabs-money" role="tablist" aria-label=${t("wallet.forms")} @keydown=${move}>
    ${
      /** @type {const} */ (["in", "out"]).map(
        (name) =>
          html`<button
            class="segment"
            type="button"
            role="tab"
            id="tab-${name}"
            aria-controls="money-${name}"
            aria-selected=${name === chosen ? "true" : "false"}
            tabindex=${name === chosen ? "0" : "-1"}
            @click=${() => act.type("money", { tab: name })}
          >
            ${t(SIDES[name])}
          </button>`,
      )
    }
  </div>`;
}

/** @param {Context["state"]} state @param {import("../../shared/types.d.ts").Wallet} wallet */
const balances = (state, wallet) =>
  html`<dl class="money">
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
const noDeposits = (until) =>
  html`<div class="banner banner--warn">
    ${icon("info")}
    <p>
      ${until ? t("wallet.excluded", { time: whenSet(until) }) : t("wallet.excluded.open")}
      <a href=${hashOf("limits")}>${t("limits.see")}</a>
    </p>
  </div>`;

/**
 * The credit, and the way back to the bet that the money is for, or to play.
 * @param {Context} context @param {ReturnType<typeof creditOf>} credit
 */
function goOn({ state }, credit) {
  const { wallet } = state;
  if (!wallet || isZero(wallet.balance)) {
    return state.platform?.stage === "local" && wallet
      ? html`<div class="banner">
          ${icon("info")}
          <p>${t("wallet.start")}</p>
        </div>`
      : nothing;
  }
  const { round, side } = state.route.query;
  if (!credit && !round) return nothing;
  const href = round ? hashOf("round", round, side ? { side } : {}) : hashOf("play");
  const words = credit
    ? t("wallet.credited", { amount: money(credit.amount), balance: money(wallet.balance) })
    : t("wallet.have", { balance: money(wallet.balance) });
  return html`<div class="banner ${credit ? "banner--good" : ""}">
    ${icon(credit ? "check" : "info")}
    <p>${words}</p>
    <a class="button button--primary" href=${href}
      >${round ? t("wallet.backTo", { round: roundName(round) }) : t("wallet.toPlay")}</a
    >
  </div>`;
}

/** The deposit whose pay page the browser did not open, with a way to it. @param {Context["state"]} state */
function blockedPage({ forms, deposits }) {
  const deposit = deposits[forms.payPage?.values.blocked ?? ""];
  if (deposit?.status !== "pending" || !deposit.checkout) return nothing;
  return html`<div class="hold" role="alert">
    ${icon("alert", true)}
    <p>${t("wallet.blocked", { amount: money(deposit.amount), time: whenSet(deposit.payUntil) })}</p>
    ${
      isPlain(deposit.checkout)
        ? html`<a class="button" href=${deposit.checkout.url} target="_blank" rel="noopener"
            >${t("wallet.pay")} ${icon("link", true)}</a
          >`
        : nothing
    }
  </div>`;
}

/** @param {Context} context */
function depositForm(context) {
  const { state, act } = context;
  const form = state.forms.deposit ?? EMPTY_FORM;
  const { problem } = form;
  const range = state.platform
    ? { least: money(state.platform.depositMin), most: money(state.platform.depositMax) }
    : null;
  const isOnField =
    problem !== null &&
    (problem.field === "amount" || ["over-limit", "not-amount", "out-of-range"].includes(problem.code));
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
    ${lost(context, "deposit")}
    <fieldset ?disabled=${form.isUnknown}>
      <legend class="hidden-text">${t("wallet.deposit")}</legend>
      ${amountField(context, {
        form: "deposit",
        name: "amount",
        label: t("wallet.amount", { currency: sign(state) }),
        value: form.values.amount ?? DEFAULT_DEPOSIT,
        problem: isOnField ? problem : null,
        words: problem
          ? problem.code === "not-amount"
            ? notAmount(state)
            : range && (problem.field === "amount" || problem.code === "out-of-range")
              ? t("wallet.range", range)
              : problemText(problem, t("wallet.sum"))
          : undefined,
        chip: (amount) => t("wallet.chip", { amount }),
        link: problem?.code === "over-limit" ? html`<a href=${hashOf("limits")}>${t("limits.see")}</a>` : nothing,
        hasOwnRow: true,
      })}
    </fieldset>
    <div class="stack stack--8">
      ${submit(context, {
        label: t("wallet.pay"),
        busyLabel: form.isUnknown ? waitWords(context, "deposit") : t("wallet.paying"),
        isBusy: form.busy || form.isUnknown,
        isClosed: isOff,
        kind: hasPrimary ? "" : "button--primary",
        whyId: "deposit-why",
        why: isOff ? offWords(state, "deposits", t("wallet.off")) : range ? t("wallet.pay.note", range) : undefined,
      })}
      ${problem && !isOnField && !form.isUnknown ? errorLine(problem, "deposit-error") : nothing} ${blockedPage(state)}
    </div>
  </form>`;
}
