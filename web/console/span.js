// Lists by time: the days in the address, and the part of a list that they ask for. Days are those of this browser.

/** @typedef {import("../shared/types.d.ts").Route} Route */

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The start of a day of this browser, some days later. @param {string} day @param {number} later */
function startOf(day, later) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/**
 * The parameters `since` and `until` of a list from the first day in the address to the last one, both included.
 * @param {Route} route
 */
export function spanOf({ query: { from = "", to = "" } }) {
  return new URLSearchParams([
    ...(DAY.test(from) ? [["since", startOf(from, 0)]] : []),
    ...(DAY.test(to) ? [["until", startOf(to, 1)]] : []),
  ]).toString();
}

/**
 * The key of a list, which differs for each part of it.
 * @param {string} name @param {string} list @param {Route} route
 */
export function spanKey(name, list, route) {
  const span = spanOf(route);
  return `${name}:${list}${span && `?${span}`}`;
}

/** A list and its part, as `spanKey` wrote them. @param {string} id */
export function spanParts(id) {
  const [list, span = ""] = id.split("?", 2);
  return { list, span: span && `&${span}` };
}
