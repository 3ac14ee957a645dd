// The days of the month on which the player logged in.

import { html, nothing } from "../../shared/html.js";
import { locale, t } from "../texts.js";
import { loaded } from "./basics.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Attendance} Attendance */

/** @param {Context} context */
export const attendance = (context) =>
  html`<section class="card stack" aria-labelledby="attendance-title">
    ${loaded(context, "attendance", context.state.attendance !== null, t("attendance.failed"), () =>
      context.state.attendance ? calendar(context.state.attendance) : nothing,
    )}
  </section>`;

/**
 * Calendar days have no time zone of their own, so they are read as UTC and shown as UTC.
 * @param {string} month As `2026-11`.
 */
const monthName = (month) =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(locale(), { month: "long", year: "numeric", timeZone: "UTC" });

/** The days in weeks from Monday. @param {Attendance} attendance */
function calendar({ month, days, today, streak }) {
  const first = new Date(`${month}-01T00:00:00Z`);
  const before = (first.getUTCDay() + 6) % 7;
  return html`<div class="card-head">
      <h2 id="attendance-title">${monthName(month)}</h2>
      <span class="small">${t("attendance.streak", { count: String(streak) })}</span>
    </div>
    <ol class="days">
      ${Array.from({ length: before }, () => html`<li class="day day--none" aria-hidden="true"></li>`)}
      ${days.map(
        ({ date, hasLoggedIn }) =>
          html`<li class="day ${hasLoggedIn ? "day--on" : ""}" aria-current=${date === today ? "date" : nothing}>
            ${Number(date.slice(-2))}${
              hasLoggedIn ? html`<span class="hidden-text">, ${t("attendance.here")}</span>` : nothing
            }
          </li>`,
      )}
    </ol>
    <p class="hint">${t("attendance.note")}</p>`;
}
