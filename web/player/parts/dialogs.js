// Dialogs: one sentence about the consequence, and the choice without consequence first.

import { html, nothing, ref } from "../../shared/html.js";
import { openModal } from "../../shared/modal.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { isZero } from "../../shared/money.js";
import { money, t, whenSet } from "../texts.js";
import { errorLine } from "./basics.js";
import { cancelWithdrawal, changeLimit, confirmExclusion, confirmWithdrawal, removePayee } from "./dialogs_account.js";

/** @typedef {import("../context.d.ts").Context} Context */

/** @param {Context} context */
export function dialogs(context) {
  const { dialog } = context.state;
  if (dialog?.name === "takeBack" && dialog.id) return takeBack(context, dialog.id);
  if (dialog?.name === "reality") return reality(context, dialog.since ?? "");
  const found = dialog && ofAccount(context, dialog);
  return found ? modal(context, found.title, found.content) : nothing;
}

/** @param {Context} context @param {NonNullable<Context["state"]["dialog"]>} dialog */
function ofAccount(context, { name, id = "", months = "" }) {
  if (name === "withdraw") return confirmWithdrawal(context);
  if (name === "cancelWithdrawal") return cancelWithdrawal(context, id);
  if (name === "removePayee") return removePayee(context, id);
  if (name === "limit") return changeLimit(context, id);
  return name === "exclude" ? confirmExclusion(context, months) : null;
}

/** @param {Context} context @param {string} title @param {unknown} content */
const modal = ({ act }, title, content) =>
  html`<dialog
    class="dialog"
    aria-labelledby="dialog-title"
    ${ref(openModal)}
    @close=${() => act.ask(null)}
    @cancel=${() => act.ask(null)}
  >
    <div class="dialog-body">
      <h2 id="dialog-title">${title}</h2>
      ${content}
    </div>
  </dialog>`;

/** @param {Context} context @param {string} betId */
function takeBack(context, betId) {
  const { state, act } = context;
  const bet = state.bets[betId];
  if (!bet) return nothing;
  const form = state.forms[`takeBack:${betId}`] ?? EMPTY_FORM;
  const amount = money(bet.open);
  const matched = isZero(bet.matched) ? "" : ` ${t("takeBack.rest", { amount: money(bet.matched) })}`;
  return modal(
    context,
    t("takeBack.title", { amount }),
    html`<p>${t("takeBack.text", { amount, side: bet.side })}${matched}</p>
      ${errorLine(form.problem, "take-back-error")}
      <div class="dialog-acts">
        <button class="button" type="button" autofocus @click=${() => act.ask(null)}>${t("takeBack.keep")}</button>
        <button
          class="button button--primary"
          type="button"
          aria-disabled=${form.busy ? "true" : nothing}
          @click=${() => act.takeBack(betId)}
        >
          ${t("takeBack.go", { amount })}
        </button>
      </div>`,
  );
}

/** The reminder that the player has set. @param {Context} context @param {string} since */
function reality(context, since) {
  const { state, act } = context;
  const form = state.forms.reality ?? EMPTY_FORM;
  const today = (/** @type {string} */ kind) => state.limits?.limits.find((limit) => limit.limitId === `${kind}-day`);
  const [staked, lost] = [today("stakes")?.used, today("losses")?.used];
  const countedSince = today("losses")?.countedSince;
  return modal(
    context,
    t("reality.title", { time: since ? whenSet(since) : "–" }),
    html`<p>${countedSince ? t("reality.text.since", { time: whenSet(countedSince) }) : t("reality.text")}</p>
      <dl class="sums">
        <dt>${t("reality.staked")}</dt>
        <dd>${staked ? money(staked) : "–"}</dd>
        <dt class="total">${t("reality.lost")}</dt>
        <dd class="total">${lost ? money(lost) : "–"}</dd>
      </dl>
      ${errorLine(form.problem, "reality-error")}
      <div class="dialog-acts">
        <button class="button" type="button" aria-disabled=${form.busy ? "true" : nothing} @click=${() => act.playOn()}>
          ${t("reality.go")}
        </button>
        <button class="button button--primary" type="button" autofocus @click=${() => act.takeBreak()}>
          ${t("reality.break")}
        </button>
      </div>`,
  );
}
