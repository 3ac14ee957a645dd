// Recover: a new password for a player who has forgotten theirs. A known and an unknown number show the same.

import { html, nothing } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { locale, t } from "../texts.js";
import { textField } from "../parts/amount_field.js";
import { errorLine, submit } from "../parts/basics.js";

/** @typedef {import("../context.d.ts").Context} Context */

/** The step of the address, as far as the player has come. @param {import("../../shared/types.d.ts").State} state */
export function stepOf({ route, forms }) {
  const { recoveryId, isDone } = forms.recovery?.values ?? {};
  if (route.id === "done" && isDone) return "done";
  return route.id === "code" && recoveryId ? "code" : "number";
}

/** @param {Context} context */
export function recoverView(context) {
  /** @type {Record<ReturnType<typeof stepOf>, (context: Context) => unknown>} */
  const steps = { number: numberStep, code: codeStep, done: doneStep };
  return html`<section class="view" aria-labelledby="view-title">
    <div class="enter stack">
      <h1 id="view-title" tabindex="-1">${t("recover.title")}</h1>
      ${steps[stepOf(context.state)](context)}
    </div>
  </section>`;
}

/** @param {Context} context */
function numberStep(context) {
  const { state, act } = context;
  const { values, problem, busy } = state.forms.recovery ?? EMPTY_FORM;
  const isOnField = problem?.field === "phoneNo";
  const country = state.platform
    ? new Intl.DisplayNames(locale(), { type: "region" }).of(state.platform.phoneCountry)
    : null;
  return html`<form
      class="card stack"
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        act.beginRecovery();
      }}
    >
      <p>${t("recover.number")}</p>
      ${textField(context, {
        form: "recovery",
        name: "phoneNo",
        label: t("enter.phone"),
        value: values.phoneNo ?? "",
        type: "tel",
        autocomplete: "username",
        hint: country ? t("enter.phone.hint", { country }) : undefined,
        problem: isOnField ? problem : null,
      })}
      <div class="stack stack--8">
        ${submit(context, { label: t("me.code.send"), busyLabel: t("loading"), isBusy: busy })}
        ${problem && !isOnField ? errorLine(problem, "recovery-error") : nothing}
      </div>
    </form>
    ${back()}`;
}

/** @param {Context} context */
function codeStep(context) {
  const { state, act } = context;
  const { values, problem, busy } = state.forms.recover ?? EMPTY_FORM;
  const at = problem?.field;
  const of = (/** @type {string} */ field) => ({
    form: "recover",
    name: field,
    value: values[field] ?? "",
    problem: at === field ? problem : null,
  });
  return html`<form
      class="card stack"
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        act.finishRecovery();
      }}
    >
      <p>${t("recover.code")}</p>
      ${textField(context, {
        ...of("code"),
        label: t("me.code"),
        autocomplete: "one-time-code",
        inputmode: "numeric",
        hint: t("recover.code.hint"),
        words: problem?.code === "wrong-code" ? t("problem.wrong-code") : undefined,
      })}
      ${textField(context, { ...of("newPassword"), label: t("me.password.new"), type: "password", autocomplete: "new-password", hint: t("enter.password.hint") })}
      <div class="stack stack--8">
        ${submit(context, { label: t("me.password.save"), busyLabel: t("me.name.saving"), isBusy: busy })}
        ${problem && at !== "code" && at !== "newPassword" ? errorLine(problem, "recover-error") : nothing}
      </div>
      <p class="small"><a href=${hashOf("recover")}>${t("recover.again")}</a></p>
    </form>
    ${back()}`;
}

const doneStep = () =>
  html`<div class="card stack">
    <p>${t("recover.done")}</p>
    <p><a class="button button--primary" href=${hashOf("enter")}>${t("enter.login")}</a></p>
  </div>`;

const back = () => html`<p class="small"><a href=${hashOf("enter")}>${t("recover.back")}</a></p>`;
