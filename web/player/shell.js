// The frame of every view: header, tabs, dialogs, and the single live region for screen readers.

import { html, keyed, nothing } from "../shared/html.js";
import { hashOf } from "../shared/router.js";
import { icon, notice, pausedBanner } from "./parts/basics.js";
import { dialogs } from "./parts/dialogs.js";
import { lostElsewhere } from "./parts/lost.js";
import { language, sign, t, when } from "./texts.js";
import { betsView } from "./views/bets.js";
import { enterView } from "./views/enter.js";
import { limitsView } from "./views/limits.js";
import { meView } from "./views/me.js";
import { playView } from "./views/play.js";
import { recoverView } from "./views/recover.js";
import { roomView } from "./views/room.js";
import { roundView } from "./views/round.js";
import { verifyView } from "./views/verify.js";
import { walletView } from "./views/wallet.js";

/** @typedef {import("./context.d.ts").Context} Context */

/**
 * Each view, and the tab that it belongs to.
 * @type {Record<string, { view: (context: Context) => unknown, tab?: string }>}
 */
const VIEWS = {
  enter: { view: enterView },
  recover: { view: recoverView },
  play: { view: playView, tab: "play" },
  round: { view: roundView, tab: "play" },
  room: { view: roomView, tab: "play" },
  bets: { view: betsView, tab: "bets" },
  verify: { view: verifyView, tab: "bets" },
  wallet: { view: walletView, tab: "wallet" },
  limits: { view: limitsView, tab: "wallet" },
  me: { view: meView, tab: "me" },
};

export const FIRST = "play";

/** The views of visitors, which players who are logged in do not see. */
export const isOfVisitors = (/** @type {string} */ name) => name === "enter" || name === "recover";

const TABS = /** @type {const} */ (["play", "bets", "wallet", "me"]);

/** The view of a route; an unknown one is the first. @param {string} name */
export const viewName = (name) => (Object.hasOwn(VIEWS, name) ? name : FIRST);

/** @param {Context} context */
export function shell(context) {
  const { state } = context;
  const name = viewName(state.route.name);
  const isIn = state.session.status === "open";
  // Another language draws everything anew, also amounts that have not changed.
  return keyed(
    language(),
    html`<a class="skip" href="#views" @click=${skip}>${t("skip")}</a>
      ${header(context, isIn)}
      <div class="frame ${isIn ? "body" : ""}">
        ${isIn ? tabs(VIEWS[name].tab) : nothing}
        <main class="views" id="views" tabindex="-1">${main(context, name)}</main>
      </div>
      ${dialogs(context)} ${toast(context)}
      <p class="hidden-text" role="status">${spoken(state.news.at(-1))}</p>`,
  );
}

/**
 * Equal texts are two elements, so that the second is spoken as well.
 * @param {import("../shared/types.d.ts").News} [news]
 */
const spoken = (news) => keyed(news?.id, html`<span>${news?.text ?? ""}</span>`);

/** @param {Event} event The address keeps its view. */
function skip(event) {
  event.preventDefault();
  document.getElementById("views")?.focus();
}

/** @param {Context} context @param {string} name */
function main(context, name) {
  const { state } = context;
  if (state.isBlocked) return blocked();
  if (state.session.status === "unknown") return nothing;
  // A view of its own for each route, so that nothing of the last one is left in its fields.
  return html`${storageBanner(context)}${pausedBanner(state)}${lostElsewhere(context)}${keyed(
    `${name}/${state.route.id ?? ""}`,
    VIEWS[name].view(context),
  )}`;
}

/** What this browser does not keep. @param {Context} context */
const storageBanner = ({ state, act }) =>
  state.storage
    ? html`<div class="banner banner--warn">
        ${icon("info")}
        <p>${t(`storage.${state.storage}`)}</p>
        <button class="button" type="button" @click=${() => act.readStorage()}>${t("close")}</button>
      </div>`
    : nothing;

const blocked = () =>
  html`<section class="view view--narrow" aria-labelledby="view-title">
    <h1 class="hidden-text" id="view-title" tabindex="-1">${t("blocked.title")}</h1>
    ${notice({ icon: "lock", title: t("blocked.title"), text: t("blocked.text"), isBad: true })}
  </section>`;

/** @param {Context} context @param {boolean} isIn */
function header({ state }, isIn) {
  const { wallet, session } = state;
  return html`<header class="header">
    <div class="frame">
      <a class="brand" href=${hashOf(isIn ? FIRST : "enter")}>
        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
          <rect class="brand-a" x="0" y="3" width="10" height="16" rx="2" />
          <rect class="brand-b" x="12" y="3" width="10" height="16" rx="2" />
        </svg>
        ${t("title")}
      </a>
      ${isIn ? link(state.link) : nothing}
      ${
        isIn && session.user?.userName
          ? html`<a class="whose" href=${hashOf("me")}>${session.user.userName}</a>`
          : nothing
      }
      ${
        isIn && wallet
          ? html`<a class="purse" href=${hashOf("wallet")}>
              <span class="hidden-text">${t("balance")} </span>
              <span class="amount"
                ><span class="currency">${sign(state)}</span><span data-count-to=${wallet.balance}></span
              ></span>
            </a>`
          : nothing
      }
    </div>
  </header>`;
}

/** @param {import("../shared/types.d.ts").Link} link */
function link({ kind, asOf }) {
  const extra =
    kind === "poll" ? "link--poll" : kind === "live" ? "" : kind === "off" ? "link--off" : "link--connecting";
  return html`<p class="link ${extra}">
    <span class="dot" aria-hidden="true"></span>${t(`link.${kind}`)}${
      kind === "off" && asOf ? html`<span class="link-since">${t("link.asOf", { time: when(asOf) })}</span>` : nothing
    }
  </p>`;
}

/** @param {string} [current] */
const tabs = (current) =>
  html`<nav class="tabs" aria-label=${t("nav")}>
    <ul>
      ${TABS.map(
        (tab) =>
          html`<li>
            <a class="tab" href=${hashOf(tab)} aria-current=${tab === current ? "page" : nothing}
              >${icon(tab)}${t(`nav.${tab}`)}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;

/** The newest event of the player, for a few seconds. @param {Context} context */
function toast({ state, act }) {
  const news = state.news.at(-1);
  if (!news || news.isQuiet) return nothing;
  return keyed(
    news.id,
    html`<section class="toast toast--over ${news.isGood ? "toast--good" : ""}" aria-label=${t("news")}>
      ${icon(news.isGood ? "check" : "info")}
      <p>
        ${news.text}
        ${news.href ? html`<a href=${news.href}>${t(/** @type {any} */ (news.see ?? "news.see"))}</a>` : nothing}
      </p>
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
