// What every check of the player's views needs: runs checks, and looks at each view.

import { SIZES, looks } from "./looks.mjs";

export { SIZES };

const look = looks("player");

let passed = 0;
/** @type {string[]} */
const failures = [];

export const results = () => ({ passed, failed: failures.length });

/**
 * Faults of a view that a check looks at fail it at its end.
 * @param {string} name @param {() => Promise<void>} check
 */
export async function check(name, check) {
  const begun = performance.now();
  look.take();
  try {
    await check();
    const wrong = look.take();
    expect(wrong.length === 0, wrong.join("\n"));
    passed += 1;
  } catch (error) {
    failures.push(name);
    console.error(`FAILED ${name}\n`, error, look.take().join("\n"));
  }
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${name}`);
}

/** @param {boolean} isTrue @param {string} otherwise */
export function expect(isTrue, otherwise) {
  if (!isTrue) throw new Error(otherwise);
}

/** Looks at the page in each size and scheme. */
export const lookAtAll = look.at;
