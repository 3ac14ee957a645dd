// The form for a bet. It keeps one Idempotency-Key until it is answered, so a double click is one bet.

import { html, live, nothing } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { add, commissionOn, compare, inPercent, isZero, smaller, subtract } from "../../shared/money.js";
import { signed } from "../paid.js";
import { amountOf, money, notAmount, sign, t, whenSet } from "../texts.js";
import { returnWords } from "../unmatched.js";
import { amountField } from "./amount_field.js";
import { errorLine, icon, letter, offWords, problemText, submit } from "./basics.js";
import { secondsLeft } from "./countdown.js";
import { lost, waitWords } from "./lost.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Round} Round */
/** @typedef {import("../../shared/types.d.ts").Side} Side */
/** @typedef {import("../../shared/types.d.ts").Problem} Problem */

const DEFAULT_STAKE = "10";

/** The current values of a round's form. @param {Context["state"]} state @param {string} roundId */
export function betOf(state, roundId) {
  const form = state.forms[`bet:${roundId}`] ?? EMPTY_FORM;
  const side = /** @type {Side} */ (form.values.side ?? (state.route.query.side === "B" ? "B" : "A"));
  // A stake that was typed in a round that has closed is kept for the next one.
  const typed = form.values.stake ?? state.forms.bet?.values.stake ?? DEFAULT_STAKE;
  return { form, side, typed, stake: amountOf(typed, state) };
}

/** Problems that belong under the stake; others stand at the button. */
const AT_STAKE = new Set(["insufficient-balance", "over-limit", "not-amount", "too-small"]);

/** @param {Context} context @param {Round} round */
export function betForm(context, round) {
  const { state, act, now } = context;
  if (state.exclusion?.isExcluded)
    return html`${lostAlone(context, round.roundId)}${excludedBanner(state.exclusion.until)}`;
  const { form, side, typed, stake } = betOf(state, round.roundId);
  const name = `bet:${round.roundId}`;
  const { problem } = form;
  const isAtStake =
    problem !== null && (AT_STAKE.has(problem.code) || (problem.code === "invalid" && problem.field === "amount"));
  const isClosed = secondsLeft(round, now) === 0;
  const isOff = state.platform !== null && !state.platform.bets;
  const shown = stake === null ? "–" : money(stake);
  const win = stake === null ? null : subtract(stake, commissionOn(stake, round.commissionRate ?? "0"));
  const words =
    win === null || stake === null ? { net: "–", paid: "–" } : { net: signed(win), paid: money(add(stake, win)) };
  return html`<form
    class="card stack"
    aria-labelledby="bet-title"
    novalidate
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.placeBet(round.roundId);
    }}
  >
    <h2 id="bet-title">${t("bet.title")}</h2>
    ${lost(context, name)}
    <fieldset class="stack" ?disabled=${form.isUnknown}>
      <legend class="hidden-text">${t("bet.title")}</legend>
      <fieldset>
        <legend class="hidden-text">${t("bet.side")}</legend>
        <div class="choices">${choice(context, name, "A", side, words)}${choice(context, name, "B", side, words)}</div>
      </fieldset>
      ${amountField(context, {
        form: name,
        name: "stake",
        label: t("bet.stake", { currency: sign(state) }),
        value: typed,
        problem: isAtStake ? problem : null,
        words: problem ? stakeWords(problem, state, round) : undefined,
        link: stakeLink(problem, round, side),
        chip: (amount) => t("bet.chip", { amount }),
      })}
    </fieldset>
    ${sums(context, round, { side, stake, words })}
    <div class="stack stack--8">
      ${submit(context, {
        label: isClosed
          ? t("bet.closed")
          : stake === null
            ? t("bet.choose", { side })
            : t("bet.place", { amount: shown, side }),
        isClosed: isClosed || isOff,
        why: isOff ? offWords(state, "bets", t("bet.off")) : undefined,
        busyLabel: form.isUnknown ? waitWords(context, name) : t("bet.placing"),
        isBusy: form.busy || form.isUnknown,
        kind: side === "A" ? "button--a" : "button--b",
      })}
      ${problem && !isAtStake && !form.isUnknown ? errorLine(problem, "bet-error") : nothing}
      <p class="hint">${meets(context, round, side, stake)}</p>
    </div>
  </form>`;
}

