// The history of an order, and the approvals that acts on it or on a player wait for.

import { html, nothing } from "../../shared/html.js";
import { t } from "../texts.js";
import { card, time } from "./basics.js";
import { person } from "./person.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {{ at: string, cause: string }[]} lines */
export const history = (lines) =>
  card(
    t("order.history"),
    html`<ol class="history">
      ${lines.map(({ at, cause }) => html`<li>${time(at)} <span>${cause}</span></li>`)}
    </ol>`,
  );

/** The people who have agreed, and when. @param {Context} context @param {{ by: string, at: string }[]} approvals */
export const approvedBy = (context, approvals) =>
  approvals.length === 0
    ? html`<span class="muted">${t("order.unapproved")}</span>`
    : html`<ul class="plain">
        ${approvals.map(({ by, at }) => html`<li>${person(context, by)}, ${time(at)}</li>`)}
      </ul>`;

/**
 * Acts that need another cashier.
 * @param {Context} context @param {{ wanted: string, approvals: { by: string, at: string }[] }[]} waiting
 */
export const waitingActs = (context, waiting) =>
  waiting.length === 0
    ? nothing
    : card(
        t("order.waiting"),
        html`<ul class="rows">
            ${waiting.map(
              ({ wanted, approvals }) =>
                html`<li>
                  <p class="row-title">${wanted}</p>
                  <div class="small">${approvedBy(context, approvals)}</div>
                </li>`,
            )}
          </ul>
          <p class="hint">${t("order.waiting.note")}</p>`,
      );
