// Deposits: unclaimed or unfinished ones, oldest first; and one with its payments, claims and history.

import { html, nothing } from "../../shared/html.js";
import { money } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import { actButton, aged, badge, facts, labelled, loaded, nothingHere, segments, time, view } from "../parts/basics.js";
import { find } from "../parts/find.js";
import { approvedBy, history, waitingActs } from "../parts/history.js";
import { person } from "../parts/person.js";
import { listEnd, rowsOf, table } from "../parts/table.js";
import { listState } from "../routes.js";
import { named, said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const STATES = ["unclaimed", "unfinished"];

/** @param {Context} context */
export function depositsView(context) {
  const { route } = context.state;
  const state = listState(route, "deposits");
  const key = `deposits:${state}`;
  return view(
    "deposits",
    { isCase: true, isOne: route.id !== null, act: find("deposits", t("order.id")) },
    html`<div class="main">
        ${segments(
          t("order.states"),
          STATES.map((name) => ({
            href: hashOf("deposits", null, { state: name }),
            label: said(`deposits.${name}`),
            isCurrent: name === state,
          })),
        )}
        ${loaded(context, key, (list) =>
          list.items.length
            ? listed(context, key, list)
            : nothingHere(said(`deposits.${state}.none`), t("deposits.none.text")),
        )}
      </div>
      <div class="side">
        ${
          route.id
            ? loaded(context, `deposit:${route.id}`, (order) => one(context, order))
            : html`<p class="hint only-wide">${t("order.pick")}</p>`
        }
      </div>`,
  );
}

/** @param {Context} context @param {string} key @param {import("../lists.js").List} list */
const listed = (context, key, list) =>
  html`<div class="card card--flush">
    ${table({
      label: t("nav.deposits"),
      rows: rowsOf(context, key, list, "deposit"),
      id: ({ orderId }) => orderId,
      isCurrent: ({ orderId }) => orderId === context.state.route.id,
      columns: [
        {
          label: t("order.amount"),
          kind: "lead",
          cell: ({ orderId, amount }) =>
            html`<a href=${hashOf("deposits", orderId, context.state.route.query)}>${money(amount)}</a>`,
        },
        { label: t("deposit.came"), kind: "num", cell: ({ payment }) => (payment ? money(payment.amount) : "–") },
        { label: t("order.player"), cell: ({ userId }) => person(context, userId) },
        { label: t("order.waits"), kind: "num", cell: ({ createdAt }) => aged(context, createdAt) },
        {
          label: t("order.why"),
          cell: ({ payment }) => html`<span>${payment?.unclaimed ? named("unclaimed", payment.unclaimed) : "–"}</span>`,
        },
        { label: t("order.state"), cell: ({ state }) => named("deposit.state", state) },
      ],
    })}
    ${listEnd(context, key, list)}
  </div>`;

/** @param {Context} context @param {any} order */
function one(context, order) {
  const { orderId, userId, amount, currency, state, payment, refund } = order;
  const came = payment ? money(payment.amount) : money(amount);
  const subject = { orderId, userId, amount: came, currency, paymentId: payment?.providerId };
  const isUnclaimed = state === "UNCLAIMED";
  return html`<section class="card stack" aria-labelledby="order-title">
      <div class="line line--apart">
        <h2 id="order-title">${money(amount)} ${currency}</h2>
        ${badge(isUnclaimed ? "warn" : "outline", named("deposit.state", state))}
      </div>
      ${facts([
        [t("order.player"), person(context, userId)],
        [t("deposit.opened"), time(order.createdAt)],
        [t("deposit.came"), payment && `${money(payment.amount)} ${payment.currency}`],
        [t("order.why"), payment?.unclaimed && named("unclaimed", payment.unclaimed)],
        [t("order.provider"), order.provider],
        [t("order.providerId"), payment?.providerId],
        [t("deposit.refund"), refund && html`${time(refund.since)} ${refund.providerId ?? t("deposit.refund.waits")}`],
        ...order.claims.map((/** @type {any} */ claim) => [
          t("deposit.claim"),
          html`${claim.isGiven ? t("deposit.given") : approvedBy(context, claim.approvals)}`,
        ]),
        ...order.returns.map((/** @type {any} */ back) => [
          t("deposit.returned"),
          `${money(back.payment.amount)}, ${back.refund.providerId ?? t("deposit.refund.waits")}`,
        ]),
      ])}
      ${labelled(context, [[t("order.id"), orderId]])}
      ${
        isUnclaimed
          ? html`<div class="line">
              ${actButton(context, "payment.claim", subject, { kind: "button--primary" })}
              ${actButton(context, "deposit.return", subject)}
            </div>`
          : nothing
      }
      ${
        state === "COMPLETED" ? html`<div class="line">${actButton(context, "deposit.refund", subject)}</div>` : nothing
      }
    </section>
    ${waitingActs(context, order.waiting)} ${history(order.history)}`;
}