/**
 * The balance, the commission and what the bet wins and pays.
 * @param {Context} context @param {Round} round
 * @param {{ side: Side, stake: string | null, words: { net: string, paid: string } }} bet
 */
const sums = ({ state }, round, { side, stake, words }) =>
  html`<dl class="sums">
    <dt>${t("bet.have")}</dt>
    <dd>
      ${state.wallet ? money(state.wallet.balance) : "–"}
      ${
        isShort(state, stake)
          ? html`<a class="sums-link" href=${depositHash(round, side)}>${t("bet.deposit")}</a>`
          : nothing
      }
    </dd>
    ${
      round.commissionRate
        ? html`<dt>${t("bet.commission")}</dt>
            <dd>${t("bet.commission.rate", { percent: inPercent(round.commissionRate) })}</dd>`
        : nothing
    }
    <dt>${t("bet.win", { side })}</dt>
    <dd class="net--plus">${words.net}</dd>
    <dt class="total">${t("bet.paid")}</dt>
    <dd class="total">${words.paid}</dd>
  </dl>`;

/** A bet whose answer was lost, where the form for it is not shown. @param {Context} context @param {string} roundId */
export function lostAlone(context, roundId) {
  const shown = lost(context, `bet:${roundId}`);
  return shown === nothing
    ? nothing
    : html`<section class="card stack" aria-labelledby="bet-title">
        <h2 id="bet-title">${t("bet.title")}</h2>
        ${shown}
      </section>`;
}

/** Where a player without money goes, and comes back from. @param {Round} round @param {Side} side */
const depositHash = (round, side) => hashOf("wallet", null, { round: round.roundId, side });

/** @param {Problem | null} problem @param {Round} round @param {Side} side */
function stakeLink(problem, round, side) {
  if (problem?.code === "insufficient-balance")
    return html`<a href=${depositHash(round, side)}>${t("bet.deposit")}</a>`;
  return problem?.code === "over-limit" ? html`<a href=${hashOf("limits")}>${t("limits.see")}</a>` : nothing;
}

/** @param {Context["state"]} state @param {string | null} stake */
const isShort = ({ wallet }, stake) => wallet !== null && compare(wallet.balance, stake ?? "0") < 0;

/** @param {Problem} problem @param {Context["state"]} state @param {Round} round */
function stakeWords(problem, state, round) {
  switch (problem.code) {
    case "not-amount":
      return notAmount(state);
    case "too-small":
      return t("bet.tooSmall", { amount: money(round.stakeMin) });
    case "insufficient-balance":
      return t("bet.short", { amount: money(state.wallet?.balance ?? "0") });
    default:
      return problemText(problem, t("bet.stakeName"));
  }
}

/**
 * @param {Context} context @param {string} form @param {Side} side @param {Side} chosen
 * @param {{ net: string, paid: string }} words
 */
function choice({ act }, form, side, chosen, { net, paid }) {
  return html`<label class="choice choice--side ${side === "B" ? "choice--b" : ""}">
    <input
      type="radio"
      name="side"
      value=${side}
      .checked=${live(side === chosen)}
      @change=${() => act.type(form, { side })}
    />
    ${letter(side, true)}<span>${t("bet.sideOf", { side })}</span><small>${t("bet.wins", { net })}</small
    ><small>${t("bet.pays", { amount: paid })}</small>
  </label>`;
}

/**
 * The fate of the bet, given the stakes that wait now.
 * @param {Context} context @param {Round} round @param {Side} side @param {string | null} stake
 */
function meets({ state, now }, round, side, stake) {
  const other = side === "A" ? "B" : "A";
  const [against, before] = [round.waiting[other], round.waiting[side]];
  const returned = returnWords(state, round, now);
  if (!isZero(against)) {
    const matched = smaller(stake ?? against, against);
    return `${t("bet.against", { amount: money(matched), other })} ${stake !== null && compare(stake, against) > 0 ? returned : ""}`;
  }
  return `${isZero(before) ? t("bet.first", { other }) : t("bet.behind", { amount: money(before), side })} ${returned}`;
}

/** @param {string | null} [until] */
export const excludedBanner = (until) =>
  html`<div class="banner banner--warn">
    ${icon("info")}
    <p>${until ? t("bet.excluded", { time: whenSet(until) }) : t("bet.excluded.open")}</p>
    <a class="button" href=${hashOf("wallet")}>${t("bet.toWallet")}</a>
  </div>`;
