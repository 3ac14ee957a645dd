// Me: the account, the name, and the end of the session.

import { html, nothing } from "../../vendor/lit-html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { day } from "../../shared/time.js";
import { t } from "../texts.js";
import { textField } from "../parts/amount_field.js";
import { errorLine, loaded, submit } from "../parts/basics.js";

/** @typedef {import("../context.d.ts").Context} Context */

/** @param {Context} context */
export function meView(context) {
  const { user } = context.state.session;
  return html`<section class="view view--narrow" aria-labelledby="view-title">
    <div class="view-head"><h1 id="view-title" tabindex="-1">${t("me.title")}</h1></div>
    <div class="main">${loaded(context, "me", user !== null, t("me.failed"), () => (user ? account(context, user) : nothing))}</div>
  </section>`;
}

/** @param {Context} context @param {import("../../shared/types.d.ts").User} user */
function account(context, user) {
  const { state, act } = context;
  const form = state.forms.name ?? EMPTY_FORM;
  const { logout } = state.forms;
  return html`<section class="card stack" aria-labelledby="me-account">
      <h2 id="me-account">${user.userName ?? t("me.name.unset")}</h2>
      <dl class="facts">
        <dt>${t("me.phone")}</dt>
        <dd class="num">${user.phoneNo}</dd>
        <dt>${t("me.number")}</dt>
        <dd class="num">${user.userId}</dd>
        <dt>${t("me.since")}</dt>
        <dd><time datetime=${user.createdAt}>${day(user.createdAt)}</time></dd>
        <dt>${t("me.code")}</dt>
        <dd>
          <span class="mono">${user.referringCode}</span>
          <button class="inline-button" type="button" aria-label=${t("copy.of", { name: t("me.code") })} @click=${() => act.copy(user.referringCode)}>${t("copy")}</button>
        </dd>
      </dl>
    </section>
    <form
      class="card stack"
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        act.saveName();
      }}
    >
      ${textField(context, {
        form: "name",
        name: "userName",
        label: t("me.name"),
        value: form.values.userName ?? user.userName ?? "",
        autocomplete: "nickname",
        problem: form.problem?.field === "userName" ? form.problem : null,
      })}
      <div class="stack stack--8">
        ${submit(context, { label: t("me.name.save"), busyLabel: t("me.name.saving"), isBusy: form.busy, kind: "" })}
        ${form.problem && form.problem.field !== "userName" ? errorLine(form.problem, "name-error") : nothing}
      </div>
    </form>
    <section class="card stack stack--8">
      <button class="button button--wide" type="button" @click=${() => act.logOut()}>${t("me.logout")}</button>
      ${logout?.problem ? errorLine(logout.problem, "logout-error") : html`<p class="hint">${t("me.logout.note")}</p>`}
    </section>`;
}
