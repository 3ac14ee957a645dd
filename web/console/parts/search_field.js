// The field of the search: in the header on a desktop, in the search's own view on a phone. `/` goes to it.

import { html, live } from "../../shared/html.js";
import { icon } from "../../player/parts/basics.js";
import { t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context @param {"header" | "view"} place */
export function searchField({ state, act }, place) {
  const id = place === "header" ? "search-text" : "search-text-inline";
  const text = typedIn(id) ?? (state.route.name === "search" ? (state.route.query.text ?? "") : "");
  const valueOf = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLElement} */ (event.currentTarget).querySelector("input");
    return input instanceof HTMLInputElement ? input.value : "";
  };
  return html`<form
    class=${place === "header" ? "search" : "search-inline"}
    role="search"
    aria-label=${t("search.label")}
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.search(valueOf(event), true);
    }}
    @input=${(/** @type {Event} */ event) => act.search(valueOf(event), false)}
    @keydown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      /** @type {HTMLElement | null} */ (document.querySelector(".found a"))?.focus();
    }}
  >
    <div class="with-icon">
      ${icon("search")}
      <label class="hidden-text" for=${id}>${t("search.field")}</label>
      <input
        class="input"
        id=${id}
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder=${t("search.placeholder")}
        .value=${live(text)}
      />
      ${place === "header" ? html`<kbd aria-hidden="true">/</kbd>` : ""}
    </div>
  </form>`;
}

/** The text of a field that has the focus: it is ahead of the address. @param {string} id @returns {string | null} */
function typedIn(id) {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && field.id === id ? field.value : null;
}

/** Up and down among the results; above the first one is the field. @param {KeyboardEvent} event */
export function moveAmongResults(event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".found a"))];
  const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at < 0) return;
  event.preventDefault();
  const to = links[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (to) to.focus();
  else if (event.key === "ArrowUp") focusSearch();
}

/** Moves the focus into the field that is shown. @returns {boolean} Whether there is one. */
export function focusSearch() {
  const fields = [
    .../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[role=search] input[type=search]")),
  ];
  const shown = fields.find((field) => field.offsetParent !== null);
  shown?.focus();
  shown?.select();
  return Boolean(shown);
}
