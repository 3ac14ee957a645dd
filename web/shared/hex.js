// Bytes as hexadecimal digits.

/** @param {string} text Pairs of hexadecimal digits. */
export function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RangeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {ArrayBuffer | Uint8Array} bytes */
export const toHex = (bytes) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text Base64 */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Digits in groups of four, so that two hashes can be compared by eye. @param {string} hex */
export const inFours = (hex) => hex.replace(/(.{4})(?=.)/g, "$1 ");
