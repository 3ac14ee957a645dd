// CSV files that a spreadsheet opens without changing a value.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf, sheetOf } from "../shared/sheet.js";

test("a spreadsheet neither evaluates nor changes a value", () => {
  const kept = [
    "",
    "0",
    "42",
    "0.5",
    "-12.5",
    "123456789012345",
    "0.000000000000001",
    "1234567890.12345",
    "wingo-30",
    "2026-11-23T10:00:00Z",
    "12e5f",
    "e5",
    "12e",
  ];
  for (const value of kept) assert.equal(cellOf(value), value);
  const numbers = [
    "1234567890123456",
    "-1234567890123456",
    "99999999999999999992.99999999",
    "1234567890.123456",
    "007",
    "00",
    "00.5",
    "12e5",
    "1.5E-3",
    "0e1",
  ];
  const formulas = ["=1+1", "+1", "-x", "@x", "\t=1", "\uff1d1", "\u22121"];
  for (const value of [...numbers, ...formulas]) assert.equal(cellOf(value), `'${value}`);
});

test("a file begins with a byte order mark, and quotes its values", () => {
  const file = sheetOf([
    ["actor", "reason"],
    ["1234567890123456", 'हाँ, "seen"'],
  ]);
  assert.equal(file, `\ufeff"actor","reason"\r\n"'1234567890123456","हाँ, ""seen"""\r\n`);
});
