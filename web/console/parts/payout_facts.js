// The player of a withdrawal, its bank account, and the unusual facts: beside the decision, and again in its dialog.

import { html, nothing } from "../../shared/html.js";
import { icon } from "../../player/parts/basics.js";
import { money } from "../../player/texts.js";
import { units } from "../../shared/money.js";
import { hashOf } from "../../shared/router.js";
import { named, said, t } from "../texts.js";
import { aged, coins, facts, loaded, time } from "./basics.js";
import { person } from "./person.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** The load of the facts about an order. @param {string} orderId */
export const factsKey = (orderId) => `facts:${orderId}`;

/** Whether the facts are still on their way. @param {Context} context @param {string} orderId */
export const isAwaited = ({ state }, orderId) => {
  const key = factsKey(orderId);
  return !(key in state.data) && state.loads[key]?.status !== "failed";
};

/**
 * The player and the bank account in the texts of a decision.
 * @param {Context} context @param {{ orderId: string, userId: string }} order
 */
export function payoutWords({ state }, { orderId, userId }) {
  const known = state.data[factsKey(orderId)];
  return {
    player: known?.player.userName ?? t("users.player", { userId }),
    account: known?.payee ? t("facts.account.ending", { mask: known.payee.mask }) : t("facts.account.unknown"),
  };
}

/** @param {Context} context @param {string} orderId */
export const payoutFacts = (context, orderId) =>
  loaded(
    context,
    factsKey(orderId),
    (found) =>
      html`${part(t("facts.who"), who(context, found))} ${part(t("facts.where"), where(context, found))}
      ${
        found.orders.countedSince
          ? html`<p class="hint">${t("facts.counted")} ${time(found.orders.countedSince)}.</p>`
          : nothing
      }`,
  );

/** @param {string} title @param {[string, unknown][]} pairs */
const part = (title, pairs) =>
  html`<div class="card-part">
    <h3>${title}</h3>
    ${facts(pairs)}
  </div>`;

/** A value with a sign if it is unusual. @param {boolean} isUnusual @param {unknown} value */
const flagged = (isUnusual, value) =>
  isUnusual ? html`<span class="flag">${icon("alert", true)}<span>${value}</span></span>` : value;

/** An amount with its sign, plus or minus. @param {string} amount */
const net = (amount) => `${units(amount) > 0n ? "+" : ""}${money(amount)}`;

/** @param {Context} context @param {any} found @returns {[string, unknown][]} */
function who(context, { player, money: sums, orders, signs }) {
  const has = (/** @type {string} */ sign) => signs.includes(sign);
  const since =
    player.createdAt && html`${time(player.createdAt)} <span class="muted">(${aged(context, player.createdAt)})</span>`;
  return [
    [
      t("order.player"),
      flagged(
        has("player-blocked"),
        html`${person(context, player.userId, player.userName)}${
          has("player-blocked") ? html`, ${t("users.blocked")}` : nothing
        }`,
      ),
    ],
    [
      t("facts.phone"),
      player.phoneNo &&
        flagged(
          has("phone-unverified"),
          html`${player.phoneNo}, ${t(player.isPhoneVerified ? "facts.verified" : "users.unverified")}`,
        ),
    ],
    [t("users.identity"), flagged(has("identity-refused"), named("identity", player.identity))],
    [t("facts.since"), flagged(has("new-player"), since)],
    [t("facts.password"), has("new-password") ? flagged(true, time(player.passwordSince)) : null],
    [t("facts.deposits", { count: String(orders.deposits) }), coins(context, sums.deposited)],
    [
      t("facts.payouts", { count: String(orders.payouts) }),
      flagged(has("first-payout"), has("first-payout") ? t("facts.payouts.none") : coins(context, sums.withdrawn)),
    ],
    [t("facts.asked"), coins(context, sums.beingWithdrawn)],
    [t("facts.gained"), net(sums.aboveDeposits)],
    [t("facts.balance"), coins(context, sums.balance)],
    [t("facts.bonus"), units(sums.bonusBalance) === 0n ? null : coins(context, sums.bonusBalance)],
    [t("facts.owed"), units(sums.owed) === 0n ? null : flagged(true, coins(context, sums.owed))],
  ];
}

/** @param {Context} context @param {any} found @returns {[string, unknown][]} */
function where(context, { payee, orders, signs, opponents }) {
  const has = (/** @type {string} */ sign) => signs.includes(sign);
  const last = orders.lastPayout;
  const used =
    orders.payoutsToPayee === "0"
      ? t(orders.countedSince ? "facts.used.none" : "facts.used.never")
      : t("facts.used", { count: String(orders.payoutsToPayee) });
  const added = payee && html`${time(payee.createdAt)} <span class="muted">(${aged(context, payee.createdAt)})</span>`;
  return [
    [t("facts.account"), payee ? t("facts.ending", { mask: payee.mask }) : flagged(true, t("facts.account.missing"))],
    [t("facts.added"), payee && flagged(has("new-payee"), added)],
    [t("facts.removed"), payee?.removedAt && flagged(has("payee-removed"), time(payee.removedAt))],
    [t("facts.usedBefore"), flagged(has("payee-never-paid"), used)],
    [
      t("facts.lastPayout"),
      last
        ? html`<a href=${hashOf("withdrawals", last.orderId)}>${money(last.amount)}</a>,
            ${time(last.requestedAt)}${last.mask ? html`, ${t("facts.ending", { mask: last.mask })}` : nothing}`
        : null,
    ],
    [
      t("facts.shared"),
      payee?.sharedWith &&
        flagged(has("payee-shared"), person(context, payee.sharedWith.userId, payee.sharedWith.userName)),
    ],
    ...(opponents ?? []).map((/** @type {any} */ { userId, won }) => [
      t("facts.opponent"),
      flagged(true, html`${person(context, userId)}, ${t("facts.won", { won })}`),
    ]),
    [t("facts.opponents"), opponents ? null : t("facts.unread")],
  ];
}

/**
 * Why an order is held, and who has agreed.
 * @param {any} order @param {any} found The facts; undefined until they are there.
 */
export function reasons({ holdReasons, approvals, approvalsNeeded }, found) {
  const nameOf = (/** @type {string} */ by) =>
    found?.approvers.find((/** @type {any} */ one) => one.userId === by)?.userName ?? t("facts.cashier", { by });
  return html`<div class="card-part">
    <h3>${t("facts.why")}</h3>
    <ul class="reasons">
      ${holdReasons.map(
        (/** @type {string} */ name) => html`<li>${icon("alert", true)}<span>${named("hold", name)}</span></li>`,
      )}
      ${approvals.map(
        (/** @type {any} */ { by, at }) =>
          html`<li class="reasons-good">
            ${icon("check", true)}<span>${t("facts.approved", { name: nameOf(by) })} ${time(at)}</span>
          </li>`,
      )}
    </ul>
    <p class="small muted">${said("facts.approvals", { count: String(approvals.length), needed: approvalsNeeded })}</p>
  </div>`;
}
