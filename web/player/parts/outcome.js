// The end of the player's bets in a round or a period, in words: the net first, then the payout and its balance.

import { html, nothing } from "../../shared/html.js";
import { compare, isZero } from "../../shared/money.js";
import { endOf } from "../../shared/outcome.js";
import { backText, paidText, signed } from "../paid.js";
import { money, t } from "../texts.js";
import { icon } from "./basics.js";

/** @type {Record<ReturnType<typeof endOf>, string>} */
const ICONS = { won: "check", even: "info", lost: "info", back: "back" };

/**
 * @param {import("../../shared/outcome.js").Outcome} outcome
 * @param {{ drawn?: string, link?: unknown, act?: unknown }} [more] `drawn`: the result of the draw, in a sentence.
 */
export function outcomeVerdict(outcome, { drawn = "", link = nothing, act = nothing } = {}) {
  const end = endOf(outcome);
  const { staked, paid, net, bonus } = outcome;
  const isBonus = !isZero(bonus) && compare(bonus, paid) === 0;
  return html`<div class="verdict ${end === "won" ? "" : "verdict--plain"}">
    ${icon(ICONS[end])}
    <p>
      ${t(`outcome.${end}`, { net: signed(net) })}<small>
        ${drawn}
        ${end === "back" ? nothing : html`${paidText(outcome)} ${t("outcome.staked", { amount: money(staked) })}`}
        ${isBonus ? t("outcome.unchanged") : nothing} ${backText(outcome)} ${link}</small
      >
    </p>
    ${act}
  </div>`;
}
