// Tables: rows become cards on a phone.

import { html, nothing, repeat } from "../../shared/html.js";
import { errorLine } from "../../player/parts/basics.js";
import { rowId } from "../lists.js";
import { has, said, t } from "../texts.js";

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
 * @param {{ label: string, columns: Column<T>[], rows: T[], id: (row: T) => string,
 *   isCurrent?: (row: T) => boolean }} table
 */
export const table = ({ label, columns, rows, id, isCurrent = () => false }) =>
  html`<div class="scroll" tabindex="0" role="region" aria-label=${t("console.table", { name: label })}>
    <table class="table table--cards" aria-label=${label}>
      <thead>
        <tr>
          ${columns.map(
            ({ label: head, kind }) =>
              html`<th scope="col" class=${kind === "num" ? "num" : ""}>
                ${kind === "acts" || kind === "mark" ? html`<span class="hidden-text">${head}</span>` : head}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          id,
          (row) =>
            html`<tr aria-current=${isCurrent(row) ? "true" : nothing}>
              ${columns.map((column) => cell(column, row))}
            </tr>`,
        )}
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
 * The end of a list: the number of its rows, those that have left it and why, and a button for more.
 * @param {Context} context @param {string} key @param {import("../lists.js").List} list
 */
export function listEnd({ state, act }, key, { items, next, isCut, gone = [] }) {
  const { status, problem, isMore } = state.loads[key] ?? {};
  const isBusy = status === "loading" && isMore === true;
  const left = `${key.replace(":", ".")}.left`;
  const staying = items.filter((row) => !gone.includes(rowId(key, row)));
  return html`<div class="table-foot">
    <span>
      ${t("console.shown", { count: String(staying.length) })} ${isCut ? t("console.isCut") : nothing}
      ${gone.length > 0 && has(left) ? said(left, { count: String(gone.length) }) : nothing}
    </span>
    ${
      next
        ? html`<button
            class="button"
            type="button"
            aria-disabled=${isBusy ? "true" : nothing}
            aria-busy=${isBusy ? "true" : nothing}
            @click=${() => act.more(key)}
          >
            ${t("more")}
          </button>`
        : nothing
    }
    ${status === "failed" && isMore && problem ? errorLine(problem, "more-error") : nothing}
  </div>`;
}

/**
 * The rows of a list. The current row has the state that the card beside the list shows.
 * @param {Context} context @param {string} key @param {import("../lists.js").List} list
 * @param {string} thing The name of the thing's key.
 */
export const rowsOf = ({ state }, key, { items }, thing) =>
  items.map((row) => (rowId(key, row) === state.route.id ? (state.data[`${thing}:${state.route.id}`] ?? row) : row));
