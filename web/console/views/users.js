// Players: the newest, or one that was found by phone, number or code; the account with its ledger, bets, orders and
// limits, and the acts on it.

import { html, nothing } from "../../shared/html.js";
import { errorLine } from "../../player/parts/basics.js";
import { money } from "../../player/texts.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { actButton, badge, card, coins, facts, loaded, nothingHere, segments, time, view } from "../parts/basics.js";
import { days } from "../parts/days.js";
import { waitingActs } from "../parts/history.js";
import { opponents } from "../parts/opponents.js";
import { person } from "../parts/person.js";
import { listEnd, table } from "../parts/table.js";
import { userPart } from "../parts/user_parts.js";
import { userParts } from "../roles.js";
import { playersKey } from "../routes.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const KINDS = /** @type {const} */ (["phone", "user", "code"]);

/** @param {Context} context */
export function usersView(context) {
  const { id } = context.state.route;
  return view(
    "users",
    { isCase: id !== null, act: findUser(context) },
    id
      ? html`<div class="main">${parts(context, id)}</div>
          <div class="side">${account(context, id)}</div>`
      : newest(context),
  );
}

/** The players who signed up last. @param {Context} context */
function newest(context) {
  const key = playersKey(context.state.route);
  return html`<div class="stack">
    ${days(context, "users")}
    ${loaded(context, key, (list) =>
      list.items.length ? players(context, key, list) : nothingHere(t("players.none"), t("players.none.text")),
    )}
  </div>`;
}

/** @param {Context} context @param {string} key @param {import("../lists.js").List} list */
const players = (context, key, list) =>
  html`<section class="card card--flush" aria-label=${t("players.newest")}>
    <div class="card-head"><h2>${t("players.newest")}</h2></div>
    ${table({
      label: t("players.newest"),
      rows: list.items,
      id: ({ userId }) => userId,
      columns: [
        {
          label: t("players.name"),
          kind: "lead",
          cell: ({ userId, userName }) =>
            html`<span class="named"
              ><a href=${hashOf("users", userId)}>${userName ?? userId}</a
              >${userName ? html`<small>${userId}</small>` : nothing}</span
            >`,
        },
        {
          label: t("users.phone"),
          cell: ({ phoneNo, isPhoneVerified }) =>
            html`<span
              >${phoneNo}${isPhoneVerified ? nothing : html` <span class="muted">${t("users.unverified")}</span>`}</span
            >`,
        },
        {
          label: t("order.state"),
          cell: ({ isBlocked, role }) => (isBlocked ? badge("bad", t("users.blocked")) : named("role", role)),
        },
        { label: t("users.balance"), kind: "num", cell: ({ balance }) => money(balance) },
        { label: t("users.lastLogin"), kind: "num", cell: ({ lastLoginAt }) => time(lastLoginAt) },
        { label: t("users.created"), kind: "num", cell: ({ createdAt }) => time(createdAt) },
      ],
    })}
    ${listEnd(context, key, list)}
  </section>`;

/** @param {Context} context */
function findUser({ state, act }) {
  const { problem, busy } = state.forms.findUser ?? EMPTY_FORM;
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
    <input
      class="input"
      id="find-name"
      name="name"
      autocomplete="off"
      spellcheck="false"
      aria-describedby=${problem ? "find-error" : nothing}
    />
    <button class="button" aria-disabled=${busy ? "true" : nothing} aria-busy=${busy ? "true" : nothing}>
      ${t("console.find")}
    </button>
    ${
      problem
        ? errorLine(problem, "find-error", problem.code === "not-found" ? t("users.unknown") : undefined)
        : nothing
    }
  </form>`;
}

/** @param {Context} context @param {string} id */
function parts(context, id) {
  const { route, session } = context.state;
  const shown = userParts(session.user?.role);
  const current = shown.find((name) => name === route.query.part) ?? shown[0];
  return html`${segments(
    t("users.parts"),
    shown.map((name) => ({
      href: hashOf("users", id, { part: name }),
      label: t(`users.${name}`),
      isCurrent: name === current,
    })),
  )}
  ${userPart(context, id, current)}`;
}

/** @param {Context} context @param {string} id */
const account = (context, id) =>
  html`${loaded(context, `user:${id}`, (user) => one(context, user))}
  ${
    context.state.session.user?.role === "operator"
      ? nothing
      : loaded(context, `identity:${id}`, (player) => identity(context, player))
  }
  ${loaded(context, `opponents:${id}`, (found) => opponents(context, found))}`;

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
      [
        t("users.phone"),
        html`${user.phoneNo}${
          user.isPhoneVerified ? nothing : html` <span class="muted">${t("users.unverified")}</span>`
        }`,
      ],
      [t("users.balance"), coins(context, wallet.balance)],
      [t("users.bonus"), coins(context, wallet.bonusBalance)],
      [t("users.locked"), coins(context, wallet.lockedBalance)],
      [t("users.created"), time(user.createdAt)],
      [
        t("users.lastLogin"),
        user.lastLoginAt && html`${time(user.lastLoginAt)} <span class="muted">${user.lastLoginIp}</span>`,
      ],
      [t("users.code"), user.referringCode],
      [t("users.referrer"), user.referrerId && person(context, user.referrerId)],
      [t("users.referrals"), user.directReferralCount],
      [
        t("users.sessions"),
        sessions.length
          ? html`${sessions.map((/** @type {any} */ session) => html`<div>${time(session.createdAt)}</div>`)}`
          : t("users.sessions.none"),
      ],
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
  const acts = ["player.identity", "player.release", "player.writeOff", "player.adjust"].map((name) =>
    actButton(context, name, { userId }),
  );
  return html`${card(
    t("users.money"),
    html`${facts([
      [t("users.identity"), named("identity", status)],
      [t("users.deposited"), coins(context, player.deposited)],
      [t("users.withdrawn"), coins(context, player.withdrawn)],
    ])}
    ${acts.every((button) => button === nothing) ? nothing : html`<div class="line">${acts}</div>`}`,
  )}
  ${waitingActs(context, player.waiting)}`;
}
