// Players: found by phone, number or code; the account with its ledger, bets, orders and limits, and the acts on it.

import { html, nothing } from "../../vendor/lit-html.js";
import { errorLine } from "../../player/parts/basics.js";
import { money } from "../../player/texts.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { actButton, badge, card, facts, loaded, nothingHere, segments, time, view } from "../parts/basics.js";
import { waitingActs } from "../parts/history.js";
import { opponents } from "../parts/opponents.js";
import { userPart } from "../parts/user_parts.js";
import { userParts } from "../roles.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const KINDS = /** @type {const} */ (["phone", "user", "code"]);

/** @param {Context} context */
export function usersView(context) {
  const { id } = context.state.route;
  return view(
    "users",
    { isCase: id !== null, act: findUser(context) },
    id ? html`<div class="main">${parts(context, id)}</div><div class="side">${account(context, id)}</div>` : nothingHere(t("users.none"), t("users.none.text")),
  );
}

/** @param {Context} context */
function findUser({ state, act }) {
  const { problem } = state.forms.findUser ?? EMPTY_FORM;
  return html`<form
    class="find"
    role="search"
    aria-label=${t("users.find")}
    @submit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const values = new FormData(/** @type {HTMLFormElement} */ (event.target));
      void act.findUser(String(values.get("kind")), String(values.get("name") ?? "").trim());
    }}
  >
    <label class="hidden-text" for="find-kind">${t("users.by")}</label>
    <select class="input input--short" id="find-kind" name="kind">
      ${KINDS.map((kind) => html`<option value=${kind}>${t(`users.${kind}`)}</option>`)}
    </select>
    <label class="hidden-text" for="find-name">${t("users.find")}</label>
    <input class="input" id="find-name" name="name" autocomplete="off" spellcheck="false" aria-describedby=${problem ? "find-error" : nothing} />
    <button class="button">${t("console.find")}</button>
    ${problem ? errorLine(problem, "find-error", problem.code === "not-found" ? t("users.unknown") : undefined) : nothing}
  </form>`;
}

/** @param {Context} context @param {string} id */
function parts(context, id) {
  const { route, session } = context.state;
  const shown = userParts(session.user?.role);
  const current = shown.find((name) => name === route.query.part) ?? shown[0];
  return html`${segments(
    t("users.parts"),
    shown.map((name) => ({ href: hashOf("users", id, { part: name }), label: t(`users.${name}`), isCurrent: name === current })),
  )}
  ${userPart(context, id, current)}`;
}

/** @param {Context} context @param {string} id */
const account = (context, id) => html`${loaded(context, `user:${id}`, (user) => one(context, user))}
${context.state.session.user?.role === "operator" ? nothing : loaded(context, `identity:${id}`, (player) => identity(context, player))}
${loaded(context, `opponents:${id}`, opponents)}`;

/** @param {Context} context @param {any} user */
function one(context, user) {
  const { userId, isBlocked, role, wallet, sessions } = user;
  const subject = { userId };
  return html`<section class="card stack" aria-labelledby="user-title">
    <div class="line line--apart">
      <h2 id="user-title">${user.userName ?? t("users.player", { userId })}</h2>
      ${isBlocked ? badge("bad", t("users.blocked")) : badge("outline", named("role", role))}
    </div>
    ${facts([
      [t("users.user"), userId],
      [t("users.phone"), html`${user.phoneNo}${user.isPhoneVerified ? nothing : html` <span class="muted">${t("users.unverified")}</span>`}`],
      [t("users.balance"), money(wallet.balance)],
      [t("users.bonus"), money(wallet.bonusBalance)],
      [t("users.locked"), money(wallet.lockedBalance)],
      [t("users.created"), time(user.createdAt)],
      [t("users.lastLogin"), user.lastLoginAt && html`${time(user.lastLoginAt)} <span class="muted">${user.lastLoginIp}</span>`],
      [t("users.code"), user.referringCode],
      [t("users.referrer"), user.referrerId && html`<a href=${hashOf("users", user.referrerId)}>${user.referrerId}</a>`],
      [t("users.referrals"), user.directReferralCount],
      [t("users.sessions"), sessions.length ? html`${sessions.map((/** @type {any} */ session) => html`<div>${time(session.createdAt)}</div>`)}` : t("users.sessions.none")],
    ])}
    <div class="line">
      ${isBlocked ? actButton(context, "user.unblock", subject) : actButton(context, "user.block", subject)}
      ${sessions.length ? actButton(context, "user.endSessions", subject) : nothing}
    </div>
  </section>`;
}

/** @param {Context} context @param {any} player */
function identity(context, player) {
  const { userId, status } = player;
  const acts = ["player.identity", "player.release", "player.writeOff", "player.adjust"].map((name) => actButton(context, name, { userId }));
  return html`${card(
    t("users.money"),
    html`${facts([
        [t("users.identity"), named("identity", status)],
        [t("users.deposited"), money(player.deposited)],
        [t("users.withdrawn"), money(player.withdrawn)],
      ])}
      ${acts.every((button) => button === nothing) ? nothing : html`<div class="line">${acts}</div>`}`,
  )}
  ${waitingActs(player.waiting)}`;
}

