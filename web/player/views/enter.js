// Enter: log in, sign up, or become a made-up player on this machine.

import { html, nothing } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { locale, t } from "../texts.js";
import { textField } from "../parts/amount_field.js";
import { errorLine, icon, loading, submit } from "../parts/basics.js";
import { replaced } from "../parts/replaced.js";

/** @typedef {import("../context.d.ts").Context} Context */

/**
 * Which field a problem belongs to; under the button where it is none.
 * @param {import("../../shared/types.d.ts").Problem | null} problem
 */
function place(problem) {
  if (!problem) return null;
  if (problem.code === "wrong-credentials") return "password";
  if (problem.code === "phone-number-taken") return "phoneNo";
  return problem.field ?? "button";
}

/** @param {Context} context */
export function enterView(context) {
  const { state, act } = context;
  // The settings say whether made-up players come first. What is shown before would be moved away.
  const isComing = !state.platform && state.loads.platform?.status !== "failed";
  return html`<section class="view" aria-labelledby="view-title">
    <div class="enter stack">
      <div class="stack stack--8">
        <h1 id="view-title" tabindex="-1">${t("enter.title")}</h1>
        <p class="muted">${t("enter.lead")}</p>
      </div>
      ${
        state.session.end === "ended"
          ? html`<div class="banner">
              ${icon("info")}
              <p>${t("enter.ended")}</p>
            </div>`
          : nothing
      }
      ${state.session.end === "replaced" ? replaced(state.session.was, t, act.goOn) : nothing}
      ${state.platform?.stage === "local" ? madeUp(context) : nothing} ${isComing ? loading() : entry(context)}
    </div>
  </section>`;
}

/** The choice between log-in and sign-up, and the form of either. @param {Context} context */
function entry(context) {
  const { state, act } = context;
  const isNew = state.route.query.new !== undefined;
  const name = isNew ? "signup" : "login";
  const form = state.forms[name] ?? EMPTY_FORM;
  const { values, problem } = form;
  const at = place(problem);
  /** @param {string} field */
  const of = (field) => ({
    form: name,
    name: field,
    value: values[field] ?? (field === "referredBy" ? (state.route.query.code ?? "") : ""),
    problem: at === field ? problem : null,
  });
  const words = { "wrong-credentials": t("enter.wrong"), "phone-number-taken": t("enter.taken") };
  const word = problem ? words[/** @type {keyof typeof words} */ (problem.code)] : undefined;
  const country = state.platform
    ? new Intl.DisplayNames(locale(), { type: "region" }).of(state.platform.phoneCountry)
    : null;
  const fields = ["phoneNo", "password", ...(isNew ? ["userName", "referredBy"] : [])];
  const isElsewhere = problem && !fields.includes(at ?? "");
  return html`<div class="card stack">
    <nav class="segments" aria-label=${t("enter.choose")}>
      <a class="segment" href=${hashOf("enter")} aria-current=${isNew ? nothing : "page"}>${t("enter.login")}</a>
      <a class="segment" href=${hashOf("enter", null, { new: "1" })} aria-current=${isNew ? "page" : nothing}
        >${t("enter.signup")}</a
      >
    </nav>
    <form
      class="stack"
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        act.enter(name);
      }}
    >
      ${textField(context, {
        ...of("phoneNo"),
        label: t("enter.phone"),
        type: "tel",
        autocomplete: "username",
        hint: country ? t("enter.phone.hint", { country }) : undefined,
        words: word,
        link:
          problem?.code === "phone-number-taken"
            ? html`<a href=${hashOf("enter")}>${t("enter.taken.link")}</a>`
            : nothing,
      })}
      ${textField(context, {
        ...of("password"),
        label: t("enter.password"),
        type: "password",
        autocomplete: isNew ? "new-password" : "current-password",
        hint: isNew ? t("enter.password.hint") : undefined,
        words: word,
      })}
      ${
        isNew
          ? html`${textField(context, {
              ...of("userName"),
              label: t("enter.name"),
              autocomplete: "nickname",
            })}
            ${textField(context, { ...of("referredBy"), label: t("enter.code") })}`
          : nothing
      }
      <div class="stack stack--8">
        ${submit(context, {
          label: isNew ? t("enter.signup") : t("enter.login"),
          busyLabel: t("loading"),
          isBusy: form.busy,
          kind: state.platform?.stage === "local" ? "" : "button--primary",
        })}
        ${isElsewhere ? errorLine(problem, "enter-error") : nothing}
      </div>
      ${isNew ? nothing : html`<p class="small"><a href=${hashOf("recover")}>${t("recover.title")}</a></p>`}
    </form>
  </div>`;
}

/** @param {Context} context */
function madeUp(context) {
  const { state, act } = context;
  const form = state.forms.madeUp ?? EMPTY_FORM;
  return html`<form
    class="card stack stack--8"
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.madeUp();
    }}
  >
    ${submit(context, { label: t("enter.madeUp"), busyLabel: t("loading"), isBusy: form.busy })}
    <p class="hint">${t("enter.madeUp.hint")}</p>
    ${errorLine(form.problem, "made-up-error")}
  </form>`;
}
