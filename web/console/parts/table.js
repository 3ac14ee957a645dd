// Tables: rows become cards on a phone.

import { html, nothing, repeat } from "../../vendor/lit-html.js";
import { t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/**
 * @template T
 * @typedef {object} Column
 * @property {string} label
 * @property {(row: T) => unknown} cell
 * @property {"num" | "lead" | "wide" | "acts" | "mark"} [kind] The lead names its row. Acts and marks have no label.
 */

/**
 * @template T
 * @param {{ label: string, columns: Column<T>[], rows: T[], id: (row: T) => string, isCurrent?: (row: T) => boolean }} table
 */
export const table = ({ label, columns, rows, id, isCurrent = () => false }) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t("console.table", { name: label })}>
  <table class="table table--cards" aria-label=${label}>
    <thead>
      <tr>
        ${columns.map(
          ({ label: head, kind }) => html`<th scope="col" class=${kind === "num" ? "num" : ""}>
            ${kind === "acts" || kind === "mark" ? html`<span class="hidden-text">${head}</span>` : head}
          </th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${repeat(rows, id, (row) => html`<tr aria-current=${isCurrent(row) ? "true" : nothing}>${columns.map((column) => cell(column, row))}</tr>`)}
    </tbody>
  </table>
</div>`;

/** @template T @param {Column<T>} column @param {T} row */
function cell({ label, kind, cell: content }, row) {
  if (kind === "lead") return html`<th scope="row" class="lead">${content(row)}</th>`;
  if (kind === "acts" || kind === "mark") return html`<td class=${kind}>${content(row)}</td>`;
  return html`<td class=${kind ?? ""} data-label=${label}>${content(row)}</td>`;
}

/**
 * The end of a list: how many rows are shown, and a button for more.
 * @param {Context} context @param {string} key @param {{ items: unknown[], next: string | null }} list
 */
export const listEnd = ({ act }, key, { items, next }) => html`<div class="table-foot">
  <span>${t("console.shown", { count: String(items.length) })}</span>
  ${next ? html`<button class="button" type="button" @click=${() => act.more(key)}>${t("more")}</button>` : nothing}
</div>`;
