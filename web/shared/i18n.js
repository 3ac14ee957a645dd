// Texts by their keys. Templates have `{name}` where a value stands.

/**
 * @template {Record<string, string>} C
 * @param {C} catalogue
 */
export function createTexts(catalogue) {
  /**
   * @param {keyof C & string} key
   * @returns {string}
   */
  const find = (key) => catalogue[key] ?? key;
  return {
    /** Whether the catalogue has the key. @param {string} key */
    has: (key) => key in catalogue,
    /**
     * A text with its values.
     * @param {keyof C & string} key
     * @param {Record<string, string>} [values]
     */
    t: (key, values = {}) => find(key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole),
    /**
     * A text whose values are templates: pieces of text and the values between them.
     * @param {keyof C & string} key
     * @param {Record<string, unknown>} values
     */
    rich: (key, values) =>
      find(key)
        .split(/\{(\w+)\}/g)
        .map((piece, index) => (index % 2 ? (values[piece] ?? `{${piece}}`) : piece)),
  };
}
