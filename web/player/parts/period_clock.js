// How long a period still takes bets, and when it is drawn. No live region, as countdown.js.

import { html } from "../../shared/html.js";
import { phaseOf } from "../../shared/rooms.js";
import { countdown, secondsUntil } from "../../shared/time.js";
import { t } from "../texts.js";

/** @typedef {import("../../shared/types.d.ts").Period} Period */

/** The last seconds stand out. */
const LAST = 10;

/** Seconds to the end of the phase. @param {Period} period @param {number} now */
const secondsOf = (period, now) => secondsUntil(phaseOf(period, now) === "open" ? period.closesAt : period.endsAt, now);

const WORDS = /** @type {const} */ ({
  shut: "room.shut",
  open: "round.closesIn",
  closed: "room.drawnIn",
  ended: "room.drawing",
});

/** The countdown in digits, for a list of rooms. @param {Period} period @param {number} now */
export function shortClock(period, now) {
  const phase = phaseOf(period, now);
  if (phase === "ended") return html`<span class="clock clock--word muted">${t("room.drawing")}</span>`;
  const hidden = html`<span class="hidden-text">${t(WORDS[phase])} </span>`;
  return html`<span class="clock ${phase === "open" ? "" : "muted"}"
    >${hidden}${countdown(secondsOf(period, now))}</span
  >`;
}

/** The countdown of a room's own view. @param {Period} period @param {number} now */
export function periodClock(period, now) {
  const phase = phaseOf(period, now);
  const seconds = secondsOf(period, now);
  const [from, to] = phase === "open" ? [period.opensAt, period.closesAt] : [period.closesAt, period.endsAt];
  const whole = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  return html`<div class="countdown countdown--large ${phase === "open" && seconds <= LAST ? "countdown--last" : ""}">
    <p class="countdown-text">
      <span>${t(WORDS[phase])}</span><span class="clock">${phase === "ended" ? "0:00" : countdown(seconds)}</span>
    </p>
    <progress max=${whole} value=${Math.min(seconds, whole)} aria-label=${t("round.timeLeft")}></progress>
  </div>`;
}
