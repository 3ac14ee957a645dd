// A field for an amount, with chips that set it.

import { html, live, nothing } from "../../shared/html.js";
import { money } from "../texts.js";
import { errorLine, problemText } from "./basics.js";

/** @typedef {import("../context.d.ts").Context} Context */

const CHIPS = ["10", "50", "100", "500"];

/**
 * @param {Context} context
 * @param {{ form: string, name: string, label: string, value: string,
 *   problem: import("../../shared/types.d.ts").Problem | null, words?: string, link?: unknown,
 *   chip: (amount: string) => string, hasOwnRow?: boolean }} field
 */
export function amountField(
  { act },
  { form, name, label, value, problem, words, link = nothing, chip, hasOwnRow = false },
) {
  const id = `${form.replace(/\W/g, "-")}-${name}`;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="stake ${hasOwnRow ? "stake--own-row" : ""}">
      <input
        class="input input--money"
        id=${id}
        name=${name}
        inputmode="decimal"
        autocomplete="off"
        .value=${live(value)}
        aria-invalid=${problem ? "true" : nothing}
        aria-describedby=${problem ? `${id}-error` : nothing}
        @input=${(/** @type {InputEvent} */ event) =>
          act.type(form, { [name]: /** @type {HTMLInputElement} */ (event.target).value })}
      />
      ${CHIPS.map(
        (amount) =>
          html`<button
            class="chip"
            type="button"
            aria-label=${chip(money(amount))}
            @click=${() => act.type(form, { [name]: amount })}
          >
            ${amount}
          </button>`,
      )}
    </div>
    ${errorLine(problem, `${id}-error`, words ?? (problem ? problemText(problem, label) : ""), link)}
  </div>`;
}

/**
 * A plain field.
 * @param {Context} context
 * @param {{ form: string, name: string, label: string, value: string, type?: string, autocomplete?: string,
 *   hint?: string, problem?: import("../../shared/types.d.ts").Problem | null, words?: string, link?: unknown,
 *   inputmode?: string }} field
 */
export function textField(
  { act },
  { form, name, label, value, type = "text", autocomplete = "off", inputmode, hint, problem, words, link = nothing },
) {
  const id = `${form.replace(/\W/g, "-")}-${name}`;
  const described = [problem ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      class="input"
      id=${id}
      name=${name}
      type=${type}
      autocomplete=${/** @type {any} */ (autocomplete)}
      inputmode=${/** @type {any} */ (inputmode ?? nothing)}
      .value=${live(value)}
      aria-invalid=${problem ? "true" : nothing}
      aria-describedby=${described || nothing}
      @input=${(/** @type {InputEvent} */ event) =>
        act.type(form, { [name]: /** @type {HTMLInputElement} */ (event.target).value })}
    />
    ${hint && !problem ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    ${errorLine(
      problem,
      `${id}-error`,
      words ?? (problem ? problemText(problem, label.replace(/ \(.*/, "")) : ""),
      link,
    )}
  </div>`;
}
