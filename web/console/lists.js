// Lists that are read page by page. A refresh brings the rows up to date and keeps the pages that were read before it.

/**
 * @typedef {object} List
 * @property {any[]} items
 * @property {string | null} next The cursor of the next page.
 * @property {number} pages The pages that were read.
 * @property {boolean} [isCut] The server has more rows and no further page.
 * @property {string[]} [gone] The ids of rows that have left the list since its view was entered. The row that is shown
 *   beside the list stays in its place.
 */

/** The field that names a row, by the list's name. @type {Record<string, string>} */
const IDS = {
  rounds: "roundId",
  players: "userId",
  bets: "betId",
  gameBets: "betId",
  userDeposits: "orderId",
  userWithdrawals: "orderId",
  withdrawals: "orderId",
  deposits: "orderId",
  entries: "number",
  reconciliations: "reportId",
};

/** The lists that are read page by page, by the names of their keys. */
export const LIST_NAMES = Object.keys(IDS);

/** The name of a key such as `rounds:open`. @param {string} key */
const nameOf = (key) => key.split(":", 1)[0];

/** The id of a row. @param {string} key @param {any} row @returns {string} */
export const rowId = (key, row) => row[IDS[nameOf(key)]];

/**
 * A list with the rows of a further page.
 * @param {string} key @param {List} known @param {List} page @returns {List}
 */
export function extended(key, known, page) {
  const ids = new Set(known.items.map((row) => rowId(key, row)));
  const items = [...known.items, ...page.items.filter((row) => !ids.has(rowId(key, row)))];
  return { ...page, items, pages: known.pages + page.pages, gone: known.gone };
}

/**
 * A list after its first pages were read again. Known rows behind them stay as they are. Without a row in common,
 * nothing says where those go on, so the list begins anew.
 * @param {string} key @param {List | undefined} known @param {List} fresh
 * @param {string | null} shown The id of the row that is shown beside the list.
 * @returns {List}
 */
export function refreshed(key, known, fresh, shown) {
  if (!known) return fresh;
  const id = (/** @type {any} */ row) => rowId(key, row);
  const ids = new Set(fresh.items.map(id));
  const wasGone = known.gone ?? [];
  const last = fresh.next === null ? known.items.length - 1 : known.items.findLastIndex((row) => ids.has(id(row)));
  const behind = last < 0 ? [] : known.items.slice(last + 1).filter((row) => !wasGone.includes(id(row)));
  const left = known.items
    .slice(0, last + 1)
    .map(id)
    .filter((one) => !ids.has(one));
  const gone = [...new Set([...wasGone, ...left])].filter((one) => !ids.has(one));
  const items = [...fresh.items, ...behind];
  const kept = known.items.find((row) => id(row) === shown && gone.includes(id(row)));
  if (kept) items.splice(placeOf(known.items.indexOf(kept), known.items.map(id), items.map(id)), 0, kept);
  return behind.length > 0 ? { ...known, items, gone } : { ...fresh, items, gone };
}

/**
 * The place of a row that has left the list: behind the nearest row before it that is still there.
 * @param {number} index @param {string[]} before @param {string[]} now
 */
function placeOf(index, before, now) {
  const neighbour = before.slice(0, index).findLast((one) => now.includes(one));
  return neighbour === undefined ? 0 : now.indexOf(neighbour) + 1;
}

/**
 * A list without the rows that have left it, for a view that is entered.
 * @param {string} key @param {List} list @returns {List}
 */
export const withoutGone = (key, { gone = [], ...list }) => ({
  ...list,
  items: list.items.filter((row) => !gone.includes(rowId(key, row))),
});

/**
 * The next row after the one that is shown, or the first one, for which something holds.
 * @template T
 * @param {T[]} rows @param {number} index @param {(row: T) => boolean} holds
 */
export const nextRow = (rows, index, holds) =>
  [...rows.slice(index + 1), ...rows.slice(0, Math.max(index, 0))].find(holds);

/** Whether a key is that of a list. @param {string} key */
export const isList = (key) => LIST_NAMES.includes(nameOf(key));
