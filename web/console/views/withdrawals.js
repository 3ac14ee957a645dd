// Withdrawals: held or unfinished ones, oldest first, and ended ones by state and time, newest first; and one with who
// is paid, where, why it is held, and its history.

import { html, nothing } from "../../shared/html.js";
import { money } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import {
  actButton,
  aged,
  badge,
  card,
  facts,
  labelled,
  loaded,
  nothingHere,
  segments,
  time,
  view,
} from "../parts/basics.js";
import { days } from "../parts/days.js";
import { find } from "../parts/find.js";
import { approvedBy, history } from "../parts/history.js";
import { factsKey, payoutFacts, payoutWords, reasons as whyHeld } from "../parts/payout_facts.js";
import { person } from "../parts/person.js";
import { listEnd, rowsOf, table } from "../parts/table.js";
import { nextRow } from "../lists.js";
import { isByTime, listKey, listState } from "../routes.js";
import { named, said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const WAITING = ["held", "unfinished"];
const ENDED = ["completed", "failed", "rejected", "cancelled", "returned"];

/** @param {Context} context */
export function withdrawalsView(context) {
  const { route } = context.state;
  const state = listState(route, "withdrawals");
  const key = listKey(route, "withdrawals");
  return view(
    "withdrawals",
    { isCase: true, isDecision: true, isOne: route.id !== null, act: find("withdrawals", t("order.id")) },
    html`<div class="main">
        ${segments(
          t("order.states"),
          [...WAITING, ...ENDED].map((name) => ({
            href: hashOf("withdrawals", null, { state: name }),
            label: said(`withdrawals.${name}`),
            isCurrent: name === state,
          })),
        )}
        ${isByTime(route, "withdrawals") ? days(context, "withdrawals") : nothing}
        ${loaded(context, key, (list) =>
          list.items.length
            ? listed(context, key, list)
            : nothingHere(
                said(`withdrawals.${state}.none`),
                t(WAITING.includes(state) ? "withdrawals.none.text" : "withdrawals.none.ended"),
              ),
        )}
      </div>
      <div class="side">
        ${
          route.id
            ? loaded(context, `withdrawal:${route.id}`, (order) => one(context, order))
            : html`<p class="hint only-wide">${t("order.pick")}</p>`
        }
      </div>`,
  );
}

/**
 * In the list of held ones, a state is news once it is another.
 * @param {Context} context @param {string} key @param {import("../lists.js").List} list
 */
function listed(context, key, list) {
  const isHeldList = key === "withdrawals:held";
  const waits = (/** @type {any} */ { state, createdAt }) =>
    isHeldList && state !== "HELD" ? named("withdrawal.state", state) : aged(context, createdAt);
  return html`<div class="card card--flush">
    ${table({
      label: t("nav.withdrawals"),
      rows: rowsOf(context, key, list, "withdrawal"),
      id: ({ orderId }) => orderId,
      isCurrent: ({ orderId }) => orderId === context.state.route.id,
      columns: [
        {
          label: t("order.amount"),
          kind: "lead",
          cell: ({ orderId, amount }) =>
            html`<a href=${hashOf("withdrawals", orderId, context.state.route.query)}>${money(amount)}</a>`,
        },
        { label: t("order.player"), cell: ({ userId }) => person(context, userId) },
        ...(WAITING.includes(listState(context.state.route, "withdrawals"))
          ? [
              { label: t("order.waits"), kind: /** @type {const} */ ("num"), cell: waits },
              {
                label: t("order.why"),
                cell: (/** @type {any} */ { state, holdReasons }) => reasons(state === "HELD" ? holdReasons : []),
              },
              { label: t("order.agreed"), cell: agreed },
            ]
          : [{ label: t("order.requested"), cell: (/** @type {any} */ { createdAt }) => time(createdAt) }]),
        ...(isHeldList
          ? []
          : [{ label: t("order.state"), cell: (/** @type {any} */ { state }) => named("withdrawal.state", state) }]),
      ],
    })}
    ${listEnd(context, key, list)}
  </div>`;
}

/** @param {string[]} names */
const reasons = (names) =>
  names.length
    ? html`<span>${names.map((name) => named("hold", name)).join(", ")}</span>`
    : html`<span class="muted">–</span>`;

/** @param {{ approvals: unknown[], approvalsNeeded: string }} order */
const agreed = ({ approvals, approvalsNeeded }) =>
  html`<span>${t("order.of", { count: String(approvals.length), needed: approvalsNeeded })}</span>`;

/**
 * The way to the next decision, after one was made in the list of held withdrawals.
 * @param {Context} context @param {string} orderId
 */
function nextHeld({ state: { data, route } }, orderId) {
  const { items = [] } = (listState(route, "withdrawals") === "held" && data["withdrawals:held"]) || {};
  const next = nextRow(
    /** @type {any[]} */ (items),
    items.findIndex((/** @type {any} */ row) => row.orderId === orderId),
    ({ state }) => state === "HELD",
  );
  return next
    ? html`<div class="line">
        <a class="button button--primary" href=${hashOf("withdrawals", next.orderId, route.query)}
          >${t("withdrawals.held.next")}</a
        >
      </div>`
    : nothing;
}

/** @param {Context} context @param {any} order */
function one(context, order) {
  const { orderId, userId, amount, state, currency, resolution } = order;
  const subject = {
    orderId,
    userId,
    amount: money(amount),
    currency,
    isAlone: order.approvalsNeeded === "1",
    ...payoutWords(context, order),
  };
  const isHeld = state === "HELD";
  const isStuck = state === "PROCESSING" || order.stoppedSince || resolution;
  const found = context.state.data[factsKey(orderId)];
  return html`<section class="card stack" aria-labelledby="order-title">
      <div class="headline">
        <h2 id="order-title">${money(amount)} <small class="muted">${currency}</small></h2>
        ${badge(isHeld ? "warn" : "outline", named("withdrawal.state", state))}
      </div>
      ${isHeld ? whyHeld(order, found) : nextHeld(context, orderId)} ${payoutFacts(context, orderId)}
      ${
        isHeld
          ? html`<div class="line">
              ${actButton(context, "withdrawal.approve", subject, { kind: "button--primary" })}
              ${actButton(context, "withdrawal.reject", subject)}
            </div>`
          : nothing
      }
      ${
        isStuck
          ? html`<div class="line">
              ${actButton(context, "withdrawal.retry", subject)} ${actButton(context, "withdrawal.giveBack", subject)}
            </div>`
          : nothing
      }
    </section>
    ${card(
      t("facts.details"),
      html`${facts([
        [t("order.requested"), time(order.createdAt)],
        [t("order.provider"), order.provider],
        [t("order.providerId"), order.providerId],
        [t("order.attempt"), order.attempt],
        [t("order.stopped"), order.stoppedSince && time(order.stoppedSince)],
        [
          t("order.resolution"),
          resolution && html`${named("resolution", resolution.kind)} ${approvedBy(context, resolution.approvals)}`,
        ],
        [t("order.dueAt"), resolution?.dueAt && time(resolution.dueAt)],
      ])}
      ${labelled(context, [[t("order.id"), orderId]])}`,
    )}
    ${history(order.history)}`;
}
