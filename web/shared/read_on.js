// Where a list is read on that is filled by pages, newest first, and by pushes. Pure.

/**
 * @typedef {{ next: string | null, top: string | null }} ReadOn `next`: the cursor of the next page. `top`: the newest
 *   thing that a page had.
 */

/**
 * Where a list that pushes fill as well goes on. Pushed things were not read page by page, so they say nothing about
 * that. A first page that is read again goes on where the list does, if it reaches what was read before; else there is
 * a gap below it, and reading goes on there.
 * @param {ReadOn} known @param {string[]} ids Of the page, the newest first.
 * @param {{ next: string | null, isFirst: boolean }} page
 * @returns {ReadOn}
 */
export function readOn(known, ids, { next, isFirst }) {
  if (!isFirst) return { next, top: known.top };
  const isJoined = known.top !== null && ids.includes(known.top);
  return { next: isJoined && next !== null ? known.next : next, top: ids[0] ?? known.top };
}

/** @typedef {ReadOn & { readTo?: string | null }} BetsReadOn `readTo`: see `BetPages`. */

/**
 * As `readOn`, with the time to which bets have been read.
 * @param {BetsReadOn} known @param {string[]} ids
 * @param {{ next: string | null, readTo: string | null, isFirst: boolean }} page
 * @returns {BetsReadOn}
 */
export function readBetsOn(known, ids, page) {
  const read = readOn(known, ids, page);
  return { ...read, readTo: read.next === page.next ? page.readTo : known.readTo };
}
