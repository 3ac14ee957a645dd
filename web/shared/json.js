// JSON whose numbers stay texts. An amount has up to 28 digits, more than a binary float keeps, so no number of an
// answer becomes one: `{"balance":100.50}` is read as `{ balance: "100.50" }`. The API takes amounts as texts, too.

/** A string, or a number outside of strings: strings are matched whole, so that digits in them are left alone. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON, with each number as the text of its digits.
 * @param {string} text
 * @returns {any} Throws a SyntaxError where the text is not JSON.
 */
export function parseJson(text) {
  return JSON.parse(text.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`)));
}
