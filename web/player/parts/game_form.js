// The form for a bet in a room, drawn from GET /api/games: the types of bets, their values and prices.

import { html, live, nothing } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { add, isZero, payout, subtract } from "../../shared/money.js";
import { bonusPart, bonusShare } from "../../shared/outcome.js";
import { partsOf, phaseOf } from "../../shared/rooms.js";
import { pickName, typesOf } from "../game_words.js";
import { payoutText, signed } from "../paid.js";
import { amountOf, money, notAmount, sign, t } from "../texts.js";
import { amountField } from "./amount_field.js";
import { errorLine, offWords, problemText, submit } from "./basics.js";
import { excludedBanner } from "./bet_form.js";
import { lost, waitWords } from "./lost.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Game} Game */
/** @typedef {import("../../shared/types.d.ts").Selection} Selection */
/** @typedef {import("../../shared/types.d.ts").Problem} Problem */

const DEFAULT_STAKE = "10";
/** A game with more values shows one type of bet at a time. */
const SHOWN_AT_ONCE = 24;

/** The current values of a room's form. @param {Context["state"]} state @param {string} room */
export function gameBetOf(state, room) {
  const { gameType, duration } = partsOf(room);
  const game = state.games?.find((one) => one.gameType === gameType) ?? null;
  const limits = game?.rooms.find((one) => one.duration === duration) ?? null;
  const form = state.forms[`game:${room}`] ?? EMPTY_FORM;
  const typed = form.values.stake ?? state.forms.bet?.values.stake ?? DEFAULT_STAKE;
  const [betType, betValue] = (form.values.pick ?? "").split("/");
  const selection = game?.selections.find((one) => one.betType === betType && one.betValue === betValue) ?? null;
  const period = state.periods[room] ?? null;
  return {
    game,
    limits,
    form,
    period,
    selection,
    typed,
    stake: amountOf(typed, state),
    isCashOnly: form.values.purse === "CASH",
  };
}

/** Problems that belong under the stake; others stand at the button. */
const AT_STAKE = new Set(["insufficient-balance", "over-limit", "not-amount", "out-of-range", "exposure-limit"]);

/** @param {Context} context @param {string} room */
export function gameForm(context, room) {
  const { state, act, now } = context;
  if (state.exclusion?.isExcluded)
    return html`${lost(context, `game:${room}`)}${excludedBanner(state.exclusion.until)}`;
  const { game, limits, form, period, selection, typed, stake, isCashOnly } = gameBetOf(state, room);
  if (!game || !limits) return nothing;
  const name = `game:${room}`;
  const { problem } = form;
  const isAtStake =
    problem !== null && (AT_STAKE.has(problem.code) || (problem.code === "invalid" && problem.field === "betAmount"));
  const isOff = state.platform !== null && !state.platform.bets;
  const isClosed = !period || phaseOf(period, now) !== "open";
  const pick = selection ? pickName(selection.betType, selection.betValue) : "";
  return html`<form
    class="card stack"
    aria-labelledby="bet-title"
    novalidate
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.placeGameBet(room);
    }}
  >
    <h2 class="hidden-text" id="bet-title">${t("bet.title")}</h2>
    ${lost(context, name)}
    <fieldset class="stack" ?disabled=${form.isUnknown}>
      <legend class="hidden-text">${t("room.type")}</legend>
      ${types(context, game, name, form.values)}
    </fieldset>
    ${problem?.code === "no-pick" ? errorLine(problem, "pick-error", t("room.noPick")) : nothing}
    <div class="betbar betbar--stuck">
      <fieldset ?disabled=${form.isUnknown}>
        <legend class="hidden-text">${t("bet.stakeName")}</legend>
        ${amountField(context, {
          form: name,
          name: "stake",
          label: t("bet.stake", { currency: sign(state) }),
          value: typed,
          problem: isAtStake ? problem : null,
          words: problem ? stakeWords(problem, state, limits) : undefined,
          link: stakeLink(problem),
          chip: (amount) => t("bet.chip", { amount }),
        })}
      </fieldset>
      ${submit(context, {
        label: isClosed
          ? t("bet.closed")
          : selection
            ? t("room.place", { amount: stake === null ? "–" : money(stake), pick })
            : t("room.pick"),
        isClosed: isClosed || isOff,
        why: isOff ? offWords(state, "bets", t("bet.off")) : undefined,
        busyLabel: form.isUnknown ? waitWords(context, name) : t("bet.placing"),
        isBusy: form.busy || form.isUnknown,
      })}
      ${
        selection && stake !== null && state.wallet
          ? html`<p class="hint">
              ${mayWin(game, selection, stake, bonusPart(stake, state.wallet.bonusBalance, isCashOnly))}
            </p>`
          : nothing
      }
      ${
        problem && !isAtStake && !form.isUnknown && problem.code !== "no-pick"
          ? errorLine(problem, "bet-error")
          : nothing
      }
    </div>
    ${cashOnly(context, name, form.isUnknown === true, isCashOnly)}
    ${selection && stake !== null ? pays(game, selection, stake) : nothing}
  </form>`;
}

/**
 * The choice to bet cash alone, for a player with a bonus.
 * @param {Context} context @param {string} name The form. @param {boolean} isDisabled @param {boolean} isCashOnly
 */
