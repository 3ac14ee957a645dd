// When the page says that an unmatched stake is returned.

import assert from "node:assert/strict";
import { test } from "node:test";
import { returnNote, returnWords } from "../player/unmatched.js";
import { INITIAL } from "../shared/reduce.js";
import { BET } from "./facts.mjs";

const NOW = Date.parse("2026-11-24T18:21:40Z");
const inMinutes = (minutes) => new Date(NOW + minutes * 60_000).toISOString();
const state = { ...INITIAL, platform: /** @type {any} */ ({ refundAfterSeconds: "300" }) };

test("before a bet, the time is that of the platform, unless the round closes earlier", () => {
  const words = (closesBy) => returnWords(state, /** @type {any} */ ({ closesBy }), NOW);
  assert.equal(words(inMinutes(180)), "A part that finds no opponent is returned after 5 min.");
  assert.equal(words(null), "A part that finds no opponent is returned after 5 min.");
  assert.equal(words(inMinutes(4)), "A part that finds no opponent is returned when the round closes.");
  assert.equal(returnWords(INITIAL, /** @type {any} */ ({ closesBy: null }), NOW), "", "before the settings are read");
});

test("an unmatched bet names the moment until it has passed", () => {
  const note = (placedAgo, closesBy) =>
    returnNote(
      { ...state, rounds: { [BET.roundId]: /** @type {any} */ ({ closesBy }) } },
      { ...BET, createdAt: inMinutes(-placedAgo) },
      NOW,
    );
  const minutesOf = (text) => /:(\d\d)/.exec(text)?.[1];
  assert.match(note(1, inMinutes(180)), /^A part that finds no opponent is returned at .*\.$/);
  assert.equal(minutesOf(note(1, inMinutes(180))), "25");
  assert.equal(minutesOf(note(1, inMinutes(2))), "23");
  assert.equal(note(6, inMinutes(180)), "");
});
