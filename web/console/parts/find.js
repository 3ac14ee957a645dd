// A form that opens a thing by its id.

import { html } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";
import { t } from "../texts.js";

/** @param {string} view @param {string} label */
export const find = (view, label) =>
  html`<form
    class="find"
    role="search"
    aria-label=${label}
    @submit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const input = /** @type {HTMLFormElement} */ (event.target).elements.namedItem("id");
      const id = input instanceof HTMLInputElement ? input.value.trim() : "";
      if (id) location.hash = hashOf(view, id);
    }}
  >
    <label class="label" for="find-id">${label}</label>
    <input class="input" id="find-id" name="id" autocomplete="off" spellcheck="false" />
    <button class="button">${t("console.find")}</button>
  </form>`;
