// A single bet on a game: its price, its result and its payout.

import { html, nothing } from "../../shared/html.js";
import { roomOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { isZero } from "../../shared/money.js";
import { outcomeOfGame } from "../../shared/outcome.js";
import { factsOf, periodName, pickName, roomName, typeName } from "../game_words.js";
import { backText, paidText } from "../paid.js";
import { money, t, when } from "../texts.js";
import { amount, failed, loading, notice } from "./basics.js";
import { outcomeSums } from "./bets.js";
import { gameBadge } from "./game_bets.js";
import { symbol } from "./symbols.js";
import { verifyHash } from "./verify_period.js";

/** @typedef {import("../context.d.ts").Context} Context */

/** @param {Context} context @param {string} id */
export function oneGameBet(context, id) {
  const { state } = context;
  const bet = state.gameBets[id];
  const load = state.loads[`gameBet:${id}`];
  if (!bet) {
    if (load?.status !== "failed" || !load.problem) return loading();
    return load.problem.code === "not-found"
      ? notice({ title: t("bets.missing"), text: t("bets.missing.text") })
      : failed(context, load.problem, t("bets.failed"), `gameBet:${id}`);
  }
  const room = roomOf(bet);
  const outcome = bet.status === "PENDING" ? null : outcomeOfGame(bet);
  const { result } = bet;
  return html`<section class="card stack" aria-labelledby="bet-one">
    <div class="line line--apart">
      <h2 id="bet-one">${amount(bet.betAmount)} ${t("bets.onPick", { pick: pickName(bet.betType, bet.betValue) })}</h2>
      ${gameBadge(bet)}
    </div>
    ${
      result
        ? html`<div class="line">
            <div class="strip strip--large">${symbol(result)}</div>
            <p class="small muted" aria-hidden="true">${factsOf(result)}</p>
          </div>`
        : html`<p class="hint">${t("bets.game.later")}</p>`
    }
    <dl class="sums">
      <dt>${t("bets.stake")}</dt>
      <dd>${money(bet.betAmount)}</dd>
      ${
        isZero(bet.bonusAmount)
          ? nothing
          : html`<dt>${t("bets.game.bonus")}</dt>
              <dd>${money(bet.bonusAmount)}</dd>`
      }
      <dt>${t("bets.game.fee")}</dt>
      <dd>${money(bet.platformFee)}</dd>
      ${outcome ? outcomeSums(outcome) : nothing}
    </dl>
    ${outcome ? html`<p class="hint">${paidText(outcome)} ${backText(outcome)}</p>` : nothing}
    ${
      result
        ? html`<a class="button button--primary" href=${verifyHash(room, bet.periodId)}>${t("bets.verify")}</a>`
        : nothing
    }
    <dl class="facts">
      <dt>${t("bets.game.room")}</dt>
      <dd><a href=${hashOf("room", room)}>${roomName(room)}</a></dd>
      <dt>${t("room.type")}</dt>
      <dd>${typeName(bet.betType)}</dd>
      <dt>${t("room.periodName")}</dt>
      <dd class="num" title=${bet.periodId}>${periodName(bet.periodId)}</dd>
      <dt>${t("bets.placed")}</dt>
      <dd><time datetime=${bet.createdAt}>${when(bet.createdAt)}</time></dd>
      <dt>${t("bets.id")}</dt>
      <dd class="mono">${bet.betId}</dd>
    </dl>
  </section>`;
}
