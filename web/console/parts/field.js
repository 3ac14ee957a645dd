// A field of a form: its label, its control, and one hint or one error.

import { html, live, nothing } from "../../shared/html.js";
import { errorLine } from "../../player/parts/basics.js";
import { problemText } from "../../player/problem_text.js";
import { REASON_MAX, fileValue, valueOf } from "../acts/fields.js";
import { named, said } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../acts/fields.js").Field} Field */
/** @typedef {import("../../shared/types.d.ts").Problem} Problem */

/** @type {Record<string, string>} */
const TYPES = { password: "password", moment: "datetime-local", day: "date" };

/**
 * @param {Context} context @param {string} form @param {Field} field @param {Record<string, string>} values
 * @param {Problem | null} problem The form's problem; it is shown here where it is about this field.
 * @param {boolean} [isLocked] It was sent, and the answer is not known.
 */
export function fieldOf({ act }, form, field, values, problem, isLocked = false) {
  const { name, kind } = field;
  const id = `${form.replace(/\W/g, "-")}-${name}`;
  const own = problem?.field === name ? problem : null;
  const hint =
    kind === "reason" ? said("field.reason.hint", { most: String(REASON_MAX) }) : field.hint ? said(field.hint) : "";
  const isInvalid = own ? "true" : nothing;
  const described = own ? `${id}-error` : hint ? `${id}-hint` : nothing;
  const type = (/** @type {Event} */ event) =>
    act.type(form, { [name]: /** @type {HTMLInputElement} */ (event.target).value });
  const choose = (/** @type {Event} */ event) => {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    act.attach(file ?? null);
    act.type(form, { [name]: fileValue(file) });
  };
  const label = kind === "typed" ? said("field.typed", { text: field.options?.[0] ?? "" }) : said(`field.${name}`);
  const value = valueOf(field, values);
  const typed = values[name] ?? "";
  const control =
    kind === "choice"
      ? html`<select
          class="input"
          id=${id}
          name=${name}
          ?disabled=${isLocked}
          .value=${live(value)}
          aria-invalid=${isInvalid}
          aria-describedby=${described}
          @change=${type}
        >
          ${field.options?.map(
            (option) =>
              html`<option value=${option} ?selected=${option === value}>${named(`option.${name}`, option)}</option>`,
          )}
        </select>`
      : kind === "file"
        ? html`<input
            class="input"
            id=${id}
            name=${name}
            type="file"
            ?disabled=${isLocked}
            aria-invalid=${isInvalid}
            aria-describedby=${described}
            @change=${choose}
          />`
        : kind === "reason"
          ? html`<textarea
              class="input"
              id=${id}
              name=${name}
              rows="3"
              ?disabled=${isLocked}
              .value=${live(typed)}
              aria-invalid=${isInvalid}
              aria-describedby=${described}
              @input=${type}
            ></textarea>`
          : html`<input
              class="input ${kind === "amount" ? "input--money" : ""}"
              id=${id}
              name=${name}
              ?disabled=${isLocked}
              type=${TYPES[kind] ?? "text"}
              inputmode=${kind === "amount" ? "decimal" : kind === "number" ? "numeric" : nothing}
              autocomplete=${kind === "password" ? "current-password" : "off"}
              .value=${live(typed)}
              aria-invalid=${isInvalid}
              aria-describedby=${described}
              @input=${type}
            />`;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${control} ${hint && !own ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    ${own ? errorLine(own, `${id}-error`, textOf(own, label)) : nothing}
  </div>`;
}

/** @param {Problem} problem @param {string} label */
const textOf = (problem, label) => (problem.detail ? problemText(problem, label) : said(`problem.${problem.code}`));
