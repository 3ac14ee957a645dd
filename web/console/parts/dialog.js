// The dialog of an act: what will happen in one sentence, why, and the choice without consequence first.

import { html, nothing, ref } from "../../vendor/lit-html.js";
import { errorLine } from "../../player/parts/basics.js";
import { openModal } from "../../shared/modal.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { fieldsOf } from "../acts/fields.js";
import { ACTS } from "../acts/index.js";
import { has, said, t } from "../texts.js";
import { fieldOf } from "./field.js";
import { reportOf } from "./report.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context */
export function dialog(context) {
  const { state, act } = context;
  const open = state.dialog;
  if (!open) return nothing;
  return html`<dialog class="dialog" aria-labelledby="dialog-title" ${ref(openModal)} @close=${() => act.close()} @cancel=${() => act.close()}>
    <form
      novalidate
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void act.confirm();
      }}
    >
      ${open.report ? reportOf(context, open.report) : question(context, open)}
    </form>
  </dialog>`;
}

/** What will happen, the fields, and the choice. @param {Context} context @param {import("../types.d.ts").Dialog} open */
function question(context, open) {
  const { state, act } = context;
  const { fields, kind = "action" } = { ...ACTS[open.act], fields: fieldsOf(ACTS[open.act], open, state.forms.act?.values ?? {}) };
  const { values, problem, busy } = state.forms.act ?? EMPTY_FORM;
  const key = `act.${open.act}`;
  const isElsewhere = problem !== null && !fields.some(({ name }) => name === problem.field);
  return html`<h2 id="dialog-title">${said(`${key}.title`, open.subject)}</h2>
      ${has(`${key}.text`) ? html`<p>${said(`${key}.text`, open.subject)}</p>` : nothing}
      ${open.subject.note ? html`<p class="small">${open.subject.note}</p>` : nothing}
      ${open.needsPassword ? html`<p class="banner">${t("act.password")}</p>` : nothing}
      ${fields.map((field) => fieldOf(context, "act", field, values, problem))}
      ${isElsewhere ? errorLine(problem, "act-error") : nothing}
      <div class="dialog-acts">
        <button class="button" type="button" autofocus @click=${() => act.close()}>${t("act.cancel")}</button>
        <button class="button ${kind === "danger" ? "button--danger" : "button--primary"}" aria-disabled=${busy ? "true" : nothing}>
          ${said(`${key}.verb`, open.subject)}
        </button>
      </div>`;
}
