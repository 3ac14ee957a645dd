// The withdrawal: its form, and the bank accounts of the player.

import { html, live, nothing, repeat } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { cutDecimals, subtract } from "../../shared/money.js";
import { amountOf, decimals, money, notAmount, sign, t, when } from "../texts.js";
import { amountField, textField } from "./amount_field.js";
import { errorLine, icon, loaded, offWords, problemText, submit } from "./basics.js";
import { lost, waitWords } from "./lost.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Payee} Payee */

/** The current values of the form; the first usable account where none was chosen. @param {Context["state"]} state */
export function withdrawalOf(state) {
  const { forms, payees } = state;
  const form = forms.withdraw ?? EMPTY_FORM;
  const typed = form.values.amount ?? "";
  const payee = payees?.find((one) => one.payeeId === form.values.payeeId) ?? payees?.[0] ?? null;
  return { form, typed, amount: amountOf(typed, state), payee };
}

/** Problems that belong under the amount; others stand at the button. */
const AT_AMOUNT = new Set(["insufficient-balance", "not-amount"]);

/** @param {Context} context */
export function withdrawal(context) {
  const { state } = context;
  return html`<section class="card stack" aria-labelledby="withdraw-title">
    <h2 id="withdraw-title">${t("wallet.withdraw")}</h2>
    ${loaded(
      context,
      "payees",
      state.payees !== null,
      t("wallet.payees.failed"),
      () =>
        html`${
          state.payees?.length ? withdrawForm(context) : html`<p class="small muted">${t("wallet.payees.none")}</p>`
        }
        ${accounts(context)}`,
    )}
  </section>`;
}

/** @param {Context} context */
function withdrawForm(context) {
  const { state, act } = context;
  const { form, typed, amount, payee } = withdrawalOf(state);
  const { problem } = form;
  const isAtAmount = problem !== null && (AT_AMOUNT.has(problem.code) || problem.field === "amount");
  const isOff = state.platform !== null && !state.platform.withdrawals;
  const least = state.platform ? money(state.platform.withdrawalMin) : "–";
  const balance = state.wallet?.balance ?? "0";
  const payable = cutDecimals(balance, decimals(state));
  const most = state.wallet ? money(payable) : "–";
  return html`<form
    class="stack"
    aria-labelledby="withdraw-title"
    novalidate
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.askWithdraw();
    }}
  >
    ${lost(context, "withdraw")}
    <fieldset class="stack" ?disabled=${form.isUnknown}>
      <legend class="hidden-text">${t("wallet.withdraw")}</legend>
      <div class="field">
        <label for="withdraw-payee">${t("wallet.to")}</label>
        <select
          class="input"
          id="withdraw-payee"
          .value=${live(payee?.payeeId ?? "")}
          @change=${(/** @type {Event} */ event) =>
            act.type("withdraw", { payeeId: /** @type {HTMLSelectElement} */ (event.target).value })}
        >
          ${state.payees?.map(
            (one) =>
              html`<option value=${one.payeeId} ?selected=${one.payeeId === payee?.payeeId}>
                ${accountName(one)}
              </option>`,
          )}
        </select>
        ${
          payee && isWaiting(payee, context.now)
            ? html`<p class="hint">${t("wallet.payee.from", { time: when(payee.usableFrom) })}</p>`
            : nothing
        }
      </div>
      ${amountField(context, {
        form: "withdraw",
        name: "amount",
        label: t("wallet.amount", { currency: sign(state) }),
        value: typed,
        problem: isAtAmount ? problem : null,
        words: problem ? amountWords(problem, state) : undefined,
        chip: (shown) => t("wallet.withdraw.chip", { amount: shown }),
        hasOwnRow: true,
      })}
    </fieldset>
    <div class="stack stack--8">
      ${submit(context, {
        label: amount === null ? t("wallet.withdraw") : t("wallet.withdraw.go", { amount: money(amount) }),
        busyLabel: form.isUnknown ? waitWords(context, "withdraw") : t("wallet.withdraw.busy"),
        isBusy: form.busy || form.isUnknown,
        isClosed: isOff,
        kind: "",
        why: isOff
          ? offWords(state, "withdrawals", t("wallet.withdraw.off"))
          : t("wallet.withdraw.range", { least, most }),
        whyId: "withdraw-why",
      })}
      ${
        payable === balance
          ? nothing
          : html`<p class="hint">${t("wallet.withdraw.dust", { amount: money(subtract(balance, payable)) })}</p>`
      }
      ${problem && !isAtAmount && !form.isUnknown ? errorLine(problem, "withdraw-error") : nothing}
    </div>
  </form>`;
}

/** @param {import("../../shared/types.d.ts").Problem} problem @param {Context["state"]} state */
function amountWords(problem, state) {
  if (problem.code === "not-amount") return notAmount(state);
  if (problem.code === "insufficient-balance") return t("bet.short", { amount: money(state.wallet?.balance ?? "0") });
  return problemText(problem, t("wallet.sum"));
}

/** @param {Payee} payee */
export const accountName = (payee) => t("wallet.account", { end: payee.accountEndsWith });

/** The same inside a sentence. @param {import("../../shared/types.d.ts").Payee} payee */
export const accountWords = (payee) => t("wallet.account.inside", { end: payee.accountEndsWith });

/** @param {Payee} payee @param {number} now */
const isWaiting = (payee, now) => Date.parse(payee.usableFrom) > now;

/** The bank accounts, and the form for another one. @param {Context} context */
function accounts(context) {
  const { state, act, now } = context;
  const form = state.forms.payee ?? EMPTY_FORM;
  const { problem } = form;
  const isOnField = problem?.field === "account";
  const isFirst = state.payees?.length === 0;
  return html`<details ?open=${isFirst}>
    <summary>${icon("chevron", true)}${t("wallet.accounts")}</summary>
    <div class="stack">
      ${
        isFirst
          ? nothing
          : html`<ul class="rows">
              ${repeat(
                state.payees ?? [],
                (payee) => payee.payeeId,
                (payee) =>
                  html`<li>
                    <div class="row row--plain">
                      <div class="row-main">
                        <p class="row-title">${accountName(payee)}</p>
                        ${
                          isWaiting(payee, now)
                            ? html`<p class="row-note">${t("wallet.payee.from", { time: when(payee.usableFrom) })}</p>`
                            : nothing
                        }
                      </div>
                      <div class="row-end">
                        <button
                          class="inline-button inline-button--end"
                          type="button"
                          aria-label=${t("wallet.payee.removeOf", { account: accountWords(payee) })}
                          @click=${() => act.ask({ name: "removePayee", id: payee.payeeId })}
                        >
                          ${t("wallet.payee.remove")}
                        </button>
                      </div>
                    </div>
                  </li>`,
              )}
            </ul>`
      }
      <form
        class="stack stack--8"
        novalidate
        @submit=${(/** @type {Event} */ event) => {
          event.preventDefault();
          act.addPayee();
        }}
      >
        ${textField(context, {
          form: "payee",
          name: "account",
          label: t("wallet.payee.account"),
          value: form.values.account ?? "",
          hint: t("wallet.payee.hint"),
          problem: isOnField ? problem : null,
          words: problem?.code === "payee-taken" ? t("problem.payee-taken") : undefined,
        })}
        ${submit(context, {
          label: t("wallet.payee.add"),
          busyLabel: t("loading"),
          isBusy: form.busy,
          kind: "",
          whyId: "payee-why",
        })}
        ${problem && !isOnField ? errorLine(problem, "payee-error") : nothing}
      </form>
    </div>
  </details>`;
}
