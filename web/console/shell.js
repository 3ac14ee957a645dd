// The frame of every view: header, navigation, dialogs, and the single live region for screen readers.

import { html, keyed, nothing } from "../shared/html.js";
import { icon, notice } from "../player/parts/basics.js";
import { when } from "../player/texts.js";
import { hashOf } from "../shared/router.js";
import { dialog } from "./parts/dialog.js";
import { nameAndNumber } from "./parts/person.js";
import { searchField } from "./parts/search_field.js";
import { FIRST, roleOf, viewName, viewsOf } from "./roles.js";
import { said, t } from "./texts.js";
import { accountsView } from "./views/accounts.js";
import { auditView } from "./views/audit.js";
import { deadLettersView } from "./views/dead_letters.js";
import { depositsView } from "./views/deposits.js";
import { enterView } from "./views/enter.js";
import { jackpotsView } from "./views/jackpots.js";
import { overviewView } from "./views/overview.js";
import { periodsView } from "./views/periods.js";
import { queuesView } from "./views/queues.js";
import { reconciliationView } from "./views/reconciliation.js";
import { roundsView } from "./views/rounds.js";
import { socketsView } from "./views/sockets.js";
import { searchView } from "./views/search.js";
import { usersView } from "./views/users.js";
import { withdrawalsView } from "./views/withdrawals.js";

/** @typedef {import("./types.d.ts").Context} Context */
/** @typedef {import("./roles.js").Role} Role */

/** @type {Record<string, (context: Context) => unknown>} */
const DRAWN = {
  overview: overviewView,
  queues: queuesView,
  "dead-letters": deadLettersView,
  rounds: roundsView,
  periods: periodsView,
  jackpots: jackpotsView,
  withdrawals: withdrawalsView,
  deposits: depositsView,
  users: usersView,
  accounts: accountsView,
  reconciliation: reconciliationView,
  audit: auditView,
  sockets: socketsView,
  search: searchView,
};

const GROUPS = /** @type {const} */ (["run", "money", "records"]);

/** @param {Context} context */
export function shell(context) {
  const { state } = context;
  const role = state.session.status === "open" ? roleOf(state.session.user?.role ?? "") : null;
  return html`<a class="skip" href="#views" @click=${skip}>${t("skip")}</a>
    ${header(context, role)}
    <div class="frame ${role ? "body" : ""}">
      ${role ? navigation(context, role) : nothing}
      <main class="views" id="views" tabindex="-1">${storageBanner(context)}${main(context, role)}</main>
    </div>
    ${dialog(context)} ${toast(context)}
    <p class="hidden-text" role="status">
      ${keyed(state.news.at(-1)?.id, html`<span>${state.news.at(-1)?.text ?? ""}</span>`)}
    </p>`;
}

/** @param {Event} event The address keeps its view. */
function skip(event) {
  event.preventDefault();
  document.getElementById("views")?.focus();
}

/** @param {Context} context @param {Role | null} role */
function main(context, role) {
  const { state } = context;
  if (state.isBlocked) return stopped(context, "blocked");
  if (state.session.status === "unknown") return nothing;
  if (state.session.status === "none") return enterView(context);
  if (role === null) return stopped(context, "console.noRole");
  const name = viewName(state.route.name, role);
  // A view of its own for each route, so that nothing of the last one is left in its fields.
  return keyed(`${name}/${state.route.id ?? ""}`, DRAWN[name](context));
}

/** @param {Context} context */
function logOutButton({ state, act }, kind = "") {
  const isBusy = state.forms.logout?.busy ? "true" : nothing;
  return html`<button
    class="button ${kind}"
    type="button"
    aria-disabled=${isBusy}
    aria-busy=${isBusy}
    @click=${() => void act.logOut()}
  >
    ${t("me.logout")}
  </button>`;
}

/** What this browser does not keep. @param {Context} context */
const storageBanner = ({ state, act }) =>
  state.storage
    ? html`<div class="banner banner--warn">
        ${icon("info")}
        <p>${said(`storage.${state.storage}`)}</p>
        <button class="button" type="button" @click=${() => act.readStorage()}>${t("close")}</button>
      </div>`
    : nothing;

