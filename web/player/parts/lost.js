// An answer that was lost: what was sent, what the page does about it, and how it ended.

import { html, nothing } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { newsOfLost, sentWords } from "../news.js";
import { isRepeated, unknownOf } from "../requests.js";
import { t, when } from "../texts.js";
import { icon, reference } from "./basics.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").MoneyRequest} MoneyRequest */
/** @typedef {import("../../shared/types.d.ts").Problem} Problem */

/** The longest pause between two attempts, in seconds. */
const PAUSE_MAX = 15;

/** @param {Context} context @param {string} name */
const formOf = ({ state }, name) => state.forms[name] ?? EMPTY_FORM;

/** Seconds until the page asks again; null while it asks. @param {Context} context @param {string} name */
function secondsToAsk(context, name) {
  const { askAt } = formOf(context, name);
  return askAt === null ? null : Math.max(1, Math.ceil((askAt - context.now) / 1000));
}

/** The words of the form's own button, which waits. @param {Context} context @param {string} name */
export function waitWords(context, name) {
  const seconds = secondsToAsk(context, name);
  return seconds === null ? t("lost.asking") : t("lost.in", { seconds: String(seconds) });
}

/**
 * The request of a form whose answer is not known, or how that ended; nothing for other forms.
 * @param {Context} context @param {string} name
 */
export function lost(context, name) {
  const { isUnknown, sent, outcome } = formOf(context, name);
  if (isUnknown) return unknown(context, name, /** @type {MoneyRequest} */ (sent));
  if (!outcome) return nothing;
  const isGood = outcome.kind === "arrived";
  // The news says it to a screen reader.
  return html`<div class="banner ${isGood ? "banner--good" : ""}">
    ${icon(isGood ? "check" : "info")}
    <p>${newsOfLost(context.state, outcome.request, outcome.kind).text}</p>
  </div>`;
}

/** @param {Context} context @param {string} name @param {MoneyRequest} request */
function unknown(context, name, request) {
  const { state, act } = context;
  const { problem } = formOf(context, name);
  const seconds = secondsToAsk(context, name);
  const isBet = request.kind === "bet" || request.kind === "gameBet";
  const isOff = state.link.kind === "off";
  const words = isOff ? "lost.off" : isRepeated(request, Date.now()) ? "lost.repeats" : "lost.looks";
  return html`<section class="unknown" role="alert" aria-labelledby="lost-${request.kind}">
    <h3 id="lost-${request.kind}">${icon("clock")}<span>${t(`lost.title.${request.kind}`)}</span></h3>
    <dl class="sent">
      <dt>${t("lost.sent")}</dt>
      <dd>${sentWords(state, request)}</dd>
      <dt>${t("lost.at")}</dt>
      <dd><time datetime=${request.at}>${when(request.at)}</time></dd>
    </dl>
    <p>${why(problem, request)} ${t(words)} ${problem ? reference(problem) : nothing}</p>
    <progress max=${PAUSE_MAX} value=${seconds ?? 0} aria-label=${t("lost.pause")}></progress>
    <div class="line">
      <button
        class="button"
        type="button"
        aria-disabled=${seconds === null ? "true" : nothing}
        @click=${() => act.askAgain(name)}
      >
        ${t("lost.ask")}
      </button>
      ${isBet ? html`<a class="small" href=${hashOf("bets")}>${t("lost.bets")}</a>` : nothing}
    </div>
  </section>`;
}

/** Why the answer is not known. @param {Problem | null} problem @param {MoneyRequest} request */
function why(problem, { firstAt }) {
  if (problem === null) return firstAt === 0 ? t("lost.why.reload") : "";
  if (problem.status === 0) return t("lost.why.lost");
  return t(problem.code === "unavailable" || problem.status === 408 ? "lost.why.late" : "lost.why.fault");
}

/** In other views, the way to the forms whose answers are not known. @param {Context} context */
export function lostElsewhere({ state }) {
  const { name, id } = state.route;
  const elsewhere = unknownOf(state).filter(([, { home }]) => home.name !== name || home.id !== id);
  return elsewhere.map(
    ([, request]) =>
      html`<div class="banner banner--warn" role="status">
        ${icon("clock")}
        <p>${t(`lost.title.${request.kind}`)}: ${sentWords(state, request)}.</p>
        <a class="button" href=${hashOf(request.home.name, request.home.id)}>${t("lost.see")}</a>
      </div>`,
  );
}
