// Texts as people type and paste them: with digits of their own script, and with marks that are not seen. Pure.

/** A digit of any script, such as "०" or "٣". */
const DIGIT = /\p{Nd}/u;

/** The digits of a script stand in a row, from 0 to 9. @param {string} digit */
function valueOf(digit) {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

/** The text with the digits 0 to 9 alone, and without invisible marks. @param {string} text */
export const plain = (text) => text.replace(/\p{Cf}/gu, "").replace(/[^\P{Nd}0-9]/gu, valueOf);

/**
 * A code or a number of an account, without the spaces and dashes that stand between its groups.
 * @param {string} text
 */
export const ungrouped = (text) => plain(text).replace(/[\s\p{Pd}]/gu, "");
