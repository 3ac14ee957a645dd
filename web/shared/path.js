// Paths of the API. A value from an address or an answer stays one part of its path, whatever characters it has.

import { Refused, problemOf } from "./api.js";

/**
 * A path with its values encoded: path`/api/rounds/${id}/close`. Throws Refused for a value that no part of a path can
 * be: an empty one, and those with which an address means the folder itself or the one above.
 * @param {TemplateStringsArray} strings @param {(string | undefined)[]} values
 */
export const path = (strings, ...values) =>
  strings.reduce((whole, piece, index) => `${whole}${encoded(values[index - 1])}${piece}`);

/** @param {string | undefined} value */
function encoded(value) {
  if (value === undefined || ["", ".", ".."].includes(value)) throw new Refused(problemOf("not-found", 404));
  return encodeURIComponent(value);
}