/** @param {Context} context @param {string} key */
const stopped = (context, key) =>
  html`<section class="view" aria-labelledby="view-title">
    <h1 class="hidden-text" id="view-title" tabindex="-1">${said(`${key}.title`)}</h1>
    ${notice({
      icon: "lock",
      title: said(`${key}.title`),
      text: said(`${key}.text`),
      isBad: true,
      act: logOutButton(context),
    })}
  </section>`;

/** @param {Context} context @param {Role | null} role */
function header(context, role) {
  const { state, act } = context;
  const { platform, session, isMenuOpen } = state;
  return html`<header class="header">
    <div class="frame">
      ${
        role
          ? html`<button
              class="button button--quiet button--icon menu-button"
              type="button"
              aria-label=${t("console.menu")}
              aria-expanded=${isMenuOpen ? "true" : "false"}
              aria-controls="menu"
              @click=${() => act.menu(!isMenuOpen)}
            >
              ${icon(isMenuOpen ? "cross" : "menu")}
            </button>`
          : nothing
      }
      <a class="brand" href=${hashOf(role ? FIRST : "enter")}>
        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
          <rect class="brand-a" x="0" y="3" width="10" height="16" rx="2" />
          <rect class="brand-b" x="12" y="3" width="10" height="16" rx="2" />
        </svg>
        ${t("title")}
      </a>
      ${platform ? html`<span class="stage">${platform.stage}</span>` : nothing} ${role ? link(state.link) : nothing}
      ${
        role
          ? html`${searchField(context, "header")}
              <a
                class="button button--quiet button--icon search-link"
                href=${hashOf("search")}
                aria-label=${t("search.open")}
                >${icon("search")}</a
              >`
          : nothing
      }
      ${
        role
          ? html`<p class="who"><span class="muted">${said(`role.${role}`)}</span> ${me(session.user)}</p>
              ${logOutButton(context, "button--quiet log-out")}`
          : nothing
      }
    </div>
  </header>`;
}

/** @param {import("../shared/types.d.ts").User | null} user */
const me = (user) => (user ? nameAndNumber(user.userName, user.userId) : nothing);

/** @param {import("../shared/types.d.ts").Link} link */
const link = ({ kind, asOf }) =>
  html`<p class="link ${kind === "live" ? "" : `link--${kind}`}">
    <span class="dot" aria-hidden="true"></span>${t(`link.${kind}`)}${
      kind === "off" && asOf ? html`<span class="link-since">${t("link.asOf", { time: when(asOf) })}</span>` : nothing
    }
  </p>`;

/** @param {Context} context @param {Role} role */
function navigation(context, role) {
  const { state } = context;
  const current = viewName(state.route.name, role);
  const views = viewsOf(role);
  const groups = GROUPS.map((group) => ({ group, views: views.filter((view) => view.group === group) })).filter(
    ({ views }) => views.length > 0,
  );
  return html`<nav class="nav nav-side ${state.isMenuOpen ? "nav-side--open" : ""}" id="menu" aria-label=${t("nav")}>
    ${groups.map(
      ({ group, views }) =>
        html`${group === "run" ? nothing : html`<h2>${said(`group.${group}`)}</h2>`}
          <ul>
            ${views.map(
              ({ name }) =>
                html`<li>
                  <a href=${hashOf(name)} aria-current=${name === current ? "page" : nothing}>${said(`nav.${name}`)}</a>
                </li>`,
            )}
          </ul>`,
    )}
    <p class="nav-who">
      <span class="muted">${said(`role.${role}`)} ${me(state.session.user)}</span>
      ${logOutButton(context, "button--quiet")}
    </p>
  </nav>`;
}

/** The newest event, for a few seconds. @param {Context} context */
function toast({ state, act }) {
  const news = state.news.at(-1);
  if (!news || news.isQuiet) return nothing;
  return keyed(
    news.id,
    html`<section class="toast toast--over ${news.isGood ? "toast--good" : ""}" aria-label=${t("news")}>
      ${icon(news.isGood ? "check" : "info")}
      <p>${news.text}</p>
      <button
        class="button button--quiet button--icon"
        type="button"
        aria-label=${t("close")}
        @click=${() => act.readNews(news.id)}
      >
        ${icon("cross", true)}
      </button>
    </section>`,
  );
}