function cashOnly({ state, act }, name, isDisabled, isCashOnly) {
  if (state.wallet === null || isZero(state.wallet.bonusBalance)) return nothing;
  return html`<label class="check">
    <input
      type="checkbox"
      ?disabled=${isDisabled}
      .checked=${live(isCashOnly)}
      @change=${(/** @type {Event} */ event) =>
        act.type(name, { purse: /** @type {HTMLInputElement} */ (event.target).checked ? "CASH" : "" })}
    />
    <span>${t("room.cashOnly", { amount: money(state.wallet.bonusBalance) })}</span>
  </label>`;
}

/** @param {Problem} problem @param {Context["state"]} state @param {{ stakeMin: string, stakeMax: string }} limits */
function stakeWords(problem, state, limits) {
  switch (problem.code) {
    case "not-amount":
      return notAmount(state);
    case "out-of-range":
      return t("room.range", { least: money(limits.stakeMin), most: money(limits.stakeMax) });
    case "insufficient-balance":
      return t("bet.short", { amount: money(add(state.wallet?.balance ?? "0", state.wallet?.bonusBalance ?? "0")) });
    default:
      return problemText(problem, t("bet.stakeName"));
  }
}

/** @param {Problem | null} problem */
function stakeLink(problem) {
  if (problem?.code === "insufficient-balance") return html`<a href=${hashOf("wallet")}>${t("bet.deposit")}</a>`;
  return problem?.code === "over-limit" ? html`<a href=${hashOf("limits")}>${t("limits.see")}</a>` : nothing;
}

/** @param {Context} context @param {Game} game @param {string} name @param {Record<string, string>} values */
function types(context, game, name, values) {
  const all = typesOf(game);
  if (game.selections.length <= SHOWN_AT_ONCE)
    return all.flatMap(({ groups }) => groups).map((group) => groupOf(context, group, name, values));
  const shown = all.find(({ type }) => type === values.kind) ?? all[0];
  return html`<fieldset class="stack stack--8">
      <legend class="label">${t("room.type")}</legend>
      <div class="kinds">
        ${all.map(
          ({ type, name: label }) =>
            html`<label class="choice choice--kind">
              <input
                type="radio"
                name="kind"
                value=${type}
                .checked=${live(type === shown.type)}
                @change=${() => context.act.type(name, { kind: type })}
              />${label}
            </label>`,
        )}
      </div>
    </fieldset>
    ${shown.groups.map((group) => groupOf(context, group, name, values))}`;
}

/**
 * One group of bets. A price that all of them have stands in its heading.
 * @param {Context} context @param {import("../game_words.js").Group} group @param {string} name
 * @param {Record<string, string>} values
 */
function groupOf({ act }, { name: title, bets }, name, values) {
  const prices = bets.map(({ selection }) => priceOf(selection));
  const common = prices.every((price) => price === prices[0]) ? prices[0] : null;
  const longest = Math.max(...bets.map(({ label }) => label.length));
  const size =
    longest <= 3
      ? common
        ? "choices--numbers"
        : "choices--priced"
      : bets.length % 3 === 0 || bets.length > 6
        ? "choices--three"
        : "";
  return html`<fieldset class="stack stack--8">
    <legend class="label">${title} ${common ? html`<span class="muted">${common}</span>` : nothing}</legend>
    <div class="choices ${size}">
      ${bets.map(({ selection, label }) => {
        const pick = `${selection.betType}/${selection.betValue}`;
        return html`<label class="choice choice--symbol" data-color=${selection.betValue}>
          <input
            type="radio"
            name="pick"
            value=${pick}
            .checked=${live(values.pick === pick)}
            @change=${() => act.type(name, { pick })}
          />
          ${label}${common ? nothing : html`<small>${priceOf(selection)}</small>`}
        </label>`;
      })}
    </div>
  </fieldset>`;
}

/** As "2×", or "2× – 1.5×" where the price depends on the result. @param {Selection} selection */
const priceOf = ({ multipliers }) =>
  [...new Set([multipliers[0], multipliers[multipliers.length - 1]])].map((price) => `${price}×`).join(" – ");

/**
 * The payout and its balance, as the stake is paid now.
 * @param {Game} game @param {Selection} selection @param {string} stake
 * @param {string} bonus The part of the stake from the bonus.
 */
function mayWin(game, { multipliers }, stake, bonus) {
  const paid = payout(stake, game.feePercent, multipliers[0]);
  const isUpTo = multipliers.some((price) => price !== multipliers[0]);
  return payoutText({ paid, net: subtract(paid, stake), bonus: bonusShare(paid, bonus, stake) }, isUpTo);
}

/** How the payout comes about. @param {Game} game @param {Selection} selection @param {string} stake */
function pays(game, selection, stake) {
  const [best, ...lower] = selection.multipliers;
  const whole = payout(stake, game.feePercent, "1");
  const paid = (/** @type {string} */ price) => {
    const amount = payout(stake, game.feePercent, price);
    return html`${money(amount)} <span class="muted">${signed(subtract(amount, stake))}</span>`;
  };
  return html`<dl class="sums">
    <dt>${t("room.fee", { percent: game.feePercent })}</dt>
    <dd>${money(subtract(stake, whole))}</dd>
    <dt>${t("room.times", { amount: money(whole), price: `${best}×` })}</dt>
    <dd>${paid(best)}</dd>
    ${lower.map(
      (price) =>
        html`<dt>${t("room.times.other", { amount: money(whole), price: `${price}×` })}</dt>
          <dd>${paid(price)}</dd>`,
    )}
    <dt>${t("room.return")}</dt>
    <dd>${selection.returnToPlayer} %</dd>
  </dl>`;
}
