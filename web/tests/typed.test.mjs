// Texts as people type and paste them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, ungrouped } from "../shared/typed.js";

test("digits of every script are read, and invisible marks are left out", () => {
  const table = [
    ["184268", "184268"],
    ["१८४२६८", "184268"],
    ["٠١٢٣٤٥٦٧٨٩", "0123456789"],
    ["১২৩ ૪૫૬ ௭௮௯", "123 456 789"],
    ["\u{1d7d8}\u{1d7e3}\u{1d7ff}", "019"],
    ["１２３", "123"],
    ["\u200e184\u00ad268\ufeff", "184268"],
    ["ten, ½", "ten, ½"],
  ];
  for (const [typed, expected] of table) assert.equal(plain(typed), expected, typed);
});

test("a code is read in the groups of its message", () => {
  for (const typed of [
    "184268",
    "184-268",
    " 184 268 ",
    "184\u2011268",
    "184–268",
    "\u202a१८४-२६८\u202c",
    "184\u00a0268",
  ])
    assert.equal(ungrouped(typed), "184268", typed);
  assert.equal(ungrouped("18426O"), "18426O");
  assert.equal(ungrouped("IN12 3456-78"), "IN12345678");
});
