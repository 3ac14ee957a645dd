// The form for a bet. It keeps one Idempotency-Key until it is answered, so a double click is one bet.

import { html, live, nothing } from "../../vendor/lit-html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { add, commissionOn, compare, inPercent, isZero, parseTyped, smaller, subtract } from "../../shared/money.js";
import { day, money, sign, t } from "../texts.js";
import { amountField } from "./amount_field.js";
import { errorLine, icon, letter, offWords, problemText, submit } from "./basics.js";
import { secondsLeft } from "./countdown.js";

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
  return { form, side, typed, stake: parseTyped(typed) };
}

/** Problems that belong under the stake; others stand at the button. */
const AT_STAKE = new Set(["insufficient-balance", "over-limit", "not-amount", "too-small"]);

/** @param {Context} context @param {Round} round */
export function betForm(context, round) {
  const { state, act, now } = context;
  if (state.exclusion?.isExcluded) return excludedBanner(state.exclusion.until);
  const { form, side, typed, stake } = betOf(state, round.roundId);
  const name = `bet:${round.roundId}`;
  const { problem } = form;
  const isAtStake = problem !== null && (AT_STAKE.has(problem.code) || (problem.code === "invalid" && problem.field === "amount"));
  const isClosed = secondsLeft(round, now) === 0;
  const isOff = state.platform !== null && !state.platform.bets;
  const shown = stake === null ? "–" : money(stake);
  const rate = round.commissionRate;
  const pays = stake === null ? "–" : money(subtract(add(stake, stake), commissionOn(stake, rate ?? "0")));
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
    <fieldset>
      <legend class="hidden-text">${t("bet.side")}</legend>
      <div class="choices">${choice(context, name, "A", side, pays)}${choice(context, name, "B", side, pays)}</div>
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
    <dl class="sums">
      <dt>${t("bet.have")}</dt>
      <dd>
        ${state.wallet ? money(state.wallet.balance) : "–"}
        ${isShort(state, stake) ? html`<a class="sums-link" href=${depositHash(round, side)}>${t("bet.deposit")}</a>` : nothing}
      </dd>
      ${rate ? html`<dt>${t("bet.commission")}</dt>
            <dd>${t("bet.commission.rate", { percent: inPercent(rate) })}</dd>` : nothing}
      <dt class="total">${t("bet.paid", { side })}</dt>
      <dd class="total">${pays}</dd>
    </dl>
    <div class="stack stack--8">
      ${submit(context, {
        label: isClosed ? t("bet.closed") : stake === null ? t("bet.choose", { side }) : t("bet.place", { amount: shown, side }),
        isClosed: isClosed || isOff,
        why: isOff ? offWords(state, "bets", t("bet.off")) : undefined,
        busyLabel: t("bet.placing"),
        isBusy: form.busy,
        kind: side === "A" ? "button--a" : "button--b",
      })}
      ${problem && !isAtStake ? errorLine(problem, "bet-error") : nothing}
      <p class="hint">${meets(round, side, stake)}</p>
    </div>
  </form>`;
}

/** Where a player without money goes, and comes back from. @param {Round} round @param {Side} side */
const depositHash = (round, side) => hashOf("wallet", null, { round: round.roundId, side });

/** @param {Problem | null} problem @param {Round} round @param {Side} side */
function stakeLink(problem, round, side) {
  if (problem?.code === "insufficient-balance") return html`<a href=${depositHash(round, side)}>${t("bet.deposit")}</a>`;
  return problem?.code === "over-limit" ? html`<a href=${hashOf("limits")}>${t("limits.see")}</a>` : nothing;
}

/** @param {Context["state"]} state @param {string | null} stake */
const isShort = ({ wallet }, stake) => wallet !== null && compare(wallet.balance, stake ?? "0") < 0;

/** @param {Problem} problem @param {Context["state"]} state @param {Round} round */
function stakeWords(problem, state, round) {
  switch (problem.code) {
    case "not-amount":
      return t("bet.notAmount");
    case "too-small":
      return t("bet.tooSmall", { amount: money(round.stakeMin) });
    case "insufficient-balance":
      return t("bet.short", { amount: money(state.wallet?.balance ?? "0") });
    default:
      return problemText(problem, t("bet.stakeName"));
  }
}

/** @param {Context} context @param {string} form @param {Side} side @param {Side} chosen @param {string} pays */
function choice({ act }, form, side, chosen, pays) {
  return html`<label class="choice choice--side ${side === "B" ? "choice--b" : ""}">
    <input type="radio" name="side" value=${side} .checked=${live(side === chosen)} @change=${() => act.type(form, { side })} />
    ${letter(side, true)}<span>${t("bet.sideOf", { side })}</span><small>${t("bet.pays", { amount: pays })}</small>
  </label>`;
}

/** The fate of the bet, given the stakes that wait now. @param {Round} round @param {Side} side @param {string | null} stake */
function meets(round, side, stake) {
  const other = side === "A" ? "B" : "A";
  const [against, before] = [round.waiting[other], round.waiting[side]];
  if (!isZero(against)) return t("bet.against", { amount: money(stake === null ? against : smaller(stake, against)), other });
  if (!isZero(before)) return t("bet.behind", { amount: money(before), side });
  return t("bet.first", { other });
}

/** @param {string | null} [until] */
export const excludedBanner = (until) => html`<div class="banner banner--warn">
  ${icon("info")}
  <p>${until ? t("bet.excluded", { day: day(until) }) : t("bet.excluded.open")}</p>
  <a class="button" href=${hashOf("wallet")}>${t("bet.toWallet")}</a>
</div>`;
