// Me: the account, its phone number and password, friends, attendance, and the settings of this browser.

import { html, live, nothing, repeat } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { THEMES, chosenTheme } from "../../shared/settings.js";
import { LANGUAGES, day, language, t, when } from "../texts.js";
import { textField } from "../parts/amount_field.js";
import { attendance } from "../parts/attendance.js";
import { errorLine, icon, loaded, submit } from "../parts/basics.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").User} User */

/** @param {Context} context */
export function meView(context) {
  const { user } = context.state.session;
  return html`<section class="view view--split" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${t("me.title")}</h1>
      <a href=${hashOf("limits")}>${t("limits.title")}</a>
    </div>
    <div class="main">
      ${loaded(context, "me", user !== null, t("me.failed"), () =>
        user ? html`${account(context, user)}${friends(context, user)}` : nothing,
      )}
    </div>
    <div class="side">${attendance(context)}${settings(context)}</div>
  </section>`;
}

/** @param {Context} context @param {User} user */
const account = (context, user) =>
  html`<section class="card stack" aria-labelledby="me-account">
    <div class="line">
      <span class="avatar" aria-hidden="true">${(user.userName ?? user.userId).slice(0, 1).toUpperCase()}</span>
      <div class="account-name">
        <h2 id="me-account">${user.userName ?? t("me.name.unset")}</h2>
        <p class="small muted">${t("me.player", { number: user.userId, day: day(user.createdAt) })}</p>
      </div>
    </div>
    <dl class="facts">
      <dt>${t("me.phone")}</dt>
      <dd><span class="num">${user.phoneNo}</span> ${user.isPhoneVerified ? sure(t("me.phone.verified")) : nothing}</dd>
      <dt>${t("me.identity")}</dt>
      <dd>${identity(context)}</dd>
      ${
        user.lastLoginAt
          ? html`<dt>${t("me.login")}</dt>
              <dd>
                <time datetime=${user.lastLoginAt}>${when(user.lastLoginAt)}</time
                >${user.lastLoginIp ? html`<br />${user.lastLoginIp}` : nothing}
              </dd>`
          : nothing
      }
    </dl>
    ${user.isPhoneVerified ? nothing : phone(context)} ${name(context, user)} ${password(context)}
  </section>`;

/** @param {string} text */
const sure = (text) => html`<span class="badge badge--good">${icon("check", true)}${text}</span>`;

/** @param {Context} context */
function identity({ state }) {
  if (!state.identity) return "–";
  const { status } = state.identity;
  const text = t(/** @type {any} */ (`identity.${status}`));
  return status === "verified" ? sure(text) : html`<span class="badge">${text}</span>`;
}

/** The phone number is verified by a code that is sent to it. @param {Context} context */
function phone(context) {
  const { state, act } = context;
  const sent = state.forms.sendCode;
  const form = state.forms.code ?? EMPTY_FORM;
  const { problem } = form;
  return html`<details>
    <summary>${icon("chevron", true)}${t("me.phone.verify")}</summary>
    <div class="stack">
      <p class="hint">${t("me.phone.note")}</p>
      <button
        class="button"
        type="button"
        aria-disabled=${sent?.busy ? "true" : nothing}
        @click=${() => act.sendCode()}
      >
        ${t("me.code.send")}
      </button>
      ${errorLine(sent?.problem, "send-code-error")}
      <form
        class="stack stack--8"
        novalidate
        @submit=${(/** @type {Event} */ event) => {
          event.preventDefault();
          act.verifyPhone();
        }}
      >
        ${textField(context, {
          form: "code",
          name: "code",
          label: t("me.code"),
          value: form.values.code ?? "",
          autocomplete: "one-time-code",
          inputmode: "numeric",
          hint: t("me.code.hint"),
          problem,
          words: problem?.code === "wrong-code" ? t("problem.wrong-code") : undefined,
        })}
        ${submit(context, {
          label: t("me.code.verify"),
          busyLabel: t("loading"),
          isBusy: form.busy,
          kind: "",
          whyId: "code-why",
        })}
      </form>
    </div>
  </details>`;
}

/** @param {Context} context @param {User} user */
function name(context, user) {
  const { state, act } = context;
  const form = state.forms.name ?? EMPTY_FORM;
  const isOnField = form.problem?.field === "userName";
  return html`<details>
    <summary>${icon("chevron", true)}${t("me.name.change")}</summary>
    <form
      class="stack stack--8"
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
        problem: isOnField ? form.problem : null,
      })}
      ${submit(context, {
        label: t("me.name.save"),
        busyLabel: t("me.name.saving"),
        isBusy: form.busy,
        kind: "",
        whyId: "name-why",
      })}
      ${form.problem && !isOnField ? errorLine(form.problem, "name-error") : nothing}
    </form>
  </details>`;
}

