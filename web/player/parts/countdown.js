// How long a round still takes bets. No live region: it would speak each second. The page's one region says "Ten
// seconds left" once.

import { html, nothing } from "../../shared/html.js";
import { countdown, secondsUntil } from "../../shared/time.js";
import { t, whenSet } from "../texts.js";

/** @typedef {import("../../shared/types.d.ts").Round} Round */

/** A round whose end is further away shows its day instead of a countdown, in seconds. */
const COUNTED = 3600;
/** The last seconds stand out. */
const LAST = 10;

/** A round of the local stage that closes by itself once it has both sides. @param {Round} round */
export const isQuick = (round) => round.roundId.startsWith("quick-");

/** Seconds until the round closes; null where that is not counted down. @param {Round} round @param {number} now */
export function secondsLeft(round, now) {
  if (round.state !== "OPEN" || !round.closesBy) return null;
  const seconds = secondsUntil(round.closesBy, now);
  return seconds <= COUNTED ? seconds : null;
}

/**
 * Whether a quick round still waits for one of its sides: then its end is a day away.
 * @param {Round} round @param {number} now
 */
export const isWaitingForSides = (round, now) =>
  isQuick(round) && round.state === "OPEN" && secondsLeft(round, now) === null;

/** One line for a card. @param {Round} round @param {number} now */
export function closesNote(round, now) {
  const seconds = secondsLeft(round, now);
  if (seconds !== null) return html`${t("round.closesIn")} <span class="clock">${countdown(seconds)}</span>`;
  if (isQuick(round) || !round.closesBy) return t("round.open");
  return t("round.closesAt", { time: whenSet(round.closesBy) });
}

/** The countdown of the round's own view. @param {Round} round @param {number} now */
export function closing(round, now) {
  const seconds = secondsLeft(round, now);
  if (seconds === null) {
    const until = round.closesBy && !isQuick(round) ? t("round.closesAt", { time: whenSet(round.closesBy) }) : nothing;
    const note = isWaitingForSides(round, now) ? t("play.quick.note") : until;
    return html`<div class="countdown">
      <p class="countdown-text"><span class="clock">${t("round.open.note")}</span><span>${note}</span></p>
    </div>`;
  }
  const whole = Math.max(LAST, Math.round((Date.parse(round.closesBy ?? "") - Date.parse(round.openedAt)) / 1000));
  return html`<div class="countdown countdown--large ${seconds <= LAST ? "countdown--last" : ""}">
    <p class="countdown-text">
      <span>${seconds === 0 ? t("round.closing") : t("round.closesIn")}</span
      ><span class="clock">${countdown(seconds)}</span>
    </p>
    <progress
      max=${isQuick(round) ? LAST : whole}
      value=${Math.min(seconds, isQuick(round) ? LAST : whole)}
      aria-label=${t("round.timeLeft")}
    ></progress>
  </div>`;
}
