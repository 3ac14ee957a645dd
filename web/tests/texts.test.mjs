// Texts, addresses, times and news.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { en } from "../i18n/en.js";
import { hi } from "../i18n/hi.js";
import { pseudo } from "../i18n/pseudo.js";
import { newsOfBet } from "../player/news.js";
import { createTexts } from "../shared/i18n.js";
import { hashOf, parseHash } from "../shared/router.js";
import { countdown, moment, secondsUntil } from "../shared/time.js";
import { BET } from "./facts.mjs";

const web = path.resolve(import.meta.dirname, "..");

/** Every module of a folder. @param {string} folder */
const modules = (folder) =>
  fs
    .readdirSync(path.join(web, folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".js"))
    .map((file) => path.join(folder, file));

const sources = [...modules("player"), ...modules("shared")].map((file) =>
  fs.readFileSync(path.join(web, file), "utf8"),
);

/** Families of keys whose last part is a value. */
const FAMILIES = [
  "step.",
  "value.",
  "problem.",
  "entry.",
  "news.",
  "link.",
  "nav.",
  "round.draw.",
  "bets.status.",
  "bets.kind.",
  "verify.state.",
  "verify.how.",
  "verify.period.",
  "verify.good.",
  "verify.bad.",
  "word.",
  "jackpot.",
  "outcome.",
  "paid.",
  "back.",
  "pays.",
  "invalid.",
  "limits.deposits",
  "limits.stakes",
  "limits.losses",
  "limits.period.",
  "identity.",
  "paused.",
  "settings.theme.",
  "wallet.withdrawal.",
  "lost.",
  "sent.",
  "storage.",
];

test("every text that a module names is in the catalogue", () => {
  const named = sources.flatMap((text) => [...text.matchAll(/\b(?:t|rich)\(\s*"([\w.-]+)"/g)].map(([, key]) => key));
  assert.ok(named.length > 100);
  assert.deepEqual(
    named.filter((key) => !(key in en)),
    [],
  );
});

test("every text of the catalogue is used", () => {
  const all = sources.join("\n");
  const isUsed = (key) =>
    all.includes(`"${key}"`) || FAMILIES.some((family) => key.startsWith(family)) || /^\w+\.title$/.test(key);
  assert.deepEqual(
    Object.keys(en).filter((key) => !isUsed(key)),
    [],
  );
});

const catalogues = { hi, pseudo: pseudo(en) };

test("every language has each text, with the same values in it", () => {
  const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [name, catalogue] of Object.entries(catalogues)) {
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(en).sort(), name);
    for (const [key, text] of Object.entries(catalogue))
      assert.deepEqual(places(text), places(en[key]), `${name} ${key}`);
  }
});

test("Hindi is in its own letters", () => {
  /** Words that Hindi writes as English does: names, and what stands in the API. */
  const same = new Set(["title"]);
  assert.deepEqual(
    Object.keys(hi).filter(
      (key) => !same.has(key) && /[a-z]/i.test(en[key].replace(/\{\w+\}/g, "")) && !/[\u0900-\u097f]/.test(hi[key]),
    ),
    [],
  );
});

test("every step of a verification has its text", () => {
  const verify = ["verify.js", "verify_period.js"]
    .map((file) => fs.readFileSync(path.join(web, "shared", file), "utf8"))
    .join("\n");
  const ids = [
    ...verify.matchAll(
      /"((?:seed|nonce|round|draw|oracle|match|matches|paid|entropy|block|signature|chain|symbols)\.\w+)"/g,
    ),
  ].map(([, id]) => `step.${id}`);
  assert.ok(ids.length > 20);
  assert.deepEqual(
    ids.filter((id) => !(id in en)),
    [],
  );
  const labels = [...verify.matchAll(/label: "(\w+)"/g)].map(([, label]) => `value.${label}`);
  assert.deepEqual(
    labels.filter((label) => !(label in en)),
    [],
  );
});

test("values stand in their places, and never as a key of another", () => {
  const { t, rich } = createTexts({ line: "{a} of {b}", plain: "no value" });
  assert.equal(t("line", { a: "1", b: "{a}" }), "1 of {a}");
  assert.equal(t("line", { a: "1" }), "1 of {b}");
  assert.deepEqual(rich("line", { a: 1, b: 2 }), ["", 1, " of ", 2, ""]);
  assert.equal(t("plain"), "no value");
});

test("addresses name a view, and come back as they were", () => {
  const table = [
    ["", { name: "play", id: null, query: {} }],
    ["#/", { name: "play", id: null, query: {} }],
    ["#/round/cup-final?side=B", { name: "round", id: "cup-final", query: { side: "B" } }],
    ["#/round/%zz", { name: "round", id: "%zz", query: {} }],
    [hashOf("round", "a b/c?"), { name: "round", id: "a b/c?", query: {} }],
    ["#/constructor", { name: "constructor", id: null, query: {} }],
    ["#/round/constructor", { name: "round", id: "constructor", query: {} }],
    ["#/bets/__proto__", { name: "bets", id: "__proto__", query: {} }],
    ["#/enter?new=1", { name: "enter", id: null, query: { new: "1" } }],
  ];
  for (const [hash, expected] of table) assert.deepEqual(parseHash(hash, "play"), expected, hash);
});

test("a moment names its day unless it is today, and its year unless it is this one", () => {
  const now = new Date(2026, 10, 28, 12);
  const at = (...parts) => moment(new Date(...parts).toISOString(), now, "en-GB");
  assert.equal(at(2026, 10, 28, 9, 5, 7), "09:05:07");
  assert.equal(at(2026, 10, 27, 9, 5), "27 Nov, 09:05");
  assert.match(at(2025, 11, 31, 23, 59), /^31 Dec 2025, 23:59$/);
  // A round's end that was set by a person has no seconds.
  const set = (...parts) => moment(new Date(...parts).toISOString(), now, "en-GB", false);
  assert.deepEqual([set(2026, 10, 28, 15), set(2026, 10, 29, 0, 10)], ["15:00", "29 Nov, 00:10"]);
});

test("seconds are counted down", () => {
  assert.deepEqual([0, 9, 42, 65, 3600, 11_100].map(countdown), ["0:00", "0:09", "0:42", "1:05", "1:00:00", "3:05:00"]);
  assert.equal(secondsUntil("2026-01-01T00:00:10Z", Date.UTC(2026, 0, 1, 0, 0, 0, 1)), 10);
  assert.equal(secondsUntil("2026-01-01T00:00:00Z", Date.UTC(2026, 0, 1, 0, 0, 5)), 0);
});

test("a bet's change is told once, as what it means to the player", () => {
  const waiting = { ...BET, amount: "100", open: "100", settled: "0" };
  const table = [
    [undefined, BET, null],
    [waiting, waiting, null],
    [waiting, { ...waiting, open: "40", matched: "60" }, "news.matched"],
    [waiting, { ...waiting, open: "0", settled: "100", payout: "200" }, "news.won"],
    [
      { ...waiting, commissionRate: "0.05" },
      { ...waiting, open: "0", settled: "100", payout: "200", commissionRate: "0.05", commission: "5" },
      "news.won",
    ],
    [waiting, { ...waiting, open: "0", settled: "100" }, "news.lost"],
    [waiting, { ...waiting, open: "0", refunded: "100" }, "news.back"],
    [{ ...waiting, open: "0", settled: "100" }, { ...waiting, open: "0", settled: "100" }, null],
  ];
  for (const [before, bet, expected] of table)
    assert.equal(newsOfBet(before, bet)?.key ?? null, expected, expected ?? "none");
});
