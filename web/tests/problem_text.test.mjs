// The words of problems, in English and in Hindi.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { en } from "../i18n/en.js";
import { problemText } from "../player/problem_text.js";
import { useLanguage } from "../player/texts.js";

globalThis.document ??= /** @type {any} */ ({ documentElement: {} });
after(() => useLanguage("en"));

const LATIN = /[a-z]{3,}/i;
const problem = (code, detail, more = {}) => ({ code, status: 409, title: "A title", detail, ...more });
const invalid = (field, rest) => problem("invalid", `${field} ${rest}`, { field, status: 422 });

test("a fault of a field names the field as the page does, and never as the API does", async () => {
  const table = [
    [
      "phone",
      "is not a valid phone number such as +919876543210",
      "Phone number is not a valid phone number, such as +919876543210.",
    ],
    ["phoneNo", "is missing", "Phone number is missing."],
    ["newPassword", "must have at least 8 characters", "New password must have at least 8 characters."],
    ["code", "must be six digits", "The code has six digits."],
    ["code", "must be eight digits", "The code has eight digits."],
    ["account", "has 2 characters; it must have 6 to 34", "Account number must have 6 to 34 characters."],
    ["amount", "must be at most 1000000000000", "Amount must be at most 1,000,000,000,000.00."],
    [
      "userName",
      "has the character U+200E, which is invisible or changes the text around it",
      "Name has a character that cannot be used.",
    ],
    ["somethingNew", "must be odd", "This value must be odd"],
  ];
  for (const [field, rest, expected] of table) assert.equal(problemText(invalid(field, rest)), expected, field);
  assert.equal(
    problemText(invalid("userName", "must have 1 to 32 characters"), "Name (optional)"),
    "Name must have 1 to 32 characters.",
  );
  await useLanguage("hi");
  for (const [field, rest] of table)
    assert.ok(!LATIN.test(problemText(invalid(field, rest))), `${field}: ${problemText(invalid(field, rest))}`);
  await useLanguage("en");
});

test("a moment in a detail is one that a person reads", () => {
  const said = problemText(problem("too-early", "It can be confirmed from 2026-11-28T10:00:00.123Z on."));
  assert.match(said, /^It can be confirmed from (28 Nov( 2026)?, )?\d\d:\d\d(:\d\d)? on\.$/);
});

test("no problem is told in English on a page in Hindi", async () => {
  const source = fs.readFileSync(
    path.resolve(import.meta.dirname, "../../shared/contracts/src/http/problem.rs"),
    "utf8",
  );
  const codes = [...source.matchAll(/\(\d{3}, "([a-z-]+)"/g)].map(([, code]) => code);
  assert.ok(codes.length > 40);
  await useLanguage("hi");
  for (const code of codes) {
    const said = problemText(problem(code, "What happened, in English."));
    assert.ok(!/English|title/.test(said) && /[\u0900-\u097f]/.test(said), `${code}: ${said}`);
  }
  await useLanguage("en");
  assert.equal(problemText(problem("round-state", "Round r-1 is closed.")), "Round r-1 is closed.");
  assert.equal(problemText(problem("round-state", "")), en["problem.round-state"]);
});
