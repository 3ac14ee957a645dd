// The dialog of an act: what will happen in one sentence, why, and the choice without consequence first.

import { html, nothing, ref } from "../../shared/html.js";
import { errorLine } from "../../player/parts/basics.js";
import { openModal } from "../../shared/modal.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { fieldsOf } from "../acts/fields.js";
import { ACTS } from "../acts/index.js";
import { subjectWords } from "../people.js";
import { has, said, t } from "../texts.js";
import { fieldOf } from "./field.js";
import { isAwaited, payoutFacts } from "./payout_facts.js";
import { reportOf } from "./report.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** Acts that pay money to a bank account: their dialogs show who is paid and where. */
const PAYING = ["withdrawal.approve", "withdrawal.reject", "withdrawal.retry", "withdrawal.giveBack"];

/** @param {Context} context */
export function dialog(context) {
  const { state, act } = context;
  const open = state.dialog;
  if (!open) return nothing;
  return html`<dialog
    class="dialog ${PAYING.includes(open.act) ? "dialog--wide" : ""}"
    aria-labelledby="dialog-title"
    ${ref(openModal)}
    @close=${() => act.close()}
    @cancel=${() => act.close()}
  >
    <form
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        if (!isBlind(context, open)) void act.confirm();
      }}
    >
      ${open.report ? reportOf(context, open.report) : question(context, open)}
    </form>
  </dialog>`;
}

/**
 * Whether the facts for a decision are not there yet.
 * @param {Context} context @param {import("../types.d.ts").Dialog} open
 */
const isBlind = (context, open) => PAYING.includes(open.act) && isAwaited(context, open.subject.orderId);

/**
 * What will happen, the fields, and the choice.
 * @param {Context} context @param {import("../types.d.ts").Dialog} open
 */
function question(context, open) {
  const { state, act } = context;
  const { fields, kind = "action" } = {
    ...ACTS[open.act],
    fields: fieldsOf(ACTS[open.act], open, state.forms.act?.values ?? {}),
  };
  const { values, problem, busy, isUnknown } = state.forms.act ?? EMPTY_FORM;
  const key = `act.${open.act}`;
  const words = subjectWords(state, open.subject);
  const text = open.subject.isAlone && has(`${key}.alone`) ? `${key}.alone` : `${key}.text`;
  const isElsewhere = problem !== null && !fields.some(({ name }) => name === problem.field);
  return html`<h2 id="dialog-title">${said(`${key}.title`, words)}</h2>
    ${has(text) ? html`<p>${said(text, words)}</p>` : nothing}
    ${PAYING.includes(open.act) ? payoutFacts(context, open.subject.orderId) : nothing}
    ${open.subject.note ? html`<p class="small">${open.subject.note}</p>` : nothing}
    ${open.needsPassword ? html`<p class="banner">${t("act.password")}</p>` : nothing}
    ${fields.map((field) => fieldOf(context, "act", field, values, problem, isUnknown && field.kind !== "password"))}
    ${isUnknown ? html`<p class="banner banner--warn" role="alert">${t("act.unknown")}</p>` : nothing}
    ${isElsewhere && !isUnknown ? errorLine(problem, "act-error") : nothing}
    <div class="dialog-acts">
      <button class="button" type="button" autofocus @click=${() => act.close()}>${t("act.cancel")}</button>
      <button
        class="button ${kind === "danger" ? "button--danger" : "button--primary"}"
        aria-disabled=${busy || isBlind(context, open) ? "true" : nothing}
        aria-busy=${busy ? "true" : nothing}
      >
        ${isUnknown ? t("act.repeat") : said(`${key}.verb`, open.subject)}
      </button>
    </div>`;
}
