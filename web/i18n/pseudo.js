// A language for checks: English with accents, a third longer, in brackets.

/** @type {Record<string, string>} */
const ACCENTS = {
  a: "åå",
  e: "ëë",
  i: "ïï",
  o: "öö",
  u: "üü",
  A: "Å",
  E: "Ë",
  I: "Ï",
  O: "Ö",
  U: "Ü",
  c: "ç",
  n: "ñ",
  s: "š",
  y: "ý",
};

/** Places of values stay as they are. @param {string} text */
const accented = (text) => `[${text.replace(/\{\w+\}|[a-zA-Z]/g, (part) => ACCENTS[part] ?? part)}]`;

/** @param {Record<string, string>} catalogue @returns {Record<string, string>} */
export const pseudo = (catalogue) =>
  Object.fromEntries(Object.entries(catalogue).map(([key, text]) => [key, accented(text)]));
