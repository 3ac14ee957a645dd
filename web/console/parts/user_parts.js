// The parts of a player: ledger, bets, orders and limits.

import { html, nothing } from "../../shared/html.js";
import { icon } from "../../player/parts/basics.js";
import { entryName } from "../../player/parts/ledger.js";
import { money, roundName } from "../../player/texts.js";
import { isZero, units } from "../../shared/money.js";
import { isUnfinished } from "../../shared/revision.js";
import { hashOf } from "../../shared/router.js";
import { named, said, t } from "../texts.js";
import { actButton, badge, card, facts, loaded, nothingHere, time } from "./basics.js";
import { gameBets } from "./game_bets.js";
import { listEnd, table } from "./table.js";
import { verified } from "./verification.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../roles.js").UserPart} UserPart */
/** @typedef {import("../../shared/types.d.ts").Entry} Entry */
/** @typedef {import("../../shared/types.d.ts").Bet} Bet */

/** @param {Context} context @param {string} id @param {UserPart} part */
export function userPart(context, id, part) {
  /** @type {Record<UserPart, () => unknown>} */
  const drawn = {
    ledger: () => listOf(context, `entries:${id}`, (list) => html`${chain(list.chain)} ${ledger(list.items)}`),
    bets: () => bets(context, id),
    gameBets: () => listOf(context, `gameBets:${id}`, ({ items }) => gameBets(items)),
    deposits: () => listOf(context, `userDeposits:${id}`, ({ items }) => orders("deposits", items)),
    withdrawals: () => listOf(context, `userWithdrawals:${id}`, ({ items }) => orders("withdrawals", items)),
    limits: () => loaded(context, `limits:${id}`, limits),
  };
  return drawn[part]();
}

/** @param {Context} context @param {string} key @param {(list: any) => unknown} content */
const listOf = (context, key, content) =>
  loaded(context, key, (list) =>
    list.items.length
      ? html`<div class="card card--flush">${content(list)} ${listEnd(context, key, list)}</div>`
      : nothingHere(t("users.nothing")),
  );

/** @param {{ count: number, wrong: { number: string, why: string } | null }} chain */
const chain = ({ count, wrong }) =>
  html`<div class="pad">
    <p class="verdict ${wrong ? "verdict--bad" : ""}">
      ${icon(wrong ? "alert" : "check")}
      <span
        >${
          wrong ? t("users.ledger.broken", { number: wrong.number }) : t("users.ledger.whole", { count: String(count) })
        }</span
      >
    </p>
  </div>`;

/** @param {Entry[]} entries */
const ledger = (entries) =>
  table({
    label: t("users.ledger"),
    rows: entries,
    id: ({ number }) => number,
    columns: [
      {
        label: t("users.entry"),
        kind: "lead",
        cell: (entry) => html`${entry.number} <small class="muted">${entryName(entry)}</small>`,
      },
      { label: t("users.at"), cell: ({ createdAt }) => time(createdAt) },
      {
        label: t("order.amount"),
        kind: "num",
        cell: ({ amount }) =>
          html`<span class=${units(amount) > 0n ? "amount--plus" : ""}
            >${units(amount) > 0n ? "+" : ""}${money(amount)}</span
          >`,
      },
      { label: t("users.after"), kind: "num", cell: ({ balanceAfter }) => money(balanceAfter) },
      {
        label: t("users.key"),
        kind: "wide",
        cell: ({ idempotentKey, account }) =>
          html`<span class="mono">${idempotentKey}</span>
            <div class="small muted">${t("users.account")} <span class="mono">${account}</span></div>`,
      },
    ],
  });

/** @param {Context} context @param {string} id */
function bets(context, id) {
  const { bet } = context.state.route.query;
  const list = listOf(context, `bets:${id}`, ({ items }) => betTable(context, id, items));
  return bet
    ? html`${list}
      ${loaded(context, `proof:${id}/${bet}`, (proof) =>
        proof.verification
          ? verified(context, proof.verification)
          : card(t("verify.steps"), html`<p class="small muted">${t("users.bets.later")}</p>`),
      )}`
    : list;
}

