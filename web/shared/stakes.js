// The stakes of a round on each side.

import { add, compare } from "./money.js";

/** @typedef {import("./types.d.ts").Round} Round */

/**
 * The unmatched stakes. After its end nothing waits in a round, though totals of a moment ago may still say so.
 * @param {Round} round
 */
export const waitingOf = ({ state, waiting }) => (state === "OPEN" ? waiting : { A: "0", B: "0" });

/** @param {Round} round @returns {{ a: string, b: string, most: string }} */
export function totals(round) {
  const waiting = waitingOf(round);
  const [a, b] = [add(round.matched.A, waiting.A), add(round.matched.B, waiting.B)];
  return { a, b, most: compare(a, b) > 0 ? a : b };
}
