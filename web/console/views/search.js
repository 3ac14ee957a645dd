// The search: players, orders, rounds and bets that one text finds.

import { html, nothing } from "../../shared/html.js";
import { notice } from "../../player/parts/basics.js";
import { money, roundName } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import { badge, coins, loaded, time, view } from "../parts/basics.js";
import { moveAmongResults, searchField } from "../parts/search_field.js";
import { roleOf, viewsOf } from "../roles.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context */
export function searchView(context) {
  const text = (context.state.route.query.text ?? "").trim();
  return view(
    "search",
    {},
    html`<div class="stack" @keydown=${moveAmongResults}>
      ${searchField(context, "view")}
      ${
        text
          ? loaded(context, `search:${text}`, (found) => results(context, found, text))
          : notice({ icon: "search", title: t("search.empty"), text: t("search.scope") })
      }
    </div>`,
  );
}

/** @param {Context} context @param {any} found @param {string} text */
function results(context, found, text) {
  const { users, orders, rounds, bets, hasMoreUsers } = found;
  const groups = [
    group(
      t("search.users"),
      users.map((/** @type {any} */ one) => user(context, one, text)),
      hasMoreUsers,
    ),
    group(
      t("search.orders"),
      orders.map((/** @type {any} */ one) => order(context, one)),
    ),
    group(
      t("search.rounds"),
      rounds.map((/** @type {any} */ one) => round(context, one)),
    ),
    group(
      t("search.bets"),
      bets.map((/** @type {any} */ one) => bet(context, one)),
    ),
  ];
  const count = users.length + orders.length + rounds.length + bets.length;
  return html`<p class="hidden-text" role="status">${t("search.count", { count: String(count) })}</p>
    ${count ? groups : notice({ icon: "search", title: t("search.none", { text }), text: t("search.scope") })}`;
}

/** @param {string} title @param {unknown[]} rows */
const group = (title, rows, hasMore = false) =>
  rows.length === 0
    ? nothing
    : html`<section class="card card--flush" aria-label=${title}>
        <div class="card-head">
          <h2>${title}</h2>
          <span class="small">${rows.length}${hasMore ? "+" : ""}</span>
        </div>
        <ul class="rows rows--padded">
          ${rows}
        </ul>
        ${hasMore ? html`<div class="table-foot">${t("search.more")}</div>` : nothing}
      </section>`;

/**
 * A result. Roles without the view of a thing see it without a link.
 * @param {Context} context @param {string} to The view. @param {string} href
 * @param {{ kind: string, title: unknown, number: string | null, note: unknown, end: unknown }} row
 */
function row({ state }, to, href, { kind, title, number, note, end }) {
  const isLinked = viewsOf(roleOf(state.session.user?.role ?? "")).some(({ name }) => name === to);
  const content = html`${badge("outline", kind)}
    <span class="row-main">
      <span class="row-title"
        ><span>${title}</span>${number ? html` <small class="muted">${number}</small>` : nothing}</span
      >
      <span class="row-note">${note}</span>
    </span>
    <span class="row-end">${end}</span>`;
  return html`<li class="found">
    ${isLinked ? html`<a class="row" href=${href}>${content}</a>` : html`<div class="row">${content}</div>`}
  </li>`;
}

/** The beginning that was searched for, marked. @param {string} name @param {string} text */
function marked(name, text) {
  const begins = name.toLowerCase().startsWith(text.toLowerCase());
  return begins ? html`<mark>${name.slice(0, text.length)}</mark>${name.slice(text.length)}` : name;
}

/** @param {Context} context @param {any} one @param {string} text */
const user = (context, one, text) =>
  row(context, "users", hashOf("users", one.userId), {
    kind: named("role", one.role),
    title: one.userName ? marked(one.userName, text) : one.userId,
    number: one.userName ? one.userId : null,
    note: html`${one.phoneNo} · ${t("search.since")}
    ${time(one.createdAt)}${one.lastLoginAt ? html` · ${t("search.lastLogin")} ${time(one.lastLoginAt)}` : nothing}`,
    end: one.isBlocked ? badge("bad", t("users.blocked")) : html`<span>${coins(context, one.balance)}</span>`,
  });

/** @param {{ userId: string, userName: string | null }} player */
const nameOf = ({ userId, userName }) => userName ?? t("users.player", { userId });

/** @param {Context} context @param {any} one */
const order = (context, one) => {
  const to = one.direction === "deposit" ? "deposits" : "withdrawals";
  return row(context, to, hashOf(to, one.orderId), {
    kind: t(`search.${/** @type {"deposit" | "withdrawal"} */ (one.direction)}`),
    title: nameOf(one.player),
    number: one.orderId.slice(0, 8),
    note: html`${money(one.amount)} ${one.currency} · ${time(one.createdAt)}`,
    end: badge("outline", named(`${one.direction}.state`, one.state)),
  });
};

/** @param {Context} context @param {any} one */
const round = (context, one) =>
  row(context, "rounds", hashOf("rounds", one.roundId), {
    kind: t("rounds.round"),
    title: roundName(one.roundId),
    number: one.roundId,
    note: html`${t("rounds.opened")} ${time(one.openedAt)}`,
    end: badge("outline", named("round.state", one.state)),
  });

/** @param {Context} context @param {any} one */
const bet = (context, one) =>
  row(
    context,
    "users",
    hashOf("users", one.player.userId, one.roundId ? { part: "bets", bet: one.betId } : { part: "gameBets" }),
    {
      kind: t("users.bet"),
      title: nameOf(one.player),
      number: one.betId.slice(0, 8),
      note: html`${one.roundId ? roundName(one.roundId) : one.periodId} · ${time(one.createdAt)}`,
      end: coins(context, one.amount),
    },
  );