/** @param {Context} context @param {string} id @param {Bet[]} items */
const betTable = (context, id, items) =>
  table({
    label: t("users.bets"),
    rows: items,
    id: ({ betId }) => betId,
    isCurrent: ({ betId }) => betId === context.state.route.query.bet,
    columns: [
      {
        label: t("users.bet"),
        kind: "lead",
        cell: ({ betId, roundId }) =>
          html`<a href=${hashOf("users", id, { part: "bets", bet: betId })}>${betId.slice(0, 8)}</a><br /><small
              class="muted"
              >${roundName(roundId)}</small
            >`,
      },
      {
        label: t("users.stake"),
        kind: "num",
        cell: ({ amount, side }) => html`<span>${money(amount)} ${t("bets.on", { side })}</span>`,
      },
      { label: t("users.open"), kind: "num", cell: ({ open }) => money(open) },
      { label: t("users.paid"), kind: "num", cell: ({ payout }) => money(payout) },
      { label: t("users.back"), kind: "num", cell: ({ refunded }) => money(refunded) },
      { label: t("users.at"), kind: "num", cell: ({ createdAt }) => time(createdAt) },
      {
        label: t("order.state"),
        cell: (bet) =>
          badge(isUnfinished(bet) ? "action" : "outline", t(isUnfinished(bet) ? "users.bet.open" : "users.bet.ended")),
      },
      {
        label: t("letters.acts"),
        kind: "acts",
        cell: ({ betId, open }) =>
          isZero(open) ? nothing : actButton(context, "bet.refund", { betId }, { about: betId.slice(0, 8) }),
      },
    ],
  });

/** @param {"deposits" | "withdrawals"} view @param {any[]} items */
const orders = (view, items) =>
  table({
    label: t(`users.${view}`),
    rows: items,
    id: ({ orderId }) => orderId,
    columns: [
      {
        label: t("order.amount"),
        kind: "lead",
        cell: ({ orderId, amount }) => html`<a href=${hashOf(view, orderId)}>${money(amount)}</a>`,
      },
      {
        label: t("order.state"),
        cell: ({ state }) => said(`${view === "deposits" ? "deposit" : "withdrawal"}.state.${state}`),
      },
      { label: t("order.provider"), cell: ({ provider }) => provider },
      { label: t("users.at"), kind: "num", cell: ({ createdAt }) => time(createdAt) },
      { label: t("order.id"), kind: "wide", cell: ({ orderId }) => html`<span class="mono">${orderId}</span>` },
    ],
  });

/** @param {any} data */
const limits = ({ limits, exclusion }) =>
  html`${card(
      t("users.exclusion"),
      facts([
        [t("order.state"), exclusion.isExcluded ? t("users.excluded") : t("users.notExcluded")],
        [t("users.since"), exclusion.since && time(exclusion.since)],
        [t("users.until"), exclusion.until && time(exclusion.until)],
      ]),
    )}
    <div class="card card--flush">
      ${table({
        label: t("users.limits"),
        rows: limits,
        id: (/** @type {any} */ { limitId }) => limitId,
        columns: [
          {
            label: t("users.limit"),
            kind: "lead",
            cell: ({ kind, period }) => `${named("limit", kind)}, ${named("period", period)}`,
          },
          {
            label: t("users.limit.most"),
            kind: "num",
            cell: ({ limit }) => (limit === null || limit === undefined ? t("users.limit.none") : money(limit)),
          },
          { label: t("users.limit.used"), kind: "num", cell: ({ used }) => money(used) },
          {
            label: t("users.limit.left"),
            kind: "num",
            cell: ({ left }) =>
              left === null || left === undefined ? html`<span class="muted">–</span>` : money(left),
          },
        ],
      })}
    </div>`;
