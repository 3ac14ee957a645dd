// The time of the server, as this machine's wrong clock has it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createApi } from "../shared/api.js";
import { clock, createClock } from "../shared/clock.js";
import { createKept } from "../shared/kept.js";
import { createStorage } from "../shared/storage.js";

const MINUTES = 60_000;
const REAL = Date.parse("2026-11-28T14:00:00.000Z");
const iso = (/** @type {number} */ at) => new Date(at).toISOString();
const header = (/** @type {number} */ at) => new Date(at).toUTCString();

test("a wrong clock is put right by times of the server", () => {
  for (const wrong of [10 * MINUTES, -10 * MINUTES, 0]) {
    let real = REAL;
    const it = createClock(() => real + wrong);
    assert.equal(it.now(), real + wrong, "before the first answer there is only the clock of the machine");
    // To the second alone: the header `Date`.
    real = REAL + 700;
    it.hear(header(real), real + wrong);
    assert.ok(Math.abs(it.now() - real) <= 500, `${wrong}: ${it.now() - real} ms`);
    // Another answer makes it closer, and one with parts of a second exact.
    real = REAL + 1_010;
    it.hear(header(real), real + wrong);
    assert.ok(Math.abs(it.now() - real) <= 200, `${wrong}: ${it.now() - real} ms`);
    it.hear(iso(real), real + wrong);
    assert.equal(Math.abs(it.now() - real) <= 1, true, `${wrong}: ${it.now() - real} ms`);
    // A slow answer is less exact, and changes nothing.
    real += 8_000;
    it.hear(iso(real - 4_000), real - 8_000 + wrong);
    assert.ok(Math.abs(it.now() - real) <= 1, `${wrong}: ${it.now() - real} ms`);
  }
});

test("a clock that is set while the page is open is put right by the next time", () => {
  let wrong = 0;
  const it = createClock(() => REAL + wrong);
  it.hear(iso(REAL), REAL);
  wrong = 10 * MINUTES;
  it.hear(iso(REAL), REAL + wrong);
  assert.ok(Math.abs(it.now() - REAL) <= 1);
  for (const none of ["", "yesterday"]) it.hear(none, REAL + wrong);
  assert.ok(Math.abs(it.now() - REAL) <= 1, "a text that is no time changes nothing");
});

test("every answer tells the time, but for one that was kept on the way", async () => {
  const send = (/** @type {Record<string, string>} */ headers, /** @type {object} */ body = {}) =>
    createApi({
      session: { token: async () => "t", user: () => "42" },
      fetch: async () => new Response(JSON.stringify(body), { headers }),
    }).get("/api/rounds");
  const ahead = (/** @type {number} */ by) => Date.now() + by;
  const isAbout = (/** @type {number} */ by) => Math.abs(clock.now() - ahead(by)) < 1_500;
  await send({ date: header(ahead(-10 * MINUTES)) });
  assert.ok(isAbout(-10 * MINUTES), "the header");
  await send({ date: header(ahead(-20 * MINUTES)), age: "600" });
  assert.ok(isAbout(-10 * MINUTES), "an answer that was kept");
  await send({ date: header(ahead(0)) }, { serverTime: iso(ahead(20 * MINUTES)) });
  assert.ok(isAbout(20 * MINUTES), "the body is exacter than the header");

  // A hash counts as seen before the draw by the time of the server.
  const kept = createKept(
    createStorage(() => null),
    () => "42",
  );
  kept.period("wheel-30", /** @type {any} */ ({ periodId: "1", seedHash: "ab" }));
  assert.equal(kept.ofPeriod("wheel-30-1", iso(ahead(10 * MINUTES))), null);
  assert.equal(kept.ofPeriod("wheel-30-1", iso(ahead(21 * MINUTES)))?.hash, "ab");
});
