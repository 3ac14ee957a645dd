// The actions of the wallet, of limits and of the account.

import { compare } from "../shared/money.js";
import { hashOf } from "../shared/router.js";
import { plain, ungrouped } from "../shared/typed.js";
import { amountOf, isPayable, t } from "./texts.js";
import { lead } from "./checkout.js";
import { withdrawalOf } from "./parts/withdraw.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("./actions.js").FormTools} FormTools */

/** The lengths of a break, in months. */
const MONTHS_MIN = 6;
const MONTHS_MAX = 1_200;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   loads: ReturnType<typeof import("./loads.js").createLoads>, get: () => State, dispatch: (event: Event) => void,
 *   forms: FormTools }} parts
 */
export function accountActions({ api, session, loads, get, dispatch, forms }) {
  const { sendForm, sendOnce, refuse } = forms;

  /** @param {string} form The typed values are gone, such as a password. */
  const clear = (form) => dispatch({ type: "answered", form, values: {} });

  /** @param {Parameters<typeof t>[0]} key */
  const tell = (key) => dispatch({ type: "news", text: t(key), isGood: true });

  const closeDialog = () => dispatch({ type: "dialog", dialog: null });

  /** @param {string} form @param {string} path @param {object} body */
  async function changeLimit(form, path, body) {
    const answer = await sendForm(form, () => api.post(path, body));
    if (!answer) return;
    await loads.load("limits");
    clear(form);
    closeDialog();
    tell("limits.saved");
  }

  return {
    /** Asks before money leaves. */
    askWithdraw() {
      const state = get();
      const { amount, payee } = withdrawalOf(state);
      if (!payee) return refuse("withdraw", "no-payee");
      if (!isPayable(state, amount)) return refuse("withdraw", "not-amount");
      if (state.wallet && compare(amount, state.wallet.balance) > 0) return refuse("withdraw", "insufficient-balance");
      dispatch({ type: "dialog", dialog: { name: "withdraw" } });
    },

    async withdraw() {
      const { amount, payee } = withdrawalOf(get());
      if (!payee || amount === null) return;
      closeDialog();
      const body = { amount, payeeId: payee.payeeId };
      await sendOnce("withdraw", {
        kind: "withdrawal",
        home: { name: "wallet", id: null },
        path: "/api/withdrawals",
        body,
        values: body,
      });
    },

    /** Opens the pay page of a deposit once more. @param {string} orderId */
    async payAgain(orderId) {
      const form = `pay:${orderId}`;
      const page = window.open("", "_blank");
      dispatch({ type: "typed", form: "payPage", values: { blocked: "" } });
      const answer = await sendForm(form, () => api.post(`/api/deposits/${encodeURIComponent(orderId)}/checkout`));
      if (answer) dispatch({ type: "deposit", data: answer.data });
      if (answer?.data.status === "pending" && !answer.data.checkout) refuse(form, "not-payable");
      if (!page && answer?.data.checkout) dispatch({ type: "typed", form: "payPage", values: { blocked: orderId } });
      lead(page, answer?.data.checkout);
    },

    /** @param {string} orderId */
    async cancelWithdrawal(orderId) {
      const answer = await sendForm(`cancel:${orderId}`, () =>
        api.post(`/api/withdrawals/${encodeURIComponent(orderId)}/cancel`),
      );
      await Promise.all([loads.load("withdrawals"), loads.load("wallet"), loads.load("ledger")]);
      if (!answer) return;
      closeDialog();
      tell("wallet.cancel.done");
    },

    async addPayee() {
      const account = plain(get().forms.payee?.values.account ?? "").replace(/\s/g, "");
      const answer = await sendForm("payee", () => api.post("/api/payees", { account }));
      if (!answer) return;
      clear("payee");
      await loads.load("payees");
      dispatch({ type: "typed", form: "withdraw", values: { payeeId: answer.data.payeeId } });
      tell("wallet.payee.added");
    },

    /** @param {string} payeeId */
    async removePayee(payeeId) {
      const answer = await sendForm(`payee:${payeeId}`, () =>
        api.post(`/api/payees/${encodeURIComponent(payeeId)}/remove`),
      );
      if (!answer) return;
      await loads.load("payees");
      closeDialog();
      tell("wallet.payee.removed");
    },

    /** @param {import("../shared/types.d.ts").Limit} limit @param {boolean} isNone No limit from now on. */
    async setLimit(limit, isNone) {
      const form = `limit:${limit.limitId}`;
      const typed = amountOf(get().forms[form]?.values.amount ?? limit.limit ?? "", get());
      if (!isNone && typed === null) return refuse(form, "not-amount");
      await changeLimit(form, "/api/limits", {
        kind: limit.kind,
        period: limit.period,
        limit: isNone ? "none" : typed,
      });
    },

    /**
     * A repeat of the current limit drops the wish for a higher one.
     * @param {import("../shared/types.d.ts").Limit} limit
     */
    keepLimit: ({ limitId, kind, period, limit }) =>
      changeLimit(`wanted:${limitId}`, "/api/limits", { kind, period, limit: limit ?? "none" }),

    /** @param {import("../shared/types.d.ts").Limit} limit */
    confirmLimit: ({ limitId }) =>
      changeLimit(`wanted:${limitId}`, `/api/limits/${encodeURIComponent(limitId)}/confirm`, {}),

    /** @param {string} everyMinutes `none` turns reminders off. */
    async setReminder(everyMinutes) {
      const answer = await sendForm("reminder", () => api.post("/api/limits/reality-check", { everyMinutes }));
      await loads.load("limits");
      if (answer) tell("limits.reminder.saved");
      if (get().forms.reminder?.problem?.code === "reality-check-due") await forms.askReality();
    },

    /** Asks once more before a break begins. @param {string} months */
    askExclusion(months) {
      const typed = plain(months).trim();
      const whole = /^\d{1,4}$/.test(typed) ? Number(typed) : 0;
      if (whole < MONTHS_MIN || whole > MONTHS_MAX) return refuse("exclude", "not-months");
      dispatch({ type: "dialog", dialog: { name: "exclude", months: String(whole) } });
    },

    /** @param {string} months */
    async exclude(months) {
      const answer = await sendForm("exclude", () => api.post("/api/exclusion", { months }));
      if (!answer) return;
      dispatch({ type: "exclusion", data: answer.data });
      closeDialog();
      tell("exclusion.begun");
    },

    async endExclusion() {
      const answer = await sendForm("endExclusion", () => api.post("/api/exclusion/end"));
      if (answer) dispatch({ type: "exclusion", data: answer.data });
    },

    async saveName() {
      const { forms: known, session: open } = get();
      const userName = known.name?.values.userName ?? open.user?.userName ?? "";
      const answer = await sendForm("name", () => api.patch("/api/users/me", { userName }));
      if (!answer) return;
      dispatch({ type: "user", data: answer.data });
      tell("me.name.saved");
    },

    async sendCode() {
      const answer = await sendForm("sendCode", () => api.post("/api/users/me/phone/code"));
      if (answer) tell("me.code.sent");
    },

    async verifyPhone() {
      const code = ungrouped(get().forms.code?.values.code ?? "");
      const answer = await sendForm("code", () => api.post("/api/users/me/phone/verify", { code }));
      if (!answer) return;
      clear("code");
      await loads.load("me");
      tell("me.phone.done");
    },

    /** Asks for a code. The answer is the same whether or not the number has an account. */
    async beginRecovery() {
      const phoneNo = plain(get().forms.recovery?.values.phoneNo ?? "");
      const answer = await sendForm("recovery", () => api.post("/api/users/recovery", { phoneNo }, { isPublic: true }));
      if (!answer) return;
      dispatch({ type: "answered", form: "recovery", values: { phoneNo, recoveryId: answer.data.recoveryId } });
      clear("recover");
      location.hash = hashOf("recover", "code");
    },

    async finishRecovery() {
      const { recoveryId = "" } = get().forms.recovery?.values ?? {};
      const { code = "", newPassword = "" } = get().forms.recover?.values ?? {};
      const body = { code: ungrouped(code), newPassword };
      const answer = await sendForm("recover", () =>
        api.post(`/api/users/recovery/${encodeURIComponent(recoveryId)}`, body, { isPublic: true }),
      );
      if (!answer) return;
      clear("recover");
      dispatch({ type: "answered", form: "recovery", values: { isDone: "yes" } });
      location.hash = hashOf("recover", "done");
    },

    async changePassword() {
      const { currentPassword = "", newPassword = "" } = get().forms.password?.values ?? {};
      const body = { currentPassword, newPassword, ...session.wanted() };
      const answer = await sendForm("password", () =>
        session.renew((given) => api.post("/api/users/me/password", body, { given })),
      );
      if (!answer) return;
      clear("password");
      tell("me.password.saved");
    },

    logOut: () => sendForm("logout", () => session.logOut()),
  };
}
