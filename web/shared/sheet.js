// CSV files for a person with a spreadsheet. Pure.

/** Tells a spreadsheet that the text is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";
/** The digits of a number that a spreadsheet keeps. */
const DIGITS_KEPT = 15;

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212]/;

/**
 * Whether a spreadsheet would store the text as another number, such as an id of sixteen digits.
 * @param {string} value
 */
function changesAsNumber(value) {
  if (/^-?\d+(?:\.\d+)?[eE][+-]?\d+$/.test(value)) return true;
  if (!NUMBER.test(value)) return false;
  const size = value.replace("-", "");
  return /^0\d/.test(size) || size.replace(".", "").replace(/^0+/, "").length > DIGITS_KEPT;
}

/**
 * The text of a cell: what a spreadsheet would evaluate or change gets an apostrophe in front.
 * @param {string} value
 */
export const cellOf = (value) =>
  (FORMULA.test(value) && !NUMBER.test(value)) || changesAsNumber(value) ? `'${value}` : value;

/** @param {string[][]} rows */
export const sheetOf = (rows) =>
  BYTE_ORDER_MARK +
  rows.map((row) => `${row.map((value) => `"${cellOf(value).replaceAll('"', '""')}"`).join(",")}\r\n`).join("");
