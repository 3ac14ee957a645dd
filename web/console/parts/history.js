// The history of an order, and the approvals that acts on it or on a player wait for.

import { html, nothing } from "../../vendor/lit-html.js";
import { t } from "../texts.js";
import { card, time } from "./basics.js";

/** @param {{ at: string, cause: string }[]} lines */
export const history = (lines) =>
  card(
    t("order.history"),
    html`<ol class="history">
      ${lines.map(({ at, cause }) => html`<li>${time(at)} <span>${cause}</span></li>`)}
    </ol>`,
  );

/** Who has agreed, and when. @param {{ by: string, at: string }[]} approvals */
export const approvedBy = (approvals) =>
  approvals.length === 0
    ? html`<span class="muted">${t("order.unapproved")}</span>`
    : html`<ul class="plain">
        ${approvals.map(({ by, at }) => html`<li>${t("order.by", { by })} ${time(at)}</li>`)}
      </ul>`;

/** Acts that need another cashier. @param {{ wanted: string, approvals: { by: string, at: string }[] }[]} waiting */
export const waitingActs = (waiting) =>
  waiting.length === 0
    ? nothing
    : card(
        t("order.waiting"),
        html`<ul class="rows">
            ${waiting.map(
              ({ wanted, approvals }) => html`<li>
                <p class="row-title">${wanted}</p>
                <div class="small">${approvedBy(approvals)}</div>
              </li>`,
            )}
          </ul>
          <p class="hint">${t("order.waiting.note")}</p>`,
      );
