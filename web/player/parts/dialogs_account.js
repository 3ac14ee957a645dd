// Dialogs of the wallet and of limits.

import { html, nothing } from "../../shared/html.js";
import { endOfExclusion } from "../../shared/exclusion.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { day, money, notAmount, sign, t } from "../texts.js";
import { textField } from "./amount_field.js";
import { errorLine, problemText } from "./basics.js";
import { accountWords, withdrawalOf } from "./withdraw.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {{ title: string, content: unknown }} Dialog */

/**
 * The two buttons of a dialog; the choice without consequence comes first and has the focus.
 * @param {Context} context
 * @param {{ keep: string, go: string, isBusy: boolean, act: () => unknown, isDanger?: boolean }} acts
 */
const acts = ({ act }, { keep, go, isBusy, act: goOn, isDanger = false }) =>
  html`<div class="dialog-acts">
    <button class="button" type="button" autofocus @click=${() => act.ask(null)}>${keep}</button>
    <button
      class="button ${isDanger ? "button--danger" : "button--primary"}"
      type="button"
      aria-disabled=${isBusy ? "true" : nothing}
      @click=${goOn}
    >
      ${go}
    </button>
  </div>`;

/** @param {Context} context @returns {Dialog | null} */
export function confirmWithdrawal(context) {
  const { state, act } = context;
  const { form, amount, payee } = withdrawalOf(state);
  if (amount === null || !payee) return null;
  const shown = money(amount);
  return {
    title: t("wallet.withdraw.title", { amount: shown }),
    content: html`<p>${t("wallet.withdraw.text", { account: accountWords(payee) })}</p>
      ${acts(context, {
        keep: t("dialog.keep"),
        go: t("wallet.withdraw.go", { amount: shown }),
        isBusy: form.busy,
        act: () => act.withdraw(),
      })}`,
  };
}

/** @param {Context} context @param {string} orderId @returns {Dialog | null} */
export function cancelWithdrawal(context, orderId) {
  const { state, act } = context;
  const order = state.withdrawals[orderId];
  if (!order) return null;
  const form = state.forms[`cancel:${orderId}`] ?? EMPTY_FORM;
  const amount = money(order.amount);
  return {
    title: t("wallet.cancel.title"),
    content: html`<p>${t("wallet.cancel.text", { amount })}</p>
      ${errorLine(form.problem, "cancel-error")}
      ${acts(context, {
        keep: t("wallet.cancel.keep"),
        go: t("wallet.cancel.go"),
        isBusy: form.busy,
        act: () => act.cancelWithdrawal(orderId),
      })}`,
  };
}

/** @param {Context} context @param {string} payeeId @returns {Dialog | null} */
export function removePayee(context, payeeId) {
  const { state, act } = context;
  const payee = state.payees?.find((one) => one.payeeId === payeeId);
  if (!payee) return null;
  const form = state.forms[`payee:${payeeId}`] ?? EMPTY_FORM;
  return {
    title: t("wallet.payee.remove.title", { account: accountWords(payee) }),
    content: html`<p>${t("wallet.payee.remove.text")}</p>
      ${errorLine(form.problem, "remove-error")}
      ${acts(context, {
        keep: t("dialog.keep"),
        go: t("wallet.payee.remove"),
        isBusy: form.busy,
        act: () => act.removePayee(payeeId),
      })}`,
  };
}

/** @param {Context} context @param {string} limitId @returns {Dialog | null} */
export function changeLimit(context, limitId) {
  const { state, act } = context;
  const limit = state.limits?.limits.find((one) => one.limitId === limitId);
  if (!limit) return null;
  const name = `limit:${limitId}`;
  const form = state.forms[name] ?? EMPTY_FORM;
  const { problem } = form;
  const kind = t(/** @type {any} */ (`limits.${limit.kind}`));
  const period = t(/** @type {any} */ (`limits.period.${limit.period}`));
  return {
    title: t("limits.dialog", { kind, period }),
    content: html`<form
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        act.setLimit(limit, false);
      }}
    >
      <p>${t(limit.limit === null ? "limits.dialog.first" : "limits.dialog.text")}</p>
      ${textField(context, {
        form: name,
        name: "amount",
        inputmode: "decimal",
        label: t("wallet.amount", { currency: sign(state) }),
        value: form.values.amount ?? limit.limit ?? "",
        problem,
        words: problem
          ? problem.code === "not-amount"
            ? notAmount(state)
            : problemText(problem, t("wallet.sum"))
          : undefined,
      })}
      ${
        limit.limit === null
          ? nothing
          : html`<button class="button" type="button" @click=${() => act.setLimit(limit, true)}>
              ${t("limits.remove")}
            </button>`
      }
      <div class="dialog-acts">
        <button class="button" type="button" @click=${() => act.ask(null)}>${t("dialog.keep")}</button>
        <button class="button button--primary" aria-disabled=${form.busy ? "true" : nothing}>
          ${t("limits.save")}
        </button>
      </div>
    </form>`,
  };
}

/** @param {Context} context @param {string} months @returns {Dialog} */
export function confirmExclusion(context, months) {
  const { state, act, now } = context;
  const form = state.forms.exclude ?? EMPTY_FORM;
  return {
    title: t("exclusion.dialog", { months }),
    content: html`<p>${t("exclusion.dialog.text", { day: day(endOfExclusion(now, Number(months))) })}</p>
      ${errorLine(form.problem, "exclude-error")}
      ${acts(context, {
        keep: t("exclusion.dialog.keep"),
        go: t("exclusion.dialog.go", { months }),
        isBusy: form.busy,
        act: () => act.exclude(months),
        isDanger: true,
      })}`,
  };
}