/** @param {Context} context */
function password(context) {
  const { state, act } = context;
  const form = state.forms.password ?? EMPTY_FORM;
  const { values, problem } = form;
  const at = problem?.code === "wrong-password" ? "currentPassword" : problem?.field;
  const of = (/** @type {string} */ field) => ({
    form: "password",
    name: field,
    type: "password",
    value: values[field] ?? "",
    problem: at === field ? problem : null,
  });
  return html`<details>
    <summary>${icon("chevron", true)}${t("me.password.change")}</summary>
    <form
      class="stack"
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        act.changePassword();
      }}
    >
      ${textField(context, {
        ...of("currentPassword"),
        label: t("me.password.current"),
        autocomplete: "current-password",
        words: problem?.code === "wrong-password" ? t("problem.wrong-password") : undefined,
      })}
      ${textField(context, {
        ...of("newPassword"),
        label: t("me.password.new"),
        autocomplete: "new-password",
        hint: t("enter.password.hint"),
      })}
      <div class="stack stack--8">
        ${submit(context, {
          label: t("me.password.save"),
          busyLabel: t("me.name.saving"),
          isBusy: form.busy,
          kind: "",
          whyId: "password-why",
          why: t("me.password.note"),
        })}
        ${problem && at !== "currentPassword" && at !== "newPassword" ? errorLine(problem, "password-error") : nothing}
      </div>
    </form>
  </details>`;
}

/** The code for friends, and those who signed up with it. @param {Context} context @param {User} user */
function friends(context, user) {
  const { state, act } = context;
  const { list, next } = state.referrals;
  const link = `${location.origin}/${hashOf("enter", null, { new: "1", code: user.referringCode })}`;
  return html`<section class="card stack" aria-labelledby="friends-title">
    <div class="card-head">
      <h2 id="friends-title">${t("friends.title")}</h2>
      <span class="small">${t("friends.count", { count: user.directReferralCount })}</span>
    </div>
    <p class="hint">${t("friends.note")}</p>
    <div class="hash hash--code">
      <code>${user.referringCode}</code>
      <button class="inline-button" type="button" @click=${() => act.copy(link)}>${t("friends.copy")}</button>
    </div>
    ${loaded(context, "referrals", list.length > 0, t("friends.failed"), () =>
      list.length
        ? html`<ul class="rows">
            ${repeat(
              list,
              ({ referredId }) => referredId,
              ({ referredId, recordedAt }) =>
                html`<li>
                  <div class="row row--plain">
                    <p class="row-title">${t("friends.player", { number: referredId })}</p>
                    <p class="small muted"><time datetime=${recordedAt}>${day(recordedAt)}</time></p>
                  </div>
                </li>`,
            )}
          </ul>`
        : html`<p class="small muted">${t("friends.none")}</p>`,
    )}
    ${
      next
        ? html`<button class="button" type="button" @click=${() => act.load("referrals.more")}>${t("more")}</button>`
        : nothing
    }
  </section>`;
}

/** @param {Context} context */
function settings({ state, act }) {
  const { logout } = state.forms;
  // The pseudo language is for those who work on the page.
  const names = Object.keys(LANGUAGES).filter((name) => name !== "en-XA" || state.platform?.stage === "local");
  const theme = chosenTheme();
  const read = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
  return html`<section class="card stack" aria-labelledby="settings-title">
    <h2 id="settings-title">${t("settings.title")}</h2>
    <div class="field">
      <label for="language">${t("settings.language")}</label>
      <select
        class="input"
        id="language"
        .value=${live(language())}
        @change=${(/** @type {Event} */ event) => act.speak(read(event))}
      >
        ${names.map(
          (name) =>
            html`<option value=${name} lang=${name} ?selected=${name === language()}>${LANGUAGES[name].name}</option>`,
        )}
      </select>
    </div>
    <div class="field">
      <label for="theme">${t("settings.theme")}</label>
      <select
        class="input"
        id="theme"
        .value=${live(theme)}
        @change=${(/** @type {Event} */ event) => act.paint(read(event))}
      >
        ${THEMES.map(
          (name) => html`<option value=${name} ?selected=${name === theme}>${t(`settings.theme.${name}`)}</option>`,
        )}
      </select>
    </div>
    <div class="stack stack--8">
      <button class="button button--wide" type="button" @click=${() => act.logOut()}>${t("me.logout")}</button>
      ${logout?.problem ? errorLine(logout.problem, "logout-error") : html`<p class="hint">${t("me.logout.note")}</p>`}
    </div>
  </section>`;
}
