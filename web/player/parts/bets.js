// Bets in lists.

import { html, keyed, nothing } from "../../shared/html.js";
import { isUnfinished } from "../../shared/revision.js";
import { hashOf } from "../../shared/router.js";
import { compare, isZero } from "../../shared/money.js";
import { endOf, outcomeOf } from "../../shared/outcome.js";
import { signed } from "../paid.js";
import { money, roundName, t, when } from "../texts.js";
import { amount, icon, letter } from "./basics.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Bet} Bet */

/** A change glows for so long, in milliseconds; `--glow` of tokens.css. */
const GLOW = 600;

/**
 * The stage of a bet, in one word.
 * @param {Bet} bet
 * @returns {"waiting" | "part" | "matched" | "settling" | "won" | "even" | "lost" | "back"}
 */
export function stand(bet) {
  if (!isZero(bet.open)) return isZero(bet.matched) && isZero(bet.settled) ? "waiting" : "part";
  if (!isZero(bet.matched)) return isZero(bet.settled) ? "matched" : "settling";
  return endOf(outcomeOf(bet));
}

/** @type {Record<ReturnType<typeof stand>, { kind: string, icon?: string }>} */
const BADGES = {
  waiting: { kind: "", icon: "clock" },
  part: { kind: "badge--action" },
  matched: { kind: "badge--action" },
  settling: { kind: "badge--action" },
  won: { kind: "badge--good", icon: "check" },
  even: { kind: "" },
  lost: { kind: "badge--lost" },
  back: { kind: "", icon: "back" },
};

/** @param {Bet} bet */
export function badge(bet) {
  const at = stand(bet);
  const { kind, icon: name } = BADGES[at];
  const text = t(`bets.status.${at}`, {
    amount: money(compare(bet.matched, bet.settled) >= 0 ? bet.matched : bet.settled),
  });
  return html`<span class="badge ${kind}">${name ? icon(name, true) : nothing}${text}</span>`;
}

/**
 * The end of a bet in a list: the net, and below it the payout.
 * @param {import("../../shared/outcome.js").Outcome} outcome
 */
export function ending(outcome) {
  const end = endOf(outcome);
  const { net, paid, bonus, back } = outcome;
  const below =
    end === "back"
      ? t("bets.row.back", { amount: money(back) })
      : isZero(paid)
        ? t("bets.row.lost")
        : t(isZero(bonus) ? "bets.row.paid" : "bets.row.paidBonus", { amount: money(paid) });
  return html`<span class="net ${end === "won" ? "net--plus" : end === "lost" ? "" : "muted"}">${signed(net)}</span
    ><small>${below}</small>`;
}

/** The end of a bet among its sums. @param {import("../../shared/outcome.js").Outcome} outcome */
export const outcomeSums = (outcome) =>
  html`<dt>${t("bets.paid")}</dt>
    <dd>${money(outcome.paid)}</dd>
    <dt class="total">${t("bets.net")}</dt>
    <dd class="total">
      <span class="net ${endOf(outcome) === "won" ? "net--plus" : ""}">${signed(outcome.net)}</span>
    </dd>`;

/**
 * One row; it glows when the bet changed.
 * @param {Context} context @param {Bet} bet
 * @param {{ href?: string, isCurrent?: boolean, note?: unknown, hasTakeBack?: boolean }} options
 */
export function betRow({ state, act, now }, bet, { href, isCurrent = false, note, hasTakeBack = false }) {
  const changedAt = state.changed[bet.betId] ?? 0;
  const isTaken = hasTakeBack && !isZero(bet.open);
  const main = html`${letter(bet.side)}
    <span class="row-main">
      <span class="row-title"
        >${amount(bet.amount)}
        <span class=${hasTakeBack ? "hidden-text" : "muted"}>${t("bets.on", { side: bet.side })}</span></span
      >
      <span class="row-note">${note}</span>
    </span>`;
  const end = html`<span class="row-end">
    ${isUnfinished(bet) ? badge(bet) : ending(outcomeOf(bet))}
    ${
      isTaken
        ? html`<button
            class="inline-button inline-button--end"
            type="button"
            @click=${() => act.ask({ name: "takeBack", id: bet.betId })}
          >
            ${t("bets.takeBack", { amount: money(bet.open) })}
          </button>`
        : nothing
    }
  </span>`;
  return keyed(
    changedAt,
    html`<li class=${changedAt && now - changedAt < GLOW ? "changed" : nothing}>
      ${
        href
          ? html`<a class="row" href=${href} aria-current=${isCurrent ? "true" : nothing}>${main}${end}</a>`
          : html`<div class="row">${main}${end}</div>`
      }
    </li>`,
  );
}

/** @param {Bet} bet */
export const betLink = (bet) => html`<a href=${hashOf("bets", bet.betId)}>${roundName(bet.roundId)}</a>`;

/** @param {Bet} bet */
export const placeAndTime = (bet) =>
  html`${roundName(bet.roundId)} · <time datetime=${bet.createdAt}>${when(bet.createdAt)}</time>`;
