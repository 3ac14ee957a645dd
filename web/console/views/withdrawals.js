// Withdrawals: held or unfinished ones, oldest first, and those that ended without a payment by state, newest first; and one with its reasons, approvals and history.

import { html, nothing } from "../../vendor/lit-html.js";
import { money } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import { actButton, aged, badge, facts, labelled, loaded, nothingHere, segments, time, view } from "../parts/basics.js";
import { find } from "../parts/find.js";
import { approvedBy, history } from "../parts/history.js";
import { listEnd, table } from "../parts/table.js";
import { listState } from "../routes.js";
import { named, said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const WAITING = ["held", "unfinished"];
const ENDED = ["failed", "rejected", "cancelled", "returned"];

/** @param {Context} context */
export function withdrawalsView(context) {
  const { route } = context.state;
  const state = listState(route, "withdrawals");
  const key = `withdrawals:${state}`;
  return view(
    "withdrawals",
    { isCase: true, isOne: route.id !== null, act: find("withdrawals", t("order.id")) },
    html`<div class="main">
        ${segments(
          t("order.states"),
          [...WAITING, ...ENDED].map((name) => ({ href: hashOf("withdrawals", null, { state: name }), label: said(`withdrawals.${name}`), isCurrent: name === state })),
        )}
        ${loaded(context, key, (list) => (list.items.length ? listed(context, key, list) : nothingHere(said(`withdrawals.${state}.none`), t(WAITING.includes(state) ? "withdrawals.none.text" : "withdrawals.none.ended"))))}
      </div>
      <div class="side">${route.id ? loaded(context, `withdrawal:${route.id}`, (order) => one(context, order)) : html`<p class="hint only-wide">${t("order.pick")}</p>`}</div>`,
  );
}

/** @param {Context} context @param {string} key @param {{ items: any[], next: string | null }} list */
const listed = (context, key, list) => html`<div class="card card--flush">
  ${table({
    label: t("nav.withdrawals"),
    rows: list.items,
    id: ({ orderId }) => orderId,
    isCurrent: ({ orderId }) => orderId === context.state.route.id,
    columns: [
      { label: t("order.amount"), kind: "lead", cell: ({ orderId, amount }) => html`<a href=${hashOf("withdrawals", orderId, context.state.route.query)}>${money(amount)}</a>` },
      { label: t("order.player"), cell: ({ userId }) => html`<a href=${hashOf("users", userId)}>${userId}</a>` },
      ...(WAITING.includes(listState(context.state.route, "withdrawals"))
        ? [
            { label: t("order.waits"), kind: /** @type {const} */ ("num"), cell: (/** @type {any} */ { createdAt }) => aged(context, createdAt) },
            { label: t("order.why"), cell: (/** @type {any} */ { holdReasons }) => reasons(holdReasons) },
            { label: t("order.agreed"), cell: agreed },
          ]
        : [{ label: t("order.requested"), cell: (/** @type {any} */ { createdAt }) => time(createdAt) }]),
      { label: t("order.state"), cell: ({ state }) => named("withdrawal.state", state) },
    ],
  })}
  ${listEnd(context, key, list)}
</div>`;

/** @param {string[]} names */
const reasons = (names) => (names.length ? html`<span>${names.map((name) => named("hold", name)).join(", ")}</span>` : html`<span class="muted">–</span>`);

/** @param {{ approvals: unknown[], approvalsNeeded: string }} order */
const agreed = ({ approvals, approvalsNeeded }) => html`<span>${t("order.of", { count: String(approvals.length), needed: approvalsNeeded })}</span>`;

/** @param {Context} context @param {any} order */
function one(context, order) {
  const { orderId, userId, amount, state, currency, resolution } = order;
  const subject = { orderId, userId, amount: money(amount), currency };
  const isHeld = state === "HELD";
  const isStuck = state === "PROCESSING" || order.stoppedSince || resolution;
  return html`<section class="card stack" aria-labelledby="order-title">
      <div class="line line--apart">
        <h2 id="order-title">${money(amount)} ${currency}</h2>
        ${badge(isHeld ? "warn" : "outline", named("withdrawal.state", state))}
      </div>
      ${facts([
        [t("order.player"), html`<a href=${hashOf("users", userId)}>${userId}</a>`],
        [t("order.requested"), time(order.createdAt)],
        [t("order.why"), reasons(order.holdReasons)],
        [t("order.agreed"), html`${agreed(order)} ${order.approvals.length ? approvedBy(order.approvals) : nothing}`],
        [t("order.provider"), order.provider],
        [t("order.providerId"), order.providerId],
        [t("order.attempt"), order.attempt],
        [t("order.stopped"), order.stoppedSince && time(order.stoppedSince)],
        [t("order.resolution"), resolution && html`${named("resolution", resolution.kind)} ${approvedBy(resolution.approvals)}`],
        [t("order.dueAt"), resolution?.dueAt && time(resolution.dueAt)],
      ])}
      ${labelled(context, [[t("order.id"), orderId]])}
      ${isHeld
        ? html`<div class="line">
            ${actButton(context, "withdrawal.approve", subject, { kind: "button--primary" })} ${actButton(context, "withdrawal.reject", subject)}
          </div>`
        : nothing}
      ${isStuck ? html`<div class="line">${actButton(context, "withdrawal.retry", subject)} ${actButton(context, "withdrawal.giveBack", subject)}</div>` : nothing}
    </section>
    ${history(order.history)}`;
}

