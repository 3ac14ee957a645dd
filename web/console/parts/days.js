// The first and the last day of a list by time.

import { html, live, nothing } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";
import { t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context @param {string} view */
export function days({ state }, view) {
  const { query } = state.route;
  const day = (/** @type {"from" | "to"} */ name) =>
    html`<div class="field">
      <label for="days-${name}">${t(`days.${name}`)}</label>
      <input
        class="input"
        id="days-${name}"
        type="date"
        .value=${live(query[name] ?? "")}
        @change=${(/** @type {Event} */ event) => {
          const { [name]: _, ...others } = query;
          const { value } = /** @type {HTMLInputElement} */ (event.target);
          location.hash = hashOf(view, null, value ? { ...others, [name]: value } : others);
        }}
      />
    </div>`;
  const { from, to, ...rest } = query;
  return html`<div class="days">
    ${day("from")} ${day("to")}
    ${from || to ? html`<a class="button" href=${hashOf(view, null, rest)}>${t("days.all")}</a>` : nothing}
  </div>`;
}
