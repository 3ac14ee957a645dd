// Computes the draw of a game's period from public values, by docs/games.md, without asking the server.

import { hmac } from "./draw.js";
import { fromHex } from "./hex.js";

/** @typedef {{ count: string, first: string, last: string }} Symbols As `GET /api/games` gives them. */

/** The message that draws a period. @param {string} id The room and the period @param {string | null} blockId */
export const periodMessage = (id, blockId) => `game\n${id}\n${blockId ?? "none"}`;

/**
 * The message that an oracle signs for the block of a period.
 * @param {string} id @param {{ block: string | null, blockTime: string | null, blockId: string | null }} proof
 */
export const blockMessage = (id, { block, blockTime, blockId }) =>
  `evens-block\n${id}\n${block}\n${Date.parse(blockTime ?? "")}\n${blockId}`;

/**
 * Draws symbols from bytes of HMAC-SHA256 under the seed. Bytes from the largest multiple of the number of values on
 * are skipped, so that all values are equally likely.
 * @param {string} seed 64 hexadecimal digits
 * @param {string} message
 * @param {Symbols} symbols
 * @returns {Promise<{ drawn: string[], bytes: string }>} `bytes`: the first 32 bytes, as hexadecimal digits.
 */
export async function drawSymbols(seed, message, symbols) {
  const [count, first, last] = [symbols.count, symbols.first, symbols.last].map(Number);
  const values = last - first + 1;
  if (!(count >= 1 && count <= 100 && values >= 1 && values <= 256)) throw new RangeError("no such symbols");
  /** @type {string[]} */
  const drawn = [];
  const blocks = [];
  while (drawn.length < count) {
    const block = await hmac(seed, `${message}\n${blocks.length}`);
    blocks.push(block);
    const accepted = [...fromHex(block)].filter((byte) => byte < 256 - (256 % values));
    drawn.push(...accepted.map((byte) => String((byte % values) + first)));
  }
  return { drawn: drawn.slice(0, count), bytes: blocks[0] };
}

/** The draw of a game that a block alone decides: the last decimal digit of its id. @param {string} blockId */
export const lastDigit = (blockId) => [...blockId].reverse().find((digit) => digit >= "0" && digit <= "9") ?? "0";
