// Amounts: exact from the text of an answer to the text on the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../shared/json.js";
import {
  add,
  compare,
  currencySign,
  cutDecimals,
  fitsDecimals,
  formatAmount,
  fromUnits,
  parseTyped,
  percent,
  subtract,
  units,
  commissionOn,
  inPercent,
  received,
} from "../shared/money.js";

test("numbers of JSON keep their digits", () => {
  const table = [
    ['{"balance":12345678901234567890.12345678}', { balance: "12345678901234567890.12345678" }],
    ['{"a":-0.1,"b":[1,2.50],"c":1e3}', { a: "-0.1", b: ["1", "2.50"], c: "1e3" }],
    ['{"text":"costs 5 or \\"6\\", \\\\","n":7}', { text: 'costs 5 or "6", \\', n: "7" }],
    [
      '{"t":true,"f":false,"z":null,"at":"2026-11-28T10:00:00Z"}',
      { t: true, f: false, z: null, at: "2026-11-28T10:00:00Z" },
    ],
    ['{"1":2}', { 1: "2" }],
    ["[]", []],
  ];
  for (const [text, expected] of table) assert.deepEqual(parseJson(text), expected, text);
  for (const text of ["", "{", "[1,]", "<html>"]) assert.throws(() => parseJson(text), SyntaxError, text);
});

test("sums are exact", () => {
  assert.equal(add("0.1", "0.2"), "0.3");
  assert.equal(add("99999999999999999999.99999999", "0.00000001"), "100000000000000000000");
  assert.equal(add(), "0");
  assert.equal(subtract("1", "1.5"), "-0.5");
  assert.equal(compare("1.50", "1.5"), 0);
  assert.equal(compare("-1", "0"), -1);
  assert.equal(fromUnits(units("-12.3400")), "-12.34");
  for (const text of ["", "1.123456789", "1,5", "1e3", "+1", "٣"]) assert.throws(() => units(text), RangeError, text);
});

test("what a person types becomes an amount, or nothing", () => {
  const table = [
    ["10", "10"],
    [" 1,000.50 ", "1000.5"],
    ["10.", "10"],
    [".5", "0.5"],
    ["1 000", "1000"],
    ["1,00,000", "100000"],
    ["10,50", null],
    ["40,5", null],
    ["10 50", null],
    ["1,0000", null],
    ["1,000,5", null],
    ["", null],
    ["-5", null],
    ["ten", null],
    ["1.123456789", null],
    ["1e3", null],
    ["0,500", null],
    ["0 500", null],
    ["00,500", null],
    ["0.5", "0.5"],
    ["050", "50"],
    ["२,५००.५०", "2500.5"],
    ["\u200e500\u200f", "500"],
    ["₹500", null],
  ];
  for (const [typed, expected] of table) assert.equal(parseTyped(typed), expected, typed);
});

test("an amount may have the currency sign of the page, and no other one", () => {
  const table = [
    ["₹500", "500"],
    ["₹ 1,000.50", "1000.5"],
    ["500 ₹", "500"],
    ["₹१,०००", "1000"],
    ["₹", null],
    ["₹-5", null],
    ["$500", null],
    ["₹₹5", null],
  ];
  for (const [typed, expected] of table) assert.equal(parseTyped(typed, "₹"), expected, typed);
  assert.equal(parseTyped("CHF 20", currencySign("CHF")), "20");
});

test("an amount is shown with its digits", () => {
  const table = [
    ["100.5", "100.50"],
    ["0", "0.00"],
    ["-20", "−20.00"],
    ["1234567.12345678", "1,234,567.12345678"],
    ["12345678901234567890.12", "12,345,678,901,234,567,890.12"],
  ];
  for (const [amount, expected] of table) assert.equal(formatAmount(amount, "en"), expected, amount);
  assert.equal(currencySign("INR"), "₹");
});

test("a part of a whole is drawn between 0 and 100", () => {
  assert.equal(percent("60", "240"), 25);
  assert.equal(percent("1", "3"), 33.33);
  assert.equal(percent("0", "0"), 0);
});

test("a commission is taken from net winnings and rounded down", () => {
  /** @type {[string, string, string, string][]} Winnings, rate, per cent, commission. */
  const table = [
    ["100", "0.025", "2.5", "2.5"],
    ["100", "0", "0", "0"],
    ["0.00000019", "0.1", "10", "0.00000001"],
    ["0.33333333", "0.0333", "3.33", "0.01109999"],
  ];
  for (const [winnings, rate, percent, expected] of table) {
    assert.deepEqual([commissionOn(winnings, rate), inPercent(rate)], [expected, percent], `${winnings} at ${rate}`);
  }
  assert.equal(received({ payout: "200", commission: "2.5" }), "197.5");
  assert.equal(received({ payout: "200" }), "200");
});

test("an amount has the decimals of its currency, or is cut to them", () => {
  const table = [
    ["98.76543211", 2, false, "98.76"],
    ["98.7", 2, true, "98.7"],
    ["98.76543211", 8, true, "98.76543211"],
    ["1.5", 0, false, "1"],
    ["0.00543211", 2, false, "0"],
    ["1.005", 3, true, "1.005"],
  ];
  for (const [amount, decimals, fits, cut] of table)
    assert.deepEqual([fitsDecimals(amount, decimals), cutDecimals(amount, decimals)], [fits, cut], amount);
});
